#pragma once

#include <cmath>
#include <utility>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/layers/layer_norm.hpp>

namespace tsattn {

template <class S>
LayerNormLayer<S>::LayerNormLayer(Index features, const LayerNorm& options, std::string_view where)
    : features_(features), epsilon_(static_cast<S>(options.epsilon)) {
  require_positive(where, "features", features);
  if (!(epsilon_ > 0 && std::isfinite(epsilon_)))
    fail<ConfigError>(where, "expected a finite epsilon above 0, got ", options.epsilon);
  parameters_ = {Vector<S>(options.gain ? features : 0), Vector<S>(options.bias ? features : 0)};
  parameters_.gain.fill(1);
}

template <class S>
void LayerNormLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  const Sequence<S>& x = inputs[0];
  require_features("LayerNorm", "x", x, features_);
  const Index columns = x.time() * x.batch();
  y.resize(x.shape());
  cache.mean.resize(columns);
  cache.scale.resize(columns);
  kernels::layer_norm_forward(arguments(columns, x.data(), y.data(), &cache));
}

template <class S>
void LayerNormLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache,
                                 Gradients& gradients, InputGradients<S> d_inputs) const {
  require_shape("LayerNorm::backward", "dy", dy, y.shape());
  const Sequence<S>& x = inputs[0];
  Sequence<S>* dx = d_inputs[0];
  if (dx != nullptr) dx->resize(x.shape());
  kernels::layer_norm_backward<S>({.features = features_,
                                   .columns = x.time() * x.batch(),
                                   .x = x.data(),
                                   .gain = values_or_null(parameters_.gain),
                                   .mean = cache.mean.data(),
                                   .scale = cache.scale.data(),
                                   .dy = dy.data(),
                                   .d_gain = values_or_null(gradients.gain),
                                   .d_bias = values_or_null(gradients.bias),
                                   .dx = dx != nullptr ? dx->data() : nullptr});
}

template <class S>
StreamedLayer<S> LayerNormLayer<S>::stream(const StreamContext& context) const {
  auto run = [layer = *this, batch = context.batch](const StreamCall<S>& call) {
    kernels::layer_norm_forward(layer.arguments(batch, call.inputs[0], call.y, nullptr));
  };
  return {stateless_stream<S>(std::move(run)), context.inputs[0]};
}

template <class S>
std::vector<ForeignForm> LayerNormLayer<S>::foreign_arrays(const ForeignContext& context) const {
  const bool is_pytorch = context.library == ForeignLibrary::pytorch;
  ForeignForm form;
  for (const ForeignTensor& tensor : foreign_tensors(parameters_)) {
    const bool is_gain = tensor.name == "gain";
    const std::string name = is_pytorch ? (is_gain ? "weight" : "bias") : (is_gain ? "gamma" : "beta");
    form.arrays.push_back(ForeignArray::whole(name, tensor));
  }
  return {form};
}

template <class S>
EmbeddedLayer LayerNormLayer<S>::embed(const EmbedContext&) const {
  EmbeddedLayer layer{
      .type = embedded_type("LayerNorm", features_), .part = "layer_norm", .outputs = features_, .state = features_};
  const auto append = [&](const Vector<S>& weights, float absent) {
    for (Index f = 0; f < features_; ++f)
      layer.weights.push_back(weights.size() > 0 ? static_cast<float>(weights(f)) : absent);
  };
  append(parameters_.gain, 1);
  append(parameters_.bias, 0);
  layer.weights.push_back(static_cast<float>(epsilon_));
  return layer;
}

template <class S>
LayerNormLayer<S> LayerNorm::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
  return LayerNormLayer<S>(context.inputs[0].features, *this, context.where);
}

TSATTN_LIBRARY_LAYER(LayerNorm, LayerNormLayer);

}  // namespace tsattn
