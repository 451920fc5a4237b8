#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>

#include <tsattn/core/errors.hpp>
#include <tsattn/embedded/chain.hpp>
#include <tsattn/embedded/embedded.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::embedded {

namespace load_parts {

constexpr Index index(std::size_t size) { return static_cast<Index>(size); }

/// The type of a layer, as ChainLayer::type.
template <class Layer>
struct TypeText;
template <std::size_t F, std::size_t U>
struct TypeText<Dense<F, U>> {
  static std::string text() { return chain_parts::type_text("Dense", {index(F), index(U)}); }
};
template <std::size_t F>
struct TypeText<Tanh<F>> {
  static std::string text() { return chain_parts::type_text("Tanh", {index(F)}); }
};
template <std::size_t F>
struct TypeText<Sigmoid<F>> {
  static std::string text() { return chain_parts::type_text("Sigmoid", {index(F)}); }
};
template <std::size_t F>
struct TypeText<Relu<F>> {
  static std::string text() { return chain_parts::type_text("Relu", {index(F)}); }
};
template <std::size_t F, std::size_t H>
struct TypeText<Rnn<F, H>> {
  static std::string text() { return chain_parts::type_text("Rnn", {index(F), index(H)}); }
};
template <std::size_t F, std::size_t H>
struct TypeText<Lstm<F, H>> {
  static std::string text() { return chain_parts::type_text("Lstm", {index(F), index(H)}); }
};
template <std::size_t F, std::size_t H, Reset kReset>
struct TypeText<Gru<F, H, kReset>> {
  static std::string text() {
    return chain_parts::type_text("Gru", {index(F), index(H)},
                                  kReset == Reset::after_product ? "" : ", Reset::before_product");
  }
};
template <std::size_t D, std::size_t L, Score kScore, std::size_t A>
struct TypeText<AttentionPooling<D, L, kScore, A>> {
  static std::string text() {
    return chain_parts::type_text("AttentionPooling", {index(D), index(L)},
                                  kScore == Score::linear ? "" : ", Score::tanh, " + std::to_string(A));
  }
};

template <class Layer>
constexpr Index attention_steps() {
  if constexpr (requires { Layer::kSteps; }) return index(Layer::kSteps);
  return 0;
}

template <class First, class... Rest>
void copy(const ChainLayer* layer, Chain<First, Rest...>& weights) {
  if constexpr (!std::is_empty_v<First>) std::copy(layer->weights.begin(), layer->weights.end(), weights.first.values);
  if constexpr (sizeof...(Rest) > 0) copy(layer + 1, weights.rest);
}

template <class Net>
struct Loader;
template <class... Layers>
struct Loader<Model<Layers...>> {
  template <class S>
  static typename Model<Layers...>::Weights load(const Graph<S>& model) {
    const ModelChain chain = chain_of(model, std::max({Index{0}, attention_steps<Layers>()...}));
    const std::array<std::string, sizeof...(Layers)> types{TypeText<Layers>::text()...};
    for (std::size_t i = 0; i < std::min(types.size(), chain.layers.size()); ++i)
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

/// The weights of a model of the library for the embedded model `Net`:
///
///   using Net = embedded::Model<embedded::Lstm<1, 16>, embedded::Dense<16, 1>>;
///   const Net::Weights weights = embedded::weights_of<Net>(load_model<float>("model.safetensors").model);
///   Net net(weights);
///
/// Throws ShapeError, with both types, unless the layers of the model are those of Net, in sizes too (layers that do
/// nothing in inference left out), and what chain_of throws.
template <class Net, class S>
typename Net::Weights weights_of(const Graph<S>& model) {
  return load_parts::Loader<Net>::load(model);
}

}  // namespace tsattn::embedded
