#pragma once

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/embedded/embedded.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::embedded {

/// A layer of a model as one of embedded.hpp.
struct ChainLayer {
  std::string name;            ///< in the model
  std::string type;            ///< "Lstm<1, 16>"
  Index outputs = 0;           ///< features
  Index state = 0;             ///< numbers that a model of these layers keeps, without what fills up vectors
  std::vector<float> weights;  ///< in the order of the type's Weights
};

/// A model that can be embedded.
struct ModelChain {
  Index inputs = 0;  ///< features
  std::vector<ChainLayer> layers;
};

namespace chain_parts {

inline constexpr std::string_view kWhere = "embedded";

/// Appends the weights of `units` units as parts::Panels reads them: `starts` [starts * units]; of w_x and w_h the rows
/// of `gates` gates from `first_gate` on, `units` rows each.
inline void append_panels(Index units, std::span<const float> starts, const Matrix<float>& w_x,
                          const Matrix<float>& w_h, Index first_gate, Index gates, std::vector<float>& out) {
  for (Index unit = 0; unit < units; unit += Index{kPanelUnits}) {
    const Index here = std::min(units - unit, Index{kPanelUnits});
    const auto append = [&](const float* from) { out.insert(out.end(), from + unit, from + unit + here); };
    for (const float* start = starts.data(); start != starts.data() + starts.size(); start += units) append(start);
    for (const Matrix<float>* w : {&w_x, &w_h})
      for (Index column = 0; column < w->cols(); ++column)
        for (Index gate = first_gate; gate < first_gate + gates; ++gate)
          append(w->data() + column * w->rows() + gate * units);
  }
}

template <class S>
Matrix<float> to_float(const Matrix<S>& values) {
  return Matrix<float>(values.map().template cast<float>());
}

/// b + b_h, of which either may have fewer than `rows` rows, rounded once.
template <class S>
std::vector<float> total_bias_in_float(Index rows, const Vector<S>& b, const Vector<S>& b_h) {
  std::vector<float> total(static_cast<std::size_t>(rows));
  for (Index row = 0; row < rows; ++row) {
    double sum = 0;
    if (row < b.size()) sum += static_cast<double>(b(row));
    if (row < b_h.size()) sum += static_cast<double>(b_h(row));
    total[static_cast<std::size_t>(row)] = static_cast<float>(sum);
  }
  return total;
}

inline std::string type_text(std::string_view name, std::initializer_list<Index> sizes, std::string_view last = {}) {
  std::string text(name);
  for (const Index size : sizes) text.append(text.size() == name.size() ? "<" : ", ").append(std::to_string(size));
  return text.append(last).append(">");
}

template <class S>
ChainLayer dense(const DenseLayer<S>& layer) {
  const auto& p = layer.parameters();
  const Index features = layer.features(), units = layer.units();
  const Matrix<float> w = to_float(p.w);
  const std::vector<float> b = total_bias_in_float(units, p.b, Vector<S>());
  ChainLayer out{{}, type_text("Dense", {features, units}), units, units, {}};
  if (units >= Index{kFewestUnitsOfPanels}) {
    append_panels(units, b, w, Matrix<float>(), 0, 1, out.weights);
    return out;
  }
  out.weights = b;
  for (Index unit = 0; unit < units; ++unit)
    for (Index column = 0; column < features; ++column) out.weights.push_back(w(unit, column));
  return out;
}

template <class S>
ChainLayer rnn(const RnnLayer<S>& layer) {
  const auto& p = layer.parameters();
  const Index hidden = layer.hidden();
  ChainLayer out{{}, type_text("Rnn", {layer.features(), hidden}), hidden, 2 * hidden, {}};
  append_panels(hidden, total_bias_in_float(hidden, p.b, p.b_h), to_float(p.w_x), to_float(p.w_h), 0, 1, out.weights);
  return out;
}

template <class S>
ChainLayer lstm(const LstmLayer<S>& layer) {
  const auto& p = layer.parameters();
  const Index hidden = layer.hidden();
  ChainLayer out{{}, type_text("Lstm", {layer.features(), hidden}), hidden, 3 * hidden, {}};
  append_panels(hidden, total_bias_in_float(4 * hidden, p.b, p.b_h), to_float(p.w_x), to_float(p.w_h), 0, 4,
                out.weights);
  return out;
}

template <class S>
ChainLayer gru(const GruLayer<S>& layer, GruReset reset) {
  const auto& p = layer.parameters();
  const Index hidden = layer.hidden(), features = layer.features();
  const Matrix<float> w_x = to_float(p.w_x), w_h = to_float(p.w_h);
  std::vector<float> b = total_bias_in_float(3 * hidden, p.b, p.b_h);
  if (reset == GruReset::after_product) {
    ChainLayer out{{}, type_text("Gru", {features, hidden}), hidden, 2 * hidden, {}};
    const std::vector<float> b_hn = total_bias_in_float(hidden, p.b_hn, Vector<S>());
    b.insert(b.end(), b_hn.begin(), b_hn.end());
    append_panels(hidden, b, w_x, w_h, 0, 3, out.weights);
    return out;
  }
  ChainLayer out{{}, type_text("Gru", {features, hidden}, ", Reset::before_product"), hidden, 3 * hidden, {}};
  const std::span<const float> starts(b);
  const auto gates = static_cast<std::size_t>(2 * hidden);
  append_panels(hidden, starts.first(gates), w_x, w_h, 0, 2, out.weights);
  append_panels(hidden, starts.subspan(gates), w_x, w_h, 2, 1, out.weights);
  return out;
}

template <class S>
ChainLayer attention_pooling(const AttentionPoolingLayer<S>& layer, Index features, Index steps) {
  const auto& p = layer.parameters();
  const Index units = p.v.size();
  const std::vector<float> v = total_bias_in_float(units, p.v, Vector<S>());
  const Index state = steps * (features + 2) + features;
  if (p.w.size() == 0) return {{}, type_text("AttentionPooling", {features, steps}), features, state, v};
  ChainLayer out{{},
                 type_text("AttentionPooling", {features, steps}, ", Score::tanh, " + std::to_string(units)),
                 features,
                 state + units,
                 v};
  append_panels(units, total_bias_in_float(units, p.b, Vector<S>()), to_float(p.w), Matrix<float>(), 0, 1, out.weights);
  return out;
}

/// The value of the option that is an enumeration.
template <class Enum, class S>
Enum option(const Node<S>& node, std::string_view name) {
  if (node.options)
    for (const Option& option : *node.options)
      if (option.name == name) return from_name<Enum>(std::get<std::string>(option.value));
  fail<ConfigError>(kWhere, "expected the layer ", node.name, " (", node.kind, ") with the option ", name);
}

/// The nodes from the model's input, left out, to its output.
template <class S>
std::vector<const Node<S>*> path_of(const Graph<S>& model) {
  if (model.inputs().size() != 1)
    fail<ConfigError>(kWhere, "expected a model with one input, got ", model.inputs().size());
  std::vector<const Node<S>*> path;
  for (const Node<S>* node = &model.node(model.output()); node->layer; node = &model.node(node->inputs[0])) {
    if (node->inputs.size() != 1)
      fail<ConfigError>(kWhere, "expected layers with one input each, got the layer ", node->name, " (", node->kind,
                        ") with ", node->inputs.size(), " inputs; run this model in the library");
    path.insert(path.begin(), node);
  }
  return path;
}

}  // namespace chain_parts

/// The layers of a model that can be embedded: one input, each layer reads the one before, and all are Dense,
/// Activation, Rnn, Lstm, Gru or AttentionPooling, or one that does nothing in inference, step by step: Dropout,
/// LastStep, the identity. `attention_steps` is how many steps a pooling looks back on; 0: as many as the input of the
/// model has. Weights of double are rounded.
/// Throws ConfigError, naming the layer, for any other model and for a recurrent layer or pooling that does not read a
/// series; DataError if a weight is no finite float.
template <class S>
ModelChain chain_of(const Graph<S>& model, Index attention_steps = 0) {
  using namespace chain_parts;
  const std::vector<const Node<S>*> path = path_of(model);
  const SampleShape& input = model.node(model.inputs()[0]).shape;
  if (attention_steps < 0) fail<ConfigError>(kWhere, "expected attention steps of at least 1, got ", attention_steps);
  if (attention_steps == 0 && input.time != kAnyTime) attention_steps = input.time;
  ModelChain chain{input.features, {}};
  Index features = input.features;
  const Node<S>* end_of_series = nullptr;
  for (const Node<S>* node : path) {
    const auto require_series = [&] {
      if (end_of_series != nullptr)
        fail<ConfigError>(kWhere, "expected the layer ", node->name, " (", node->kind,
                          ") to read a series, got the one ", "step that ", end_of_series->name, " (",
                          end_of_series->kind, ") gives");
    };
    ChainLayer layer;
    const auto recurrent = [&](const auto& of_model, ChainLayer built) {
      require_series();
      if (of_model.returns() == Returns::last_step) end_of_series = node;
      layer = std::move(built);
    };
    if (const auto* of_dense = node->layer->template as<DenseLayer<S>>()) {
      layer = dense(*of_dense);
    } else if (const auto* of_rnn = node->layer->template as<RnnLayer<S>>()) {
      recurrent(*of_rnn, rnn(*of_rnn));
    } else if (const auto* of_lstm = node->layer->template as<LstmLayer<S>>()) {
      recurrent(*of_lstm, lstm(*of_lstm));
    } else if (const auto* of_gru = node->layer->template as<GruLayer<S>>()) {
      recurrent(*of_gru, gru(*of_gru, option<GruReset>(*node, "reset")));
    } else if (const auto* of_pooling = node->layer->template as<AttentionPoolingLayer<S>>()) {
      require_series();
      if (attention_steps == 0)
        fail<ConfigError>(kWhere, "expected the number of steps that the layer ", node->name,
                          " (attention_pooling) looks back on, for the model takes series of any length; say "
                          "attention_steps, --attention-steps on the command line");
      layer = attention_pooling(*of_pooling, features, attention_steps);
      end_of_series = node;
    } else if (node->layer->template as<ActivationLayer<S>>() != nullptr) {
      const auto function = option<ActivationFunction>(*node, "function");
      if (function == ActivationFunction::identity) continue;
      const std::string_view type = function == ActivationFunction::tanh      ? "Tanh"
                                    : function == ActivationFunction::sigmoid ? "Sigmoid"
                                                                              : "Relu";
      layer = {{}, type_text(type, {features}), features, features, {}};
    } else if (node->layer->template as<LastStepLayer<S>>() != nullptr) {
      end_of_series = node;
      continue;
    } else if (node->layer->template as<DropoutLayer<S>>() != nullptr) {
      continue;
    } else {
      fail<ConfigError>(kWhere, "expected layers among dense, activation, rnn, lstm, gru, attention_pooling, dropout, ",
                        "last_step, got the layer ", node->name, " (", node->kind, "); run this model in the library");
    }
    for (const float weight : layer.weights)
      if (!std::isfinite(weight))
        fail<DataError>(kWhere, "expected weights that are finite in float, got ", weight, " in the layer ", node->name,
                        " (", node->kind, ")");
    layer.name = node->name;
    features = layer.outputs;
    chain.layers.push_back(std::move(layer));
  }
  if (chain.layers.empty())
    fail<ConfigError>(kWhere, "expected a model with a layer that computes something, got none");
  return chain;
}

}  // namespace tsattn::embedded
