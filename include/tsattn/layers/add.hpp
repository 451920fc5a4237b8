#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// The sum of all inputs.
///   forward   (1) y = x_1 + x_2 + ...      backward  (2) dx_i = dy
template <class S>
class AddLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    return {common_time(inputs), inputs[0].features};
  }

  /// Inputs and y have one shape. Throws ShapeError if they differ.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
    y.resize(inputs[0].shape());
    std::copy_n(inputs[0].data(), y.size(), y.data());
    for (Index i = 1; i < inputs.count(); ++i) {
      require_shape("Add", "an input", inputs[i], y.shape());
      y.flat() += inputs[i].flat();  // (1)
    }
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const {
    require_shape("Add::backward", "dy", dy, y.shape());
    for (Index i = 0; i < inputs.count(); ++i)
      if (Sequence<S>* dx = d_inputs[i]) *dx = dy;  // (2)
  }

  StreamedLayer<S> stream(const StreamContext& context) const {
    const auto run = [size = context.batch * context.inputs[0].features](const StreamCall<S>& call) {
      std::copy_n(call.inputs[0], size, call.y);
      for (std::size_t i = 1; i < call.inputs.size(); ++i) kernels::add(size, call.inputs[i], call.y);  // (1)
    };
    return {stateless_stream<S>(run), context.inputs[0]};
  }

 private:
  Parameters parameters_;
};

/// Describes an AddLayer, of two inputs or more.
struct Add {
  static constexpr std::string_view kKind = "add";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  AddLayer<S> build(const BuildContext& context) const {
    const SampleShape shape{common_time(context.inputs), context.inputs.empty() ? 0 : context.inputs[0].features};
    require_several(
        context,
        [&](const SampleShape& input) { return may_agree(input.time, shape.time) && input.features == shape.features; },
        "one shape");
    return {};
  }
};

}  // namespace tsattn
