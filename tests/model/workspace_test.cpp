#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/workspace.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::same_bits;

struct Example {
  Graph<double> model;
  NodeId x, h, pooled, y;

  Example() {
    x = model.input({.features = 3});
    h = model.add(Gru{.units = 4}, {x});
    pooled = model.add(AttentionPooling{}, {h});
    y = model.add(Dense{.units = 2}, {pooled});
  }
};

Sequence<double> random_x(Index batch, std::uint64_t seed = 1) {
  Random random(seed);
  return test::random_sequence<double>({5, batch, 3}, random);
}

TEST_CASE("after a run the workspace holds what every layer gave out, and the weights of attention") {
  const Example example;
  Workspace<double> workspace(example.model);
  const Sequence<double> x = random_x(2);
  const Sequence<double> y = example.model.forward({&x}, workspace);
  CHECK(same_bits(workspace.output(example.y), y));
  CHECK(workspace.output(example.h).shape() == SequenceShape{5, 2, 4});
  CHECK(workspace.output(example.pooled).shape() == SequenceShape{1, 2, 4});
  CHECK(workspace.output(example.x).size() == 0);  // the caller's
  const Sequence<double>& weights = workspace.attention_weights(example.pooled);
  CHECK(weights.shape() == SequenceShape{1, 2, 5});
  for (Index b = 0; b < 2; ++b) CHECK(weights.flat().col(b).sum() == doctest::Approx(1));
}

TEST_CASE("gradients have the names, order and sizes of the weights, add up, and are set to zero") {
  const Example example;
  Workspace<double> workspace(example.model);
  const auto weights = example.model.parameters();
  const auto& gradients = workspace.gradients();
  REQUIRE(gradients.size() == weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    CHECK(gradients[i].name == weights[i].name);
    CHECK(gradients[i].size() == weights[i].size());
    CHECK(gradients[i].flat().isZero(0));
  }
  const Sequence<double> x = random_x(2), dy = example.model.forward({&x}, workspace);
  example.model.backward({&x}, dy, workspace, {});
  std::vector<double> once;
  for (const auto& gradient : gradients) once.insert(once.end(), gradient.data, gradient.data + gradient.size());
  CHECK(std::any_of(once.begin(), once.end(), [](double g) { return g != 0; }));
  example.model.backward({&x}, dy, workspace, {});
  std::size_t at = 0;
  for (const auto& gradient : gradients)
    for (Index i = 0; i < gradient.size(); ++i, ++at)
      CHECK(gradient.data[i] == doctest::Approx(2 * once[at]).epsilon(1e-12));
  workspace.zero_gradients();
  for (const auto& gradient : gradients) CHECK(gradient.flat().isZero(0));
}

TEST_CASE("one workspace serves batches of every size, and leaves nothing of one to the next") {
  const Example example;
  Workspace<double> used(example.model);
  for (const Index batch : {3, 1, 5, 2}) {
    const Sequence<double> x = random_x(batch, 7);
    Workspace<double> fresh(example.model);
    CHECK(same_bits(example.model.forward({&x}, used), example.model.forward({&x}, fresh)));
  }
}

TEST_CASE("the seed decides what layers draw, and each layer draws numbers of its own") {
  Graph<double> model;
  const NodeId x = model.input({.features = 50}), one = model.add(Dropout{.rate = 0.5}, {x}),
               other = model.add(Dropout{.rate = 0.5}, {x});
  Sequence<double> ones({1, 4, 50});
  ones.fill(1);
  const auto run = [&](Workspace<double>& workspace) {
    model.forward({&ones}, workspace);
    return workspace.output(other);
  };
  Workspace<double> first(model), second(model);
  CHECK(same_bits(run(first), run(second)));  // both have the seed 0
  CHECK(!same_bits(first.output(one), first.output(other)));
  CHECK(!same_bits(run(first), second.output(other)));  // a second run draws anew
  first.seed(3), second.seed(3);
  CHECK(same_bits(run(first), run(second)));
  first.seed(4), second.seed(3);
  CHECK(!same_bits(run(first), run(second)));
}

TEST_CASE("a workspace serves copies of its model, and is refused by another") {
  const Example example;
  Workspace<double> workspace(example.model);
  const Graph<double> copy = example.model;
  const Sequence<double> x = random_x(1);
  CHECK_NOTHROW(copy.forward({&x}, workspace));
  Graph<double> other;
  other.add(Dense{.units = 2}, {other.input({.features = 3})});
  CHECK_THROWS_AS(other.forward({&x}, workspace), ConfigError);
}

TEST_CASE("nodes that are none, and weights of what has none") {
  const Example example;
  const Workspace<double> workspace(example.model);
  CHECK_THROWS_WITH_AS(workspace.output(NodeId{}), "[Workspace] expected a node of the workspace's model, got node -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(workspace.output(NodeId{4}), "[Workspace] expected a node of the workspace's model, got node 4",
                       ConfigError);
  CHECK_THROWS_WITH_AS(workspace.attention_weights(example.h), "[Workspace] node 1 has no attention weights",
                       ConfigError);
  CHECK_THROWS_WITH_AS(workspace.attention_weights(example.x), "[Workspace] node 0 has no attention weights",
                       ConfigError);
}

}  // namespace
