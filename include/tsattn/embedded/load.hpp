#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <type_traits>

#include <tsattn/core/errors.hpp>
#include <tsattn/embedded/chain.hpp>
#include <tsattn/embedded/embedded.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::embedded {

namespace load_parts {

/// The type of a layer, as EmbeddedLayer::type.
template <class Layer>
std::string type_text() {
  return Layer::type_name([](const auto&... parts) { return embedded_type(parts...); });
}

template <class Layer>
constexpr Index attention_steps() {
  if constexpr (requires { Layer::kSteps; }) return static_cast<Index>(Layer::kSteps);
  return 0;
}

template <class First, class... Rest>
void copy(const ChainLayer* layer, Chain<First, Rest...>& weights) {
  if constexpr (!std::is_empty_v<First>) {
    if (layer->weights.size() > std::size(weights.first.values))
      fail<ShapeError>("embedded::weights_of", "expected at most ", std::size(weights.first.values),
                       " weights of the layer ", layer->name, ", a ", layer->type, ", got ", layer->weights.size(),
                       "; its member embed does not fit its embedded type");
    std::copy(layer->weights.begin(), layer->weights.end(), weights.first.values);
  }
  if constexpr (sizeof...(Rest) > 0) copy(layer + 1, weights.rest);
}

template <class Net>
struct Loader;
template <class... Layers>
struct Loader<Model<Layers...>> {
  template <class S>
  static typename Model<Layers...>::Weights load(const Graph<S>& model) {
    const ModelChain chain = chain_of(model, (std::max)({Index{0}, attention_steps<Layers>()...}));
    const std::array<std::string, sizeof...(Layers)> types{type_text<Layers>()...};
    for (std::size_t i = 0; i < (std::min)(types.size(), chain.layers.size()); ++i)
      if (types[i] != chain.layers[i].type)
        fail<ShapeError>("embedded::weights_of", "expected ", types[i], " as layer ", i + 1, ", got ",
                         chain.layers[i].type, ", the layer ", chain.layers[i].name, " of the model");
    if (types.size() != chain.layers.size())
      fail<ShapeError>("embedded::weights_of", "expected a model of ", types.size(), " layers, got ",
                       chain.layers.size(), ": ", types_of(chain));
    typename Model<Layers...>::Weights weights{};
    copy(chain.layers.data(), weights);
    return weights;
  }

  static std::string types_of(const ModelChain& chain) {
    std::string text;
    for (const ChainLayer& layer : chain.layers) text.append(text.empty() ? "" : ", ").append(layer.type);
    return text;
  }
};

}  // namespace load_parts

/// Returns the weights of a model of the library for the embedded model `Net`:
///
///   using Net = embedded::Model<embedded::Lstm<1, 16>, embedded::Dense<16, 1>>;
///   const Net::Weights weights = embedded::weights_of<Net>(load_model<float>("model.safetensors").model);
///   Net net(weights);
///
/// The types may be one's own; embedded/parts/layer.hpp says what they have.
/// Throws ShapeError, with both types, unless the layers of the model are those of Net, in sizes too (layers that do
/// nothing in inference left out), and what chain_of throws.
template <class Net, class S>
typename Net::Weights weights_of(const Graph<S>& model) {
  return load_parts::Loader<Net>::load(model);
}

}  // namespace tsattn::embedded
