#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

std::vector<std::string> names_of(const Graph<double>& graph) {
  std::vector<std::string> names;
  for (const auto& node : graph.nodes()) names.push_back(node.name);
  return names;
}

/// Checks that a chain of that block is `expected`: nodes, weights and what they compute.
template <class Type>
void check_block(const Type& block, Graph<double>& expected) {
  Sequential<double> chain(3, /*seed=*/5);
  chain.add(block);
  CHECK(names_of(chain) == names_of(expected));
  CHECK(test::same_bits(chain.parameters(), expected.parameters()));
  Random random(1);
  const auto x = test::random_sequence<double>({4, 2, 3}, random);
  CHECK(test::same_bits(chain.predict({&x}), expected.predict({&x})));
}

TEST_CASE("self attention: every step asks all steps") {
  Graph<double> graph(5);
  const NodeId x = graph.input({.features = 3});
  graph.add(Attention{.score = Score::additive, .mask = AttentionMask::causal, .units = 2, .name = "inner"}, {x, x, x});
  check_block(SelfAttention{.score = Score::additive, .mask = AttentionMask::causal, .units = 2, .name = "inner"},
              graph);
}

TEST_CASE("last-step attention: the last step asks all steps") {
  Graph<double> graph(5);
  const NodeId x = graph.input({.features = 3}), query = graph.add(LastStep{}, {x});
  graph.add(Attention{.score = Score::general, .initialization = Initialization::pytorch}, {query, x, x});
  check_block(LastStepAttention{.score = Score::general, .initialization = Initialization::pytorch}, graph);
}

TEST_CASE("Luong attention: tanh(W [c ; h]) with the context before the query") {
  Graph<double> graph(5);
  const NodeId x = graph.input({.features = 3}), query = graph.add(LastStep{}, {x}),
               context = graph.add(Attention{.score = Score::general, .name = "luong"}, {query, x, x}),
               both = graph.add(Concatenate{}, {context, query}),
               product = graph.add(Dense{.units = 4, .bias = false}, {both});
  graph.add(Activation{ActivationFunction::tanh}, {product});
  check_block(LuongAttention{.units = 4, .name = "luong"}, graph);
  CHECK(names_of(graph) == std::vector<std::string>{"x", "last_step", "luong", "concatenate", "dense", "activation"});
}

TEST_CASE("a block is expanded after any node of a graph") {
  Graph<double> graph;
  const NodeId x = graph.input({.features = 3}), other = graph.input({.features = 5});
  const NodeId context = LastStepAttention{}.expand(graph, other);
  CHECK(graph.node(context).shape == SampleShape{1, 5});
  CHECK(graph.output() == context);
  CHECK(graph.node(x).shape == SampleShape{kAnyTime, 3});
}

/// x + Dense(x): a user's own block.
struct ResidualDense {
  template <class S>
  NodeId expand(Graph<S>& graph, NodeId x) const {
    return graph.add(Add{}, {x, graph.add(Dense{graph.node(x).shape.features}, {x})});
  }
};

TEST_CASE("a user's block needs expand only, and blocks follow each other") {
  Sequential<double> chain(3);
  chain.add(ResidualDense{}).add(ResidualDense{}).add(Dense{1});
  CHECK(names_of(chain) == std::vector<std::string>{"x", "dense", "add", "dense_2", "add_2", "dense_3"});
  CHECK(chain.output_shape() == SampleShape{kAnyTime, 1});
}

}  // namespace
