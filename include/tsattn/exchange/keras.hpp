#pragma once

#include <cstddef>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/exchange/weight_exchange.hpp>

namespace tsattn {

namespace keras_parts {

using namespace weight_exchange;

constexpr std::string_view kNaming =
    "a layer takes the Keras layer of its name, whose arrays are lstm/kernel, lstm/recurrent_kernel, lstm/bias";

// Names of arrays and layers.

inline std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char letter : path) {
    if (letter == '/') {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

/// "lstm_cell", "gru_cell_3", "simple_rnn_cell": what Keras calls the cell inside a layer.
inline bool is_cell(const std::string& part) {
  for (const std::string_view cell : {"lstm_cell", "gru_cell", "simple_rnn_cell"}) {
    if (!part.starts_with(cell)) continue;
    const std::string rest = part.substr(cell.size());
    if (rest.empty() ||
        (rest.size() > 1 && rest.front() == '_' && rest.find_first_not_of("0123456789", 1) == std::string::npos))
      return true;
  }
  return false;
}

/// The name of a Keras variable, "lstm/lstm_cell/kernel:0", in the form "lstm/kernel": without ":0" at its end; without
/// the second of two equal names at its beginning (of .h5 files); without the cell; and with "forward" and "backward"
/// for "forward_lstm" and "backward_lstm" behind the name of a Bidirectional layer.
inline std::string normalised(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  const bool is_numbered = colon != std::string::npos && colon + 1 < name.size() &&
                           name.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  std::vector<std::string> parts = split_path(is_numbered ? name.substr(0, colon) : name);
  if (parts.size() > 2 && parts[0] == parts[1]) parts.erase(parts.begin());
  std::string path = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    if (!is_last && is_cell(parts[i])) continue;
    for (const std::string direction : {"forward", "backward"})
      if (!is_last && parts[i].starts_with(direction + '_')) parts[i] = direction;
    path += '/' + parts[i];
  }
  return path;
}

inline void place(std::vector<LayerWeights>& layers, const State* state) {
  for (LayerWeights& layer : layers) {
    layer.module = layer.name;
    layer.is_placed = state != nullptr && state->has_module(layer.name);
  }
  if (state == nullptr) return;
  std::set<std::string> linear = state->modules_with({"kernel"});
  for (const std::string& module : state->modules_with({"recurrent_kernel"})) linear.erase(module);
  place_by_elimination(layers, *state, state->modules_with({"forward/recurrent_kernel", "backward/recurrent_kernel"}),
                       is_bidirectional);
  place_by_elimination(layers, *state, state->modules_with({"recurrent_kernel"}), is_one_way);
  place_by_elimination(layers, *state, state->modules_with({"projection/kernel", "score/kernel"}), is_tanh_pooling);
  place_by_elimination(layers, *state, std::move(linear), is_linear);
}

// Which arrays a layer has. `state` is null where they are written.

/// Where block k of a gate order of ours is in Keras': LSTM i f c o, where c is g; GRU z r h, where h is n.
inline std::vector<Index> places_of_gates(const Cell& cell, std::string_view kind) {
  if (kind == "gru") return {1, 0, 2};
  std::vector<Index> places(static_cast<std::size_t>(cell.gates()));
  std::iota(places.begin(), places.end(), Index{0});
  return places;
}

/// A matrix of ours whose row blocks are, in Keras, column blocks of the transposed matrix, at `places`.
inline ForeignArray kernel(std::string name, const Tensor& w, const std::vector<Index>& places) {
  ForeignArray array{std::move(name), {w.cols, w.rows}, {}};
  const Index size = w.rows / static_cast<Index>(places.size());
  for (std::size_t k = 0; k < places.size(); ++k)
    array.links.push_back(
        {w.position, size, w.cols, {static_cast<Index>(k) * size, 1, w.rows}, {places[k] * size, 1, w.rows}});
  return array;
}

inline ForeignArray bias(std::string name, const Cell& cell, const std::vector<Index>& places) {
  const Index hidden = cell.hidden(), size = cell.b->rows;
  ForeignArray array{std::move(name), {size}, {}};
  for (std::size_t k = 0; k < places.size(); ++k)
    array.links.push_back(entries(*cell.b, static_cast<Index>(k) * hidden, hidden, places[k] * hidden));
  if (!cell.b_hn) return array;
  array.shape = {2, size};  // the second row is the bias of the recurrent product
  for (std::size_t k = 0; k < 2; ++k) {
    const Index first = static_cast<Index>(k) * hidden, there = size + places[k] * hidden;
    array.links.push_back(cell.b_h ? entries(*cell.b_h, first, hidden, there)
                                   : added(entries(*cell.b, first, hidden, there)));
  }
  array.links.push_back(entries(*cell.b_hn, 0, hidden, size + places[2] * hidden));
  return array;
}

inline void append_recurrent(std::string_view where, const LayerWeights& layer, const State* state, Plan& plan) {
  for (const Cell& cell : cells_of(layer)) {
    const std::string_view kind = cell_kind(layer);
    const std::string prefix = layer.module + '/' + (cell.direction.empty() ? "" : cell.direction + '/');
    const std::vector<Index> places = places_of_gates(cell, kind);
    plan.arrays.push_back(kernel(prefix + "kernel", cell.w_x, places));
    plan.arrays.push_back(kernel(prefix + "recurrent_kernel", cell.w_h, places));
    if (!cell.b || !is_there(state, prefix + "bias")) continue;  // use_bias=False
    if (state == nullptr && cell.b_h && !cell.b_hn)
      fail<ConfigError>(
          where, "expected the layer ", layer.name,
          " with one bias, as Keras has it, got RecurrentBias::two; only its GRU with reset_after has two");
    plan.arrays.push_back(bias(prefix + "bias", cell, places));
    if (kind == "gru")
      plan.arrays.back().likely_fix =
          "two rows belong to reset_after=True, GruReset::after_product, one axis to reset_after=False, "
          "GruReset::before_product";
  }
}

inline void append_dense(const LayerWeights& layer, Plan& plan) {
  plan.arrays.push_back(kernel(layer.module + "/kernel", layer["w"], {0}));
  if (layer.has("b")) plan.arrays.push_back({layer.module + "/bias", {layer["b"].rows}, {whole(layer["b"])}});
}

inline void append_pooling(const LayerWeights& layer, const State* state, Plan& plan) {
  const std::string prefix = layer.module + '/';
  const Tensor &v = layer["v"], &b = layer["b"];
  const auto append_if_there = [&](const std::string& name, const Tensor& tensor, std::vector<Link> links) {
    if (is_there(state, name)) plan.arrays.push_back({name, {tensor.rows}, std::move(links)});
  };
  if (!layer.has("w")) {
    plan.arrays.push_back({prefix + "kernel", {v.rows, 1}, {whole(v)}});
    append_if_there(prefix + "bias", b, {whole(b)});
    return;
  }
  plan.arrays.push_back(kernel(prefix + "projection/kernel", layer["w"], {0}));
  append_if_there(prefix + "projection/bias", b, {whole(b)});
  plan.arrays.push_back({prefix + "score/kernel", {v.rows, 1}, {whole(v)}});
  append_if_there(prefix + "score/bias", {0, 1, 1}, {});
}

/// Keras' Attention multiplies its dot products by one number, and AdditiveAttention projects neither queries nor keys.
inline void append_attention(std::string_view where, const LayerWeights& layer, const State* state, Plan& plan) {
  if (state == nullptr)
    fail<ConfigError>(where, "expected layers with a counterpart in Keras, got ", layer.name,
                      ": its attention has weights of its own for queries and keys, which that of Keras has not");
  const std::string scale = layer.module + "/scale";
  const auto require_square = [&](const Tensor& w) {
    if (w.rows != w.cols)
      fail<ConfigError>(where, "expected the layer ", layer.name, " with as many ",
                        layer.has("w") ? "features of a query" : "units and features of a query",
                        " as features of a key, as in Keras, got a matrix ", shape_text({w.rows, w.cols}));
  };
  if (layer.has("w")) {
    require_square(layer["w"]);
    plan.arrays.push_back({scale, {}, {diagonal(layer["w"])}, "without a scale it is Score::dot"});
    return;
  }
  for (const std::string_view name : {"w_q", "w_k"}) {
    require_square(layer[name]);
    plan.ones.push_back(diagonal(layer[name]));
  }
  const Tensor& v = layer["v"];
  if (state->has(scale)) {
    plan.arrays.push_back({scale, {v.rows}, {whole(v)}});
  } else {
    plan.ones.push_back(whole(v));  // use_scale=False
  }
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
      append_attention(where, layer, state, plan);
    } else {
      fail<ConfigError>(where, "expected layers with a counterpart in Keras, got ", layer.name, " of the kind ",
                        layer.kind);
    }
  }
  return plan;
}

}  // namespace keras_parts

/// Sets every weight of `model` to that of a Keras model, whose weights are `state`, as examples/python/keras_to_npz.py
/// writes them: SimpleRNN, LSTM and GRU (tanh and sigmoid), Bidirectional of them, Dense, Attention and
/// AdditiveAttention. Which array goes where, and how layers are found: docs/exchange.md.
///
/// Throws ShapeError, listing every array that is missing, left over, or of another shape; DataError for weights that
/// are not finite; ConfigError for what Keras does not have and for two arrays of one name. The model is unchanged
/// then.
template <class S>
void from_keras(const NamedArrays& state, Graph<S>& model) {
  using namespace keras_parts;
  constexpr std::string_view kWhere = "from_keras";
  const State arrays(kWhere, state, '/', normalised);
  std::vector<LayerWeights> layers = layers_with_weights(model);
  place(layers, &arrays);
  read_weights(kWhere, arrays, plan_of(kWhere, layers, &arrays), kNaming, model.parameters());
}

/// The weights of `model` under the names and in the shapes that from_keras reads. Throws ConfigError for what Keras
/// does not have, attention with weights among it.
template <class S>
NamedArrays to_keras(const Graph<S>& model) {
  using namespace keras_parts;
  constexpr std::string_view kWhere = "to_keras";
  std::vector<LayerWeights> layers = layers_with_weights(model);
  place(layers, nullptr);
  return write_weights(kWhere, plan_of(kWhere, layers, nullptr), model.parameters());
}

}  // namespace tsattn
