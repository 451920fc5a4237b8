#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/concatenate.hpp>

namespace tsattn {

template <class S>
SampleShape ConcatenateLayer<S>::output_shape(std::span<const SampleShape> inputs) const {
  SampleShape shape{common_time(inputs), 0};
  for (const SampleShape& input : inputs) shape.features += input.features;
  return shape;
}

template <class S>
void ConcatenateLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const {
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

template <class S>
void ConcatenateLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                                   InputGradients<S> d_inputs) const {
  require_shape("Concatenate::backward", "dy", dy, y.shape());
  Index row = 0;
  for (Index i = 0; i < inputs.count(); row += inputs[i].features(), ++i)
    if (Sequence<S>* dx = d_inputs[i]) {
      dx->resize(inputs[i].shape());
      dx->flat() = dy.flat().middleRows(row, dx->features());  // (2)
    }
}

template <class S>
StreamedLayer<S> ConcatenateLayer<S>::stream(const StreamContext& context) const {
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

template <class S>
ConcatenateLayer<S> Concatenate::build(const BuildContext& context) const {
  const Index time = common_time(context.inputs);
  require_several(
      context, [&](const SampleShape& input) { return may_agree(input.time, time); }, "as many steps");
  return {};
}

TSATTN_LIBRARY_LAYER(Concatenate, ConcatenateLayer);

}  // namespace tsattn
