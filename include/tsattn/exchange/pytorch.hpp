#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/exchange/weight_exchange.hpp>

namespace tsattn {

namespace pytorch_parts {

using namespace weight_exchange;

constexpr std::string_view kNaming =
    "a layer takes the module of its name, with / for each point of a path (encoder/lstm takes encoder.lstm); "
    "lstm_l1, lstm_l2, ... take the further layers of lstm";

// Which module a layer takes.

/// "lstm." or "", before the names of a module's arrays.
inline std::string prefix_of(const std::string& module) { return module.empty() ? "" : module + '.'; }

inline std::string path_of(std::string name) {
  std::replace(name.begin(), name.end(), '/', '.');
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

/// Whether there are recurrent layers `base`, `base`_l1, ... for all layers of the module before `count`.
inline bool has_layers_below(const std::vector<LayerWeights>& layers, const std::string& base, Index count) {
  for (Index i = 0; i < count; ++i) {
    const std::string name = i == 0 ? base : base + "_l" + std::to_string(i);
    const auto is_it = [&](const LayerWeights& layer) { return layer.name == name && is_recurrent(layer); };
    if (std::none_of(layers.begin(), layers.end(), is_it)) return false;
  }
  return true;
}

/// Every layer gets the module that its name means, whether there is one or not.
inline void place_by_name(std::vector<LayerWeights>& layers, const State* state) {
  for (LayerWeights& layer : layers) {
    layer.module = path_of(layer.name);
    if (!is_recurrent(layer)) {
      layer.is_placed = state != nullptr && state->has_module(layer.module);
      continue;
    }
    const auto [base, index] = split_name(layer.name);
    const bool has_own_module = state != nullptr && state->has(layer.module + ".weight_ih_l0");
    if (index > 0 && !has_own_module && has_layers_below(layers, base, index)) {
      layer.module = path_of(base);
      layer.module_layer = index;
    }
    layer.is_placed =
        state != nullptr && state->has(layer.module + ".weight_ih_l" + std::to_string(layer.module_layer));
  }
}

/// Whether the graph gave the layer its name: "lstm", "lstm_2", ...
inline bool has_automatic_name(const LayerWeights& layer) {
  if (layer.name == layer.kind) return true;
  const std::string prefix = layer.kind + '_';
  return layer.name.starts_with(prefix) &&
         layer.name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
}

/// The recurrent layers take the layers of the only recurrent module, in order, if they follow one another in the graph
/// and their names say nothing: no name is a module's, or the graph gave them all. If their numbers differ, something
/// will be missing or left over.
inline void place_in_order(std::vector<LayerWeights>& layers, const State& state) {
  const std::set<std::string> modules = state.modules_with({"weight_ih_l0"});
  std::vector<std::size_t> recurrent;
  bool is_none_placed = true, are_all_automatic = true, is_chain = true;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!is_recurrent(layers[i])) continue;
    is_none_placed = is_none_placed && !layers[i].is_placed;
    are_all_automatic = are_all_automatic && has_automatic_name(layers[i]);
    is_chain = is_chain && (recurrent.empty() || layers[i].previous == static_cast<Index>(recurrent.back()));
    recurrent.push_back(i);
  }
  if (modules.size() != 1 || !(is_none_placed || are_all_automatic) || !is_chain) return;
  for (std::size_t k = 0; k < recurrent.size(); ++k) {
    LayerWeights& layer = layers[recurrent[k]];
    layer.module = *modules.begin();
    layer.module_layer = static_cast<Index>(k);
    layer.is_placed = true;
  }
}

inline void place(std::vector<LayerWeights>& layers, const State* state) {
  place_by_name(layers, state);
  if (state == nullptr) return;
  place_in_order(layers, *state);
  std::set<std::string> poolings = state->modules_with({"projection.weight", "score.weight"});
  poolings.merge(state->modules_with({"0.weight", "2.weight"}));
  place_by_elimination(layers, *state, std::move(poolings), is_tanh_pooling);
  place_by_elimination(layers, *state, state->modules_with({"weight"}), is_linear);
}

// Which arrays a module has. `state` is null where they are written.

inline void append_recurrent(std::string_view where, const LayerWeights& layer, const State* state, Plan& plan) {
  for (const Cell& cell : cells_of(layer)) {
    const bool is_gru = cell_kind(layer) == "gru";
    if (layer.resets_before)
      fail<ConfigError>(where, "expected the layer ", layer.name,
                        " with its reset after the product, where PyTorch has it, got before_product; train it anew "
                        "with GruReset::after_product");
    const std::string prefix = prefix_of(layer.module);
    const std::string end =
        "_l" + std::to_string(layer.module_layer) + (cell.direction == "backward" ? "_reverse" : "");
    plan.arrays.push_back({prefix + "weight_ih" + end, {cell.w_x.rows, cell.w_x.cols}, {whole(cell.w_x)}});
    plan.arrays.push_back({prefix + "weight_hh" + end, {cell.w_h.rows, cell.w_h.cols}, {whole(cell.w_h)}});
    const std::string first = prefix + "bias_ih" + end, second = prefix + "bias_hh" + end;
    if (!cell.b || (!is_there(state, first) && !is_there(state, second))) continue;  // bias=False
    plan.arrays.push_back({first, {cell.b->rows}, {whole(*cell.b)}});
    const Index hidden = cell.hidden(), shared = is_gru ? 2 * hidden : cell.b->rows;
    ForeignArray other{second, {cell.b->rows}, {}};
    other.links.push_back(cell.b_h ? whole(*cell.b_h) : added(entries(*cell.b, 0, shared, 0)));
    if (is_gru) other.links.push_back(entries(*cell.b_hn, 0, hidden, shared));
    plan.arrays.push_back(std::move(other));
  }
}

/// A bias of a torch.nn.Linear that may have been made without.
inline void append_optional_bias(const std::string& name, const State* state, std::vector<Index> shape,
                                 std::vector<Link> links, Plan& plan) {
  if (is_there(state, name)) plan.arrays.push_back({name, std::move(shape), std::move(links)});
}

inline void append_dense(const LayerWeights& layer, Plan& plan) {
  const std::string prefix = prefix_of(layer.module);
  const Tensor& w = layer["w"];
  plan.arrays.push_back({prefix + "weight", {w.rows, w.cols}, {whole(w)}});
  if (layer.has("b")) plan.arrays.push_back({prefix + "bias", {w.rows}, {whole(layer["b"])}});
}

inline void append_pooling(const LayerWeights& layer, const State* state, Plan& plan) {
  const std::string prefix = prefix_of(layer.module);
  const Tensor &v = layer["v"], &b = layer["b"];
  if (!layer.has("w")) {
    plan.arrays.push_back({prefix + "weight", {1, v.rows}, {whole(v)}});
    append_optional_bias(prefix + "bias", state, {1}, {whole(b)}, plan);
    return;
  }
  const bool is_sequential = state != nullptr && state->has(prefix + "0.weight");
  const std::string projection = prefix + (is_sequential ? "0" : "projection");
  const std::string score = prefix + (is_sequential ? "2" : "score");
  const Tensor& w = layer["w"];
  plan.arrays.push_back({projection + ".weight", {w.rows, w.cols}, {whole(w)}});
  append_optional_bias(projection + ".bias", state, {w.rows}, {whole(b)}, plan);
  plan.arrays.push_back({score + ".weight", {1, v.rows}, {whole(v)}});
  append_optional_bias(score + ".bias", state, {1}, {}, plan);
}

inline void append_attention(const LayerWeights& layer, const State* state, Plan& plan) {
  const std::string prefix = prefix_of(layer.module);
  if (layer.has("w")) {
    const Tensor& w = layer["w"];
    plan.arrays.push_back({prefix + "weight", {w.rows, w.cols}, {whole(w)}});
    return;
  }
  const Tensor &w_q = layer["w_q"], &w_k = layer["w_k"], &b = layer["b"], &v = layer["v"];
  plan.arrays.push_back({prefix + "query.weight", {w_q.rows, w_q.cols}, {whole(w_q)}});
  append_optional_bias(prefix + "query.bias", state, {b.rows}, {whole(b)}, plan);
  plan.arrays.push_back({prefix + "key.weight", {w_k.rows, w_k.cols}, {whole(w_k)}});
  append_optional_bias(prefix + "key.bias", state, {b.rows}, {added(whole(b))}, plan);
  if (state != nullptr) append_optional_bias(prefix + "bias", state, {b.rows}, {added(whole(b))}, plan);
  plan.arrays.push_back({prefix + "score.weight", {1, v.rows}, {whole(v)}});
  append_optional_bias(prefix + "score.bias", state, {1}, {}, plan);
}

inline Plan plan_of(std::string_view where, const std::vector<LayerWeights>& layers, const State* state) {
  Plan plan;
  for (const LayerWeights& layer : layers) {
    if (is_recurrent(layer)) {
      append_recurrent(where, layer, state, plan);
    } else if (layer.kind == "dense") {
      append_dense(layer, plan);
    } else if (layer.kind == "attention_pooling") {
      append_pooling(layer, state, plan);
    } else if (layer.kind == "attention") {
      append_attention(layer, state, plan);
    } else {
      fail<ConfigError>(where, "expected layers with a counterpart in PyTorch, got ", layer.name, " of the kind ",
                        layer.kind);
    }
  }
  return plan;
}

inline void require_no_projections(std::string_view where, const NamedArrays& state) {
  for (const auto& [name, array] : state)
    if (name.substr(name.rfind('.') + 1).starts_with("weight_hr_l"))
      fail<ConfigError>(where, "expected recurrent modules without projections, got ", name,
                        "; LSTM(proj_size=...) has no counterpart here");
}

}  // namespace pytorch_parts

/// Sets every weight of `model` to that of a PyTorch module, whose state_dict is `state`: torch.nn.RNN (tanh), LSTM and
/// GRU of any number of layers, one or two directions, with and without bias; Linear; and modules of Linear for
/// attention and its pooling. Which array goes where, and how layers find their modules: docs/exchange.md.
///
/// Throws ShapeError, listing every array that is missing, left over, or of another shape; DataError for weights that
/// are not finite; ConfigError for what PyTorch or tsattn does not have (a GRU with its reset before the product, a
/// projection, another kind of layer). The model is unchanged then.
template <class S>
void from_pytorch(const NamedArrays& state, Graph<S>& model) {
  using namespace pytorch_parts;
  constexpr std::string_view kWhere = "from_pytorch";
  require_no_projections(kWhere, state);
  const State arrays(kWhere, state, '.', [](const std::string& name) { return name; });
  std::vector<LayerWeights> layers = layers_with_weights(model);
  place(layers, &arrays);
  read_weights(kWhere, arrays, plan_of(kWhere, layers, &arrays), kNaming, model.parameters());
}

/// The state_dict of a PyTorch module with the weights of `model`, for load_state_dict(strict=True): every module has
/// the name of its layer and the biases that PyTorch gives it by default. from_pytorch takes it back, bit for bit.
/// Throws ConfigError for what PyTorch does not have.
template <class S>
NamedArrays to_pytorch(const Graph<S>& model) {
  using namespace pytorch_parts;
  constexpr std::string_view kWhere = "to_pytorch";
  std::vector<LayerWeights> layers = layers_with_weights(model);
  place(layers, nullptr);
  return write_weights(kWhere, plan_of(kWhere, layers, nullptr), model.parameters());
}

}  // namespace tsattn
