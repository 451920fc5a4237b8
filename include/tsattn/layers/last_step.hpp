#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// The last step of a sequence, as a value with one step.
///   forward   (1) y = x_T           backward  (2) dx_T = dy, dx_t = 0 for t < T
template <class S>
class LastStepLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {1, inputs[0].features}; }

  /// x [T, B, F] -> y [1, B, F]. Throws ShapeError if x has no step.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
    const Sequence<S>& x = inputs[0];
    if (x.time() < 1) fail<ShapeError>("LastStep", "expected x with at least one step, got x = ", x.shape());
    y.resize({1, x.batch(), x.features()});
    std::copy_n(x.step_data(x.time() - 1), y.size(), y.data());  // (1)
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const {
    require_shape("LastStep::backward", "dy", dy, y.shape());
    Sequence<S>* dx = d_inputs[0];
    if (dx == nullptr) return;
    dx->resize(inputs[0].shape());
    dx->fill(0);
    std::copy_n(dy.data(), dy.size(), dx->step_data(dx->time() - 1));  // (2)
  }

  StreamedLayer<S> stream(const StreamContext& context) const {
    StreamValue output = context.inputs[0];
    output.is_series = false;
    return pass_stream<S>(context, output);
  }
  EmbeddedLayer embed(const EmbedContext&) const { return {.ends_series = true}; }

 private:
  Parameters parameters_;
};

/// Describes a LastStepLayer.
struct LastStep {
  static constexpr std::string_view kKind = "last_step";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  LastStepLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    return {};
  }
};

}  // namespace tsattn
