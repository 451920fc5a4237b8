#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/node.hpp>

using namespace tsattn;

TEST_CASE("a NodeId that was not given out is no node, and two are equal if they are one node's") {
  CHECK(NodeId{}.index == -1);
  CHECK(NodeId{3} == NodeId{3});
  CHECK(NodeId{3} != NodeId{4});
}

TEST_CASE("a node says what it is, what it reads and gives, and whether backward must reach it") {
  Graph<double> model;
  const NodeId x = model.input({.time = 5, .features = 3}, "series"), last = model.add(LastStep{}, {x}),
               dense = model.add(Dense{.units = 2, .name = "head"}, {last}), behind = model.add(LastStep{}, {dense});
  const Node<double>&input = model.node(x), &layer = model.node(dense);
  CHECK(input.name == "series");
  CHECK(input.kind == "input");
  CHECK(input.inputs.empty());
  CHECK(input.shape == SampleShape{5, 3});
  CHECK(!input.layer);
  CHECK(!input.options);
  CHECK(layer.name == "head");
  CHECK(layer.kind == "dense");
  CHECK(layer.inputs == std::vector{last});
  CHECK(layer.shape == SampleShape{1, 2});
  REQUIRE(layer.layer);
  CHECK(layer.layer->as<DenseLayer<double>>() != nullptr);
  REQUIRE(layer.options);
  CHECK((*layer.options)[0] == Option{"units", Index{2}});
  CHECK(!model.node(last).has_trained_ancestor);
  CHECK(layer.has_trained_ancestor);
  CHECK(model.node(behind).has_trained_ancestor);
}
