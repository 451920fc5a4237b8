#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/exchange/keras.hpp>
#include <tsattn/exchange/keras_names.hpp>
#include <tsattn/exchange/weight_exchange.hpp>

namespace tsattn {

namespace keras_parts {

using namespace weight_exchange;

constexpr char kSeparator = '/';

constexpr std::string_view kNaming =
    "a layer takes the Keras layer of its name, whose arrays are lstm/kernel, lstm/recurrent_kernel, lstm/bias";

/// `state` is null where the arrays are written.
inline void place(std::vector<ExchangedLayer>& layers, const State* state) {
  for (ExchangedLayer& layer : layers) {
    layer.module = layer.name;
    layer.is_placed = state != nullptr && state->has_module(layer.name);
  }
  if (state != nullptr) place_by_elimination(layers, *state);
}

}  // namespace keras_parts

template <class S>
void from_keras(const NamedArrays& state, Graph<S>& model) {
  using namespace keras_parts;
  constexpr std::string_view kWhere = "from_keras";
  const State arrays(kWhere, state, kSeparator, keras_name);
  std::vector<ExchangedLayer> layers = layers_with_weights(model, ForeignLibrary::keras, false, kWhere);
  place(layers, &arrays);
  read_weights(kWhere, arrays, plan_of(layers, &arrays, kSeparator), kNaming, model.parameters());
}

template <class S>
NamedArrays to_keras(const Graph<S>& model) {
  using namespace keras_parts;
  constexpr std::string_view kWhere = "to_keras";
  std::vector<ExchangedLayer> layers = layers_with_weights(model, ForeignLibrary::keras, true, kWhere);
  place(layers, nullptr);
  return write_weights(kWhere, plan_of(layers, nullptr, kSeparator), model.parameters());
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(from_keras);
TSATTN_LIBRARY_FUNCTION_INSTANCE(to_keras);

}  // namespace tsattn
