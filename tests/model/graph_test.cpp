// Building a graph: nodes, names, weights, and what is refused.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/graph.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::same_bits;

TEST_CASE("a graph knows its nodes, their shapes, and its inputs and output") {
  Graph<float> graph;
  const NodeId series = graph.input({.features = 3}, "series"), state = graph.input({1, 4});
  const NodeId h = graph.add(Gru{.units = 4, .returns = Returns::last_step}, {series, state});
  const NodeId y = graph.add(Dense{.units = 2, .name = "head"}, {h});
  CHECK(graph.nodes().size() == 4);
  CHECK(graph.inputs() == std::vector{series, state});
  CHECK(graph.output() == y);
  CHECK(graph.output_shape() == SampleShape{1, 2});
  CHECK(graph.node(series).name == "series");
  CHECK(graph.node(series).kind == "input");
  CHECK(graph.node(series).shape == SampleShape{kAnyTime, 3});
  CHECK(!graph.node(series).layer);
  CHECK(graph.node(state).name == "x");
  CHECK(graph.node(h).name == "gru");
  CHECK(graph.node(h).kind == "gru");
  CHECK(graph.node(h).shape == SampleShape{1, 4});
  CHECK(graph.node(h).inputs == std::vector{series, state});
  CHECK(graph.node(y).name == "head");
  CHECK(graph.node(y).kind == "dense");
  CHECK(graph.node(y).layer->template as<DenseLayer<float>>() != nullptr);
}

TEST_CASE("nodes without a name are numbered, and every node is found by its name") {
  Graph<float> graph;
  const NodeId x = graph.input({1, 3}), other = graph.input({1, 3});
  const NodeId first = graph.add(Dense{3}, {x}), taken = graph.add(Dense{.units = 3, .name = "dense_2"}, {x}),
               third = graph.add(Dense{3}, {x}), sum = graph.add(Add{}, {first, third});
  CHECK(graph.node(other).name == "x_2");
  CHECK(graph.node(first).name == "dense");
  CHECK(graph.node(third).name == "dense_3");
  CHECK(graph.find("dense_2") == taken);
  CHECK(graph.find("dense_3") == third);
  CHECK(graph.find("add") == sum);
  CHECK(graph.find("x") == x);
  CHECK_THROWS_WITH_AS(graph.find("lstm"),
                       "[Graph::find] expected one of the nodes x, x_2, dense, dense_2, dense_3, add, got \"lstm\"",
                       ConfigError);
}

TEST_CASE("a node without a name has the first number that is free, in every copy of a graph, however large") {
  Graph<float> graph;
  const NodeId x = graph.input({1, 1});
  const auto add = [&](Graph<float>& to, const std::string& name) {
    return to.node(to.add(Dense{.units = 1, .name = name}, {x})).name;
  };
  CHECK(add(graph, "dense_2") == "dense_2");
  CHECK(add(graph, "") == "dense");
  CHECK(add(graph, "dense_4") == "dense_4");
  CHECK(add(graph, "") == "dense_3");
  CHECK_THROWS_AS(graph.add(Dense{0}, {x}), ConfigError);  // takes no number
  Graph<float> copy = graph;
  CHECK(add(graph, "") == "dense_5");
  CHECK(add(copy, "dense_5") == "dense_5");
  CHECK(add(copy, "dense_6") == "dense_6");
  CHECK(add(copy, "") == "dense_7");
  CHECK(add(graph, "") == "dense_6");
  Graph<float> moved = std::move(copy);
  CHECK(add(moved, "") == "dense_8");
  CHECK_THROWS_WITH_AS(add(moved, "dense_5"), "[Graph::add] the name \"dense_5\" is in use; names must be unique",
                       ConfigError);
  for (int i = 9; i <= 4000; ++i) add(moved, "");  // took 14 s when every number was tried anew
  CHECK(moved.nodes().back().name == "dense_4000");
}

TEST_CASE("names must be unique and without dots") {
  Graph<float> graph;
  const NodeId x = graph.input({1, 3}, "series");
  graph.add(Dense{.units = 3, .name = "head"}, {x});
  CHECK_THROWS_WITH_AS(graph.add(Dense{.units = 3, .name = "head"}, {x}),
                       "[Graph::add] the name \"head\" is in use; names must be unique", ConfigError);
  CHECK_THROWS_AS(graph.input({1, 3}, "head"), ConfigError);
  CHECK_THROWS_WITH_AS(graph.add(Dense{.units = 3, .name = "a.b"}, {x}),
                       "[Graph::add] expected a name without a dot, which parts node and tensor, got \"a.b\"",
                       ConfigError);
  CHECK_THROWS_AS(graph.input({1, 3}, "."), ConfigError);
  CHECK(graph.nodes().size() == 2);
}

TEST_CASE("an input needs features and, if it is fixed, time") {
  Graph<float> graph;
  CHECK_THROWS_WITH_AS(graph.input({.features = 0}), "[x] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(graph.input({0, 3}, "series"), "[series] expected time of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(graph.input({-2, 3}), "[x] expected time of at least 1, got -2", ConfigError);
  CHECK(graph.nodes().empty());
}

TEST_CASE("a layer that does not fit is refused by its name and place") {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 3}), h = graph.add(Lstm{4}, {x}), one = graph.add(LastStep{}, {h});
  CHECK_THROWS_WITH_AS(graph.add(Dense{}, {h}), "[dense, layer 3] expected units of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(graph.add(Dense{.units = -1, .name = "head"}, {h}),
                       "[head, layer 3] expected units of at least 1, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(
      graph.add(Add{}, {x, h}),
      "[add, layer 3] expected inputs of one shape, got [time=any, features=3] and [time=any, features=4]", ShapeError);
  CHECK_THROWS_WITH_AS(graph.add(Lstm{4}, {x, one}),
                       "[lstm_2, layer 3] expected x, or x and the initial states h and c, got 2 inputs", ShapeError);
  CHECK_THROWS_WITH_AS(graph.add(Lstm{5}, {x, one, one}),
                       "[lstm_2, layer 3] expected an initial state [time=1, features=5], got [time=1, features=4]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(graph.add(Attention{.score = Score::general}, {h, x}),
                       "[attention, layer 3] expected the inputs query, keys, values (over one sequence: SelfAttention "
                       "or LastStepAttention), got 2 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(graph.add(Dense{2}, {}), "[dense, layer 3] expected one input x, got 0 inputs", ShapeError);
}

TEST_CASE("a dot score of unequal sizes is refused by the name and place of its layer") {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 3}), h = graph.add(Lstm{4}, {x});
  CHECK_THROWS_WITH_AS(
      graph.add(Attention{}, {h, x, x}),
      "[attention, layer 2] expected query and keys of the same size for the score scaled_dot, got 4 and 3; the "
      "scores general and additive take any sizes",
      ShapeError);
}

TEST_CASE("what is no node of the graph is refused") {
  Graph<float> graph;
  const char* const text = "[Graph] expected a node of this graph, of 1 nodes, got node 1";
  graph.input({.features = 3});
  CHECK_THROWS_WITH_AS(graph.add(Dense{2}, {NodeId{1}}), text, ConfigError);
  CHECK_THROWS_WITH_AS(graph.set_output({1}), text, ConfigError);
  CHECK_THROWS_WITH_AS(graph.node({1}), text, ConfigError);
  CHECK_THROWS_AS(graph.node(NodeId{}), ConfigError);
  CHECK_THROWS_AS(Graph<float>().output_shape(), ConfigError);
}

TEST_CASE("the output is the layer added last, whatever inputs follow, or the layer that set_output names") {
  Graph<float> graph;
  const NodeId x = graph.input({1, 3}), first = graph.add(Dense{4}, {x}), second = graph.add(Dense{5}, {first});
  const NodeId late = graph.input({1, 2}, "late");
  CHECK(graph.output() == second);
  graph.set_output(first);
  CHECK(graph.output() == first);
  CHECK(graph.output_shape() == SampleShape{1, 4});
  CHECK_THROWS_WITH_AS(graph.set_output(late), "[Graph::set_output] expected a layer, got the input late", ConfigError);
  CHECK(graph.output() == first);
}

TEST_CASE("the shape of the output follows from those of the inputs") {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 3}), other = graph.input({.features = 2}, "other");
  graph.add(Concatenate{}, {graph.add(Gru{4}, {x}), other});
  CHECK(graph.output_shape() == SampleShape{kAnyTime, 6});
  const std::vector<SampleShape> shapes{{7, 3}, {7, 2}};
  CHECK(graph.output_shape(shapes) == SampleShape{7, 6});
  CHECK_THROWS_WITH_AS(graph.output_shape(std::span(shapes).first(1)),
                       "[Graph::output_shape] expected 2 shapes, one for each input, got 1", ShapeError);
  CHECK_THROWS_AS(Graph<float>().output_shape(std::span<const SampleShape>()), ConfigError);
}

/// A graph of two dense layers, with a refused layer between them if asked for.
Graph<double> two_layers(std::uint64_t seed, bool with_failures) {
  Graph<double> graph(seed);
  const NodeId x = graph.input({1, 3}), first = graph.add(Dense{4}, {x});
  if (with_failures) {
    CHECK_THROWS_AS(graph.add(Dense{-1}, {x}), ConfigError);
    CHECK_THROWS_AS(graph.add(Add{}, {x, first}), ShapeError);
    CHECK_THROWS_AS(graph.add(Dense{.units = 4, .name = "dense"}, {x}), ConfigError);
    CHECK_THROWS_AS(graph.input({1, 0}), ConfigError);
    CHECK_THROWS_AS(graph.set_output({7}), ConfigError);
    CHECK(graph.nodes().size() == 2);
    CHECK(graph.output() == first);
  }
  graph.add(Dense{5}, {first});
  return graph;
}

TEST_CASE("a refused layer leaves the graph and its random numbers as they were") {
  Graph<double> graph = two_layers(1, false), same = two_layers(1, true);
  CHECK(same_bits(same.parameters(), graph.parameters()));
}

TEST_CASE("the same seed gives the same weights, another one others") {
  Graph<double> graph = two_layers(1, false), same = two_layers(1, false), other = two_layers(2, false);
  CHECK(same_bits(same.parameters(), graph.parameters()));
  CHECK(!same_bits(other.parameters(), graph.parameters()));
}

TEST_CASE("the size of one layer moves no other layer's weights") {
  const auto second_weights = [](Index units_of_first) {
    Graph<double> graph(1);
    const NodeId x = graph.input({1, 3});
    graph.add(Dense{units_of_first}, {x});
    graph.add(Dense{4}, {x});
    const auto w = graph.parameters()[2];
    return std::vector<double>(w.data, w.data + w.size());
  };
  CHECK(second_weights(2) == second_weights(7));
}

TEST_CASE("a model of float starts with the rounded weights of the model of double") {
  const auto build = [](auto& graph) {
    const NodeId x = graph.input({.features = 3}), h = graph.add(Lstm{4}, {x});
    graph.add(Attention{.score = Score::additive}, {h, h, h});
  };
  Graph<double> wide(3);
  Graph<float> narrow(3);
  build(wide), build(narrow);
  const auto doubles = wide.parameters();
  const auto floats = narrow.parameters();
  REQUIRE(floats.size() == doubles.size());
  for (std::size_t i = 0; i < floats.size(); ++i) CHECK(floats[i].map() == doubles[i].map().cast<float>());
}

TEST_CASE("parameters are named by node and tensor, in the order of the nodes") {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 3}), h = graph.add(Gru{4}, {x});
  graph.add(Dense{.units = 2, .bias = false, .name = "head"}, {graph.add(LastStep{}, {h})});
  std::vector<std::string> names;
  Index count = 0;
  for (const NamedTensor<float>& parameter : graph.parameters())
    names.push_back(parameter.name), count += parameter.size();
  CHECK(names == std::vector<std::string>{"gru.w_x", "gru.w_h", "gru.b", "gru.b_hn", "head.w"});
  CHECK(count == 12 * 3 + 12 * 4 + 12 + 4 + 2 * 4);
  CHECK(graph.parameter_count() == count);
}

TEST_CASE("copying a graph copies its weights") {
  Graph<double> original = two_layers(1, false);
  const Graph<double> untouched = two_layers(1, false);
  Graph<double> copy = original, assigned;
  assigned = original;
  Random random(4);
  for (Graph<double>* other : {&copy, &assigned}) {
    CHECK(same_bits(other->parameters(), original.parameters()));
    for (const NamedTensor<double>& parameter : other->parameters())
      test::randomize(parameter.data, parameter.size(), random);
    CHECK(!same_bits(other->parameters(), original.parameters()));
  }
  CHECK(same_bits(original.parameters(), Graph<double>(untouched).parameters()));

  const Graph<double>& same = original;
  original = same;
  CHECK(same_bits(original.parameters(), Graph<double>(untouched).parameters()));

  copy.add(Dense{2}, {copy.output()});  // and what is added to it is added to it alone
  CHECK(original.nodes().size() == 3);
}

TEST_CASE("moving a graph keeps its weights where they are") {
  Graph<double> original = two_layers(1, false), same = two_layers(1, false);
  const double* const data = original.parameters()[0].data;
  Graph<double> moved = std::move(original);
  CHECK(moved.parameters()[0].data == data);
  CHECK(same_bits(moved.parameters(), same.parameters()));
}

}  // namespace
