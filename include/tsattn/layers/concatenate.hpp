#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// The features of all inputs side by side, in their order.
///   forward   (1) y = [x_1 ; x_2 ; ...]      backward  (2) dx_i = the rows of dy that x_i went to
template <class S>
class ConcatenateLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    SampleShape shape{common_time(inputs), 0};
    for (const SampleShape& input : inputs) shape.features += input.features;
    return shape;
  }

  /// x_i [T, B, F_i] -> y [T, B, sum F_i]. Throws ShapeError if T or B differ.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
    const Index time = inputs[0].time(), batch = inputs[0].batch();
    Index features = 0;
    for (Index i = 0; i < inputs.count(); ++i) {
      require_shape("Concatenate", "an input", inputs[i], {time, batch, inputs[i].features()});
      features += inputs[i].features();
    }
    y.resize({time, batch, features});
    Index row = 0;
    for (Index i = 0; i < inputs.count(); row += inputs[i].features(), ++i)
      y.flat().middleRows(row, inputs[i].features()) = inputs[i].flat();  // (1)
  }

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const {
    require_shape("Concatenate::backward", "dy", dy, y.shape());
    Index row = 0;
    for (Index i = 0; i < inputs.count(); row += inputs[i].features(), ++i)
      if (Sequence<S>* dx = d_inputs[i]) {
        dx->resize(inputs[i].shape());
        dx->flat() = dy.flat().middleRows(row, dx->features());  // (2)
      }
  }

  StreamedLayer<S> stream(const StreamContext& context) const {
    std::vector<Index> features;
    for (const StreamValue& input : context.inputs) features.push_back(input.features);
    StreamValue output = context.inputs[0];
    output.features = std::accumulate(features.begin(), features.end(), Index{0});
    auto run = [features = std::move(features), batch = context.batch](const StreamCall<S>& call) {
      S* y = call.y;
      for (Index b = 0; b < batch; ++b)
        for (std::size_t i = 0; i < features.size(); ++i)
          y = std::copy_n(call.inputs[i] + b * features[i], features[i], y);  // (1)
    };
    return {stateless_stream<S>(std::move(run)), output};
  }

 private:
  Parameters parameters_;
};

/// Describes a ConcatenateLayer, of two inputs or more.
struct Concatenate {
  static constexpr std::string_view kKind = "concatenate";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  ConcatenateLayer<S> build(const BuildContext& context) const {
    const Index time = common_time(context.inputs);
    require_several(
        context, [&](const SampleShape& input) { return may_agree(input.time, time); }, "as many steps");
    return {};
  }
};

}  // namespace tsattn
