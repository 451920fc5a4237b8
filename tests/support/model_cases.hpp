#pragma once

#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/model/graph.hpp>

#include "support/random_values.hpp"

namespace tsattn::test {

/// The same random values in every weight of a model: biases too, which start at 0 otherwise.
template <class S>
void randomize(Graph<S>& model, Random& random) {
  for (const NamedTensor<S>& tensor : model.parameters()) randomize(tensor.data, tensor.size(), random);
}

/// A model with random weights and inputs for it.
template <class S>
struct ModelCase {
  std::string name;
  Graph<S> model;
  std::vector<Sequence<S>> inputs;

  ModelCase(std::string case_name, Graph<S> built, const std::vector<SequenceShape>& shapes)
      : name(std::move(case_name)), model(std::move(built)) {
    Random random(1);
    randomize(model, random);
    for (const SequenceShape& shape : shapes) inputs.push_back(random_sequence<S>(shape, random));
  }

  /// For `predict` and as a probe; of this object, which must outlive it.
  std::vector<const Sequence<S>*> pointers() const {
    std::vector<const Sequence<S>*> list;
    for (const Sequence<S>& input : inputs) list.push_back(&input);
    return list;
  }
};

/// Calls visit(description, input shapes) for every description of the library with every value of every option, the
/// sizes all different.
template <class Visit>
void for_each_description(const Visit& visit) {
  using Shapes = std::vector<SequenceShape>;
  const SequenceShape x{4, 2, 5}, h{1, 2, 3}, c = h;
  for (const bool bias : {true, false}) visit(Dense{.units = 3, .bias = bias}, Shapes{x});
  for (const auto& [name, function] : EnumNames<ActivationFunction>::kNames) visit(Activation{function}, Shapes{x});
  for (const auto& [returns_name, returns] : EnumNames<Returns>::kNames)
    for (const auto& [bias_name, bias] : EnumNames<RecurrentBias>::kNames) {
      const Rnn rnn{.units = 3, .returns = returns, .bias = bias};
      visit(rnn, Shapes{x}), visit(rnn, Shapes{x, h});
      visit(Bidirectional{rnn}, Shapes{x}), visit(Bidirectional{rnn}, Shapes{x, h, h});
      const Lstm lstm{.units = 3, .returns = returns, .bias = bias};
      visit(lstm, Shapes{x}), visit(lstm, Shapes{x, h, c});
      visit(Bidirectional{lstm}, Shapes{x}), visit(Bidirectional{lstm}, Shapes{x, h, c, h, c});
      for (const auto& [reset_name, reset] : EnumNames<GruReset>::kNames) {
        const Gru gru{.units = 3, .reset = reset, .returns = returns, .bias = bias};
        visit(gru, Shapes{x}), visit(gru, Shapes{x, h});
        visit(Bidirectional{gru}, Shapes{x}), visit(Bidirectional{gru}, Shapes{x, h, h});
      }
    }
  for (const auto& [score_name, score] : EnumNames<Score>::kNames)
    for (const auto& [mask_name, mask] : EnumNames<AttentionMask>::kNames)
      for (const Index units : {0, 7}) {
        const Index query = score == Score::dot || score == Score::scaled_dot ? 6 : 5;  // as the keys, where it must
        visit(Attention{.score = score, .mask = mask, .units = units},
              Shapes{{mask == AttentionMask::causal ? 4 : 3, 2, query}, {4, 2, 6}, {4, 2, 3}});
      }
  for (const auto& [score_name, score] : EnumNames<PoolingScore>::kNames)
    for (const Index units : {0, 7}) visit(AttentionPooling{.score = score, .units = units}, Shapes{x});
  for (const bool shared : {true, false}) visit(Dropout{.rate = 0.25, .shared_over_time = shared}, Shapes{x});
  for (const bool gain : {true, false})
    for (const bool bias : {true, false}) visit(LayerNorm{.epsilon = 0.01, .gain = gain, .bias = bias}, Shapes{x});
  visit(LastStep{}, Shapes{x});
  visit(Segments{.width = 2}, Shapes{x});
  visit(Add{}, Shapes{x, x, x});
  visit(Concatenate{}, Shapes{x, {4, 2, 2}, {4, 2, 1}});
}

/// Two inputs of fixed and free time that are added between the layers, names, paths that part and meet, and an output
/// that is not the layer added last.
template <class S>
ModelCase<S> branched_case() {
  Graph<S> model;
  const NodeId series = model.input({.features = 3}, "series of 2°C");
  const NodeId h = model.add(Lstm{.units = 4, .name = "memory \"1\""}, {series});
  const NodeId start = model.input({.time = 1, .features = 4}, "start");
  const NodeId g = model.add(Gru{.units = 4}, {h, start});
  const NodeId sum = model.add(Add{}, {h, g, h});
  const NodeId query = model.add(LastStep{}, {sum});
  const NodeId context = model.add(Attention{.score = Score::additive, .units = 3}, {query, h, sum});
  const NodeId head = model.add(Dense{.units = 2, .name = "head"}, {model.add(Concatenate{}, {context, query})});
  model.add(Dense{.units = 1, .name = "unused"}, {head});
  model.set_output(head);
  return {"branched", std::move(model), {{5, 2, 3}, {1, 2, 4}}};
}

/// Calls visit(ModelCase) for a model of each description alone, and for the branched one.
template <class S, class Visit>
void for_each_model_case(const Visit& visit) {
  for_each_description([&](const auto& description, const std::vector<SequenceShape>& shapes) {
    Graph<S> model;
    std::vector<NodeId> inputs;
    for (const SequenceShape& shape : shapes) inputs.push_back(model.input(shape.sample()));
    const NodeId node = model.add(description, std::span<const NodeId>(inputs));
    std::string name = model.node(node).kind + " of " + std::to_string(shapes.size()) + ":";
    for (const Option& option : options_of(description))
      std::visit(
          [&](const auto& value) {
            std::ostringstream text;
            text << ' ' << option.name << '=' << value;
            name += text.str();
          },
          option.value);
    visit(ModelCase<S>(std::move(name), std::move(model), shapes));
  });
  visit(branched_case<S>());
}

}  // namespace tsattn::test
