#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/graph.hpp>

#include "support/descriptions.hpp"
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
    model.add(description, std::span<const NodeId>(inputs));
    visit(ModelCase<S>(name_of_case(description, shapes), std::move(model), shapes));
  });
  visit(branched_case<S>());
}

}  // namespace tsattn::test
