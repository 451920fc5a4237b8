#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/exchange/weight_exchange.hpp>

namespace tsattn {

namespace pytorch_parts {

using namespace weight_exchange;

constexpr char kSeparator = '.';

constexpr std::string_view kNaming =
    "a layer takes the module of its name, with / for each point of a path (encoder/lstm takes encoder.lstm); "
    "lstm_l1, lstm_l2, ... take the further layers of lstm";

inline std::string path_of(std::string name) {
  std::replace(name.begin(), name.end(), '/', kSeparator);
  return name;
}

/// "lstm_l2" is layer 2 of "lstm"; a name without such an end, layer 0 of itself.
inline std::pair<std::string, Index> split_name(const std::string& name) {
  constexpr std::size_t kMostDigits = 6;
  const std::size_t mark = name.rfind("_l");
  if (mark == std::string::npos || mark == 0) return {name, 0};
  const std::string digits = name.substr(mark + 2);
  if (digits.empty() || digits.size() > kMostDigits || digits.front() == '0' ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return {name, 0};
  return {name.substr(0, mark), static_cast<Index>(std::stol(digits))};
}

/// Whether there are stacked layers `base`, `base`_l1, ... for all layers of the module before `count`.
inline bool has_layers_below(const std::vector<ExchangedLayer>& layers, const std::string& base, Index count) {
  for (Index i = 0; i < count; ++i) {
    const std::string name = i == 0 ? base : base + "_l" + std::to_string(i);
    const auto is_it = [&](const ExchangedLayer& layer) { return layer.name == name && layer.is_stacked(); };
    if (std::none_of(layers.begin(), layers.end(), is_it)) return false;
  }
  return true;
}

/// The arrays by which a module with such layers is known, of its first layer.
inline std::vector<std::string> found_by(const ExchangedLayer& layer, Index module_layer) {
  std::vector<std::string> names = layer.forms.front().found_by;
  for (std::string& name : names) name = numbered(name, module_layer);
  return names;
}

inline bool has_layer(const State* state, const ExchangedLayer& layer, Index module_layer) {
  if (state == nullptr) return false;
  const std::vector<std::string> names = found_by(layer, module_layer);
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return state->has(layer.module, name); });
}

/// Every layer gets the module that its name means, whether there is one or not.
inline void place_by_name(std::vector<ExchangedLayer>& layers, const State* state) {
  for (ExchangedLayer& layer : layers) {
    layer.module = path_of(layer.name);
    if (!layer.is_stacked()) {
      layer.is_placed = state != nullptr && state->has_module(layer.module);
      continue;
    }
    const auto [base, index] = split_name(layer.name);
    if (index > 0 && !has_layer(state, layer, 0) && has_layers_below(layers, base, index)) {
      layer.module = path_of(base);
      layer.module_layer = index;
    }
    layer.is_placed = has_layer(state, layer, layer.module_layer);
  }
}

/// Whether the graph gave the layer its name: "lstm", "lstm_2", ...
inline bool has_automatic_name(const ExchangedLayer& layer) {
  if (layer.name == layer.kind) return true;
  const std::string prefix = layer.kind + '_';
  return layer.name.starts_with(prefix) &&
         layer.name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
}

/// The stacked layers take the layers of the only module of that form, in order, if they follow one another in the
/// graph and their names say nothing: no name is a module's, or the graph gave them all. If their numbers differ,
/// something will be missing or left over.
inline void place_in_order(std::vector<ExchangedLayer>& layers, const State& state) {
  std::set<std::string> modules;
  std::vector<std::size_t> stacked;
  bool is_none_placed = true, are_all_automatic = true, is_chain = true;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i].is_stacked() || layers[i].forms.front().found_by.empty()) continue;
    modules.merge(state.modules_with(found_by(layers[i], 0)));
    is_none_placed = is_none_placed && !layers[i].is_placed;
    are_all_automatic = are_all_automatic && has_automatic_name(layers[i]);
    is_chain = is_chain && (stacked.empty() || layers[i].previous == static_cast<Index>(stacked.back()));
    stacked.push_back(i);
  }
  if (modules.size() != 1 || !(is_none_placed || are_all_automatic) || !is_chain) return;
  for (std::size_t k = 0; k < stacked.size(); ++k) {
    ExchangedLayer& layer = layers[stacked[k]];
    layer.module = *modules.begin();
    layer.module_layer = static_cast<Index>(k);
    layer.is_placed = true;
  }
}

inline void place(std::vector<ExchangedLayer>& layers, const State* state) {
  place_by_name(layers, state);
  if (state == nullptr) return;
  place_in_order(layers, *state);
  place_by_elimination(layers, *state);
}

inline void require_no_projections(std::string_view where, const NamedArrays& state) {
  for (const auto& [name, array] : state)
    if (name.substr(name.rfind(kSeparator) + 1).starts_with("weight_hr_l"))
      fail<ConfigError>(where, "expected recurrent modules without projections, got ", name,
                        "; LSTM(proj_size=...) has no counterpart here");
}

}  // namespace pytorch_parts

template <class S>
void from_pytorch(const NamedArrays& state, Graph<S>& model) {
  using namespace pytorch_parts;
  constexpr std::string_view kWhere = "from_pytorch";
  require_no_projections(kWhere, state);
  const State arrays(kWhere, state, kSeparator, [](const std::string& name) { return name; });
  std::vector<ExchangedLayer> layers = layers_with_weights(model, ForeignLibrary::pytorch, false, kWhere);
  place(layers, &arrays);
  read_weights(kWhere, arrays, plan_of(layers, &arrays, kSeparator), kNaming, model.parameters());
}

template <class S>
NamedArrays to_pytorch(const Graph<S>& model) {
  using namespace pytorch_parts;
  constexpr std::string_view kWhere = "to_pytorch";
  std::vector<ExchangedLayer> layers = layers_with_weights(model, ForeignLibrary::pytorch, true, kWhere);
  place(layers, nullptr);
  return write_weights(kWhere, plan_of(layers, nullptr, kSeparator), model.parameters());
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(from_pytorch);
TSATTN_LIBRARY_FUNCTION_INSTANCE(to_pytorch);

}  // namespace tsattn
