// Running a graph forward and backward, and its workspace.

#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::random_sequence, test::same_bits;

/// The values of all gradients of a workspace, one after another.
template <class S>
std::vector<S> gradients_of(const Workspace<S>& workspace) {
  std::vector<S> values;
  for (const NamedTensor<S>& gradient : workspace.gradients())
    values.insert(values.end(), gradient.data, gradient.data + gradient.size());
  return values;
}

/// Lstm, its last step, attention of that over all steps, Dense.
struct AttentiveModel {
  Graph<double> graph{1};
  NodeId x = graph.input({.features = 2}), h = graph.add(Lstm{3}, {x}), query = graph.add(LastStep{}, {h}),
         context = graph.add(Attention{}, {query, h, h}), y = graph.add(Dense{4}, {context});

  template <class L>
  const L& layer(NodeId id) const {
    return *graph.node(id).layer->template as<L>();
  }
};

Sequence<double> random_x(const SequenceShape& shape) {
  Random random(2);
  return random_sequence<double>(shape, random);
}

TEST_CASE("a graph is its layers one by one, forward and backward") {
  const AttentiveModel model;
  const Sequence<double> x = random_x({5, 3, 2}), dy = random_x({1, 3, 4});
  Workspace<double> workspace(model.graph);
  Sequence<double> dx;
  const Sequence<double> y = model.graph.forward({&x}, workspace);
  model.graph.backward({&x}, dy, workspace, {&dx});

  const auto& lstm = model.layer<LstmLayer<double>>(model.h);
  const auto& last_step = model.layer<LastStepLayer<double>>(model.query);
  const auto& attention = model.layer<AttentionLayer<double>>(model.context);
  const auto& dense = model.layer<DenseLayer<double>>(model.y);
  LstmLayer<double>::Cache lstm_cache;
  LastStepLayer<double>::Cache last_step_cache;
  AttentionLayer<double>::Cache attention_cache;
  DenseLayer<double>::Cache dense_cache;
  Sequence<double> h, query, context, output;
  lstm.forward({&x}, h, lstm_cache);
  last_step.forward({&h}, query, last_step_cache);
  attention.forward({&query, &h, &h}, context, attention_cache);
  dense.forward({&context}, output, dense_cache);
  CHECK(same_bits(y, output));
  CHECK(same_bits(workspace.output(model.h), h));
  CHECK(same_bits(workspace.output(model.context), context));
  CHECK(same_bits(workspace.attention_weights(model.context),
                  AttentionLayer<double>::attention_weights(attention_cache)));

  auto d_lstm = lstm.parameters();
  auto d_dense = dense.parameters();
  NoParameters none;
  AttentionLayer<double>::Gradients d_attention;
  set_zero(d_lstm), set_zero(d_dense);
  Sequence<double> d_context, d_query, d_keys, d_values, d_last, expected_dx;
  dense.backward({&context}, output, dy, dense_cache, d_dense, {&d_context});
  attention.backward({&query, &h, &h}, context, d_context, attention_cache, d_attention,
                     {&d_query, &d_keys, &d_values});
  last_step.backward({&h}, query, d_query, last_step_cache, none, {&d_last});
  Sequence<double> dh = d_keys;
  dh.flat() += d_values.flat();
  dh.flat() += d_last.flat();
  lstm.backward({&x}, h, dh, lstm_cache, d_lstm, {&expected_dx});
  CHECK(same_bits(dx, expected_dx));
  std::vector<NamedTensor<double>> expected;
  append_named_tensors(d_lstm, "lstm.", expected);
  append_named_tensors(d_dense, "dense.", expected);
  CHECK(same_bits(workspace.gradients(), expected));
}

TEST_CASE_TEMPLATE("forward, infer and predict give the same output", S, float, double) {
  Graph<S> graph(1);
  const NodeId x = graph.input({.features = 2}), h = graph.add(Rnn{3}, {x});
  graph.add(Concatenate{}, {h, x, h});
  Random random(2);
  const auto value = random_sequence<S>({5, 3, 2}, random);
  Workspace<S> workspace(graph);
  const Sequence<S> y = graph.forward({&value}, workspace);
  CHECK(y.shape() == SequenceShape{5, 3, 8});
  CHECK(test::same_bits(graph.infer({&value}, workspace), y));
  CHECK(test::same_bits(graph.predict({&value}), y));
}

TEST_CASE("a workspace that served other batches and lengths gives the bits of a new one") {
  const AttentiveModel model;
  Workspace<double> used(model.graph);
  for (const SequenceShape& shape : {SequenceShape{5, 3, 2}, {7, 8, 2}, {1, 1, 2}, {5, 3, 2}}) {
    const Sequence<double> x = random_x(shape), dy = random_x({1, shape.batch, 4});
    Workspace<double> fresh(model.graph);
    Sequence<double> dx, expected_dx;
    used.zero_gradients();
    CHECK(same_bits(model.graph.forward({&x}, used), model.graph.forward({&x}, fresh)));
    model.graph.backward({&x}, dy, used, {&dx});
    model.graph.backward({&x}, dy, fresh, {&expected_dx});
    CHECK(same_bits(dx, expected_dx));
    CHECK(gradients_of(used) == gradients_of(fresh));
  }
}

TEST_CASE("backward adds to the gradients of weights and assigns those of inputs") {
  const AttentiveModel model;
  const Sequence<double> x = random_x({5, 3, 2}), dy = random_x({1, 3, 4});
  Workspace<double> workspace(model.graph);
  Sequence<double> dx, dx_again({1, 1, 1});
  for (const NamedTensor<double>& gradient : workspace.gradients()) CHECK(gradient.flat().isZero(0));
  model.graph.forward({&x}, workspace);
  model.graph.backward({&x}, dy, workspace, {&dx});
  const auto once = gradients_of(workspace);
  model.graph.backward({&x}, dy, workspace, {&dx_again});
  const auto twice = gradients_of(workspace);
  CHECK(same_bits(dx_again, dx));
  // Sums of up to 15 terms of the size 1, added up twice: some 15 eps.
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(std::abs(twice[i] - 2 * once[i]) <= 1e-14);
  workspace.zero_gradients();
  for (const double value : gradients_of(workspace)) CHECK(value == 0);
}

TEST_CASE("declining the gradients of inputs changes no gradient of a weight") {
  Graph<double> graph(1);
  const NodeId a = graph.input({.features = 2}), b = graph.input({.features = 2}), sum = graph.add(Add{}, {a, b}),
               squashed = graph.add(Activation{ActivationFunction::tanh}, {sum}), h = graph.add(Rnn{3}, {squashed});
  graph.add(Concatenate{}, {h, b});
  const Sequence<double> x = random_x({5, 3, 2}), z = random_x({5, 3, 2}), dy = random_x({5, 3, 5});
  const auto run = [&](InputGradients<double> d_inputs) {
    Workspace<double> workspace(graph);
    graph.forward({&x, &z}, workspace);
    graph.backward({&x, &z}, dy, workspace, d_inputs);
    return gradients_of(workspace);
  };
  Sequence<double> da, db, da_alone, db_alone;
  const auto gradients = run({&da, &db});
  CHECK(run({}) == gradients);
  CHECK(run({nullptr, nullptr}) == gradients);
  CHECK(run({&da_alone, nullptr}) == gradients);
  CHECK(run({nullptr, &db_alone}) == gradients);
  CHECK(same_bits(da_alone, da));
  CHECK(same_bits(db_alone, db));

  Workspace<double> workspace(graph);  // declined after it was wanted
  Sequence<double> untouched({1, 1, 1});
  graph.forward({&x, &z}, workspace);
  graph.backward({&x, &z}, dy, workspace, {&untouched, nullptr});
  untouched = Sequence<double>({1, 1, 1});
  graph.backward({&x, &z}, dy, workspace);
  CHECK(same_bits(untouched, Sequence<double>({1, 1, 1})));
}

TEST_CASE("a model without weights passes gradients to its inputs") {
  Graph<double> graph;
  const NodeId x = graph.input({.features = 2}), y = graph.add(Activation{}, {x});
  graph.add(Add{}, {y, x, y});
  const Sequence<double> value = random_x({4, 3, 2}), dy = random_x({4, 3, 2});
  Workspace<double> workspace(graph);
  Sequence<double> dx, expected = dy;
  graph.forward({&value}, workspace);
  graph.backward({&value}, dy, workspace, {&dx});
  expected.flat() = dy.flat() + dy.flat() + dy.flat();
  CHECK(same_bits(dx, expected));
  CHECK(workspace.gradients().empty());
}

TEST_CASE("a branch that the output does not use gets no gradient") {
  Graph<double> graph(1);
  const NodeId x = graph.input({.features = 2}), unused = graph.input({1, 3}), y = graph.add(Dense{3}, {x}),
               branch = graph.add(Dense{3}, {y});
  graph.add(Add{}, {branch, unused});
  graph.set_output(y);
  CHECK(graph.output_shape() == SampleShape{kAnyTime, 3});
  const Sequence<double> value = random_x({1, 3, 2}), other = random_x({1, 3, 3}), dy = random_x({1, 3, 3});
  Workspace<double> workspace(graph);
  Sequence<double> dx, d_unused({9, 9, 9});
  d_unused.fill(5);
  CHECK(same_bits(graph.forward({&value, &other}, workspace), workspace.output(y)));
  graph.backward({&value, &other}, dy, workspace, {&dx, &d_unused});
  CHECK(same_bits(d_unused, Sequence<double>({1, 3, 3})));
  for (const NamedTensor<double>& gradient : workspace.gradients())
    CHECK(gradient.flat().isZero(0) == (gradient.name.substr(0, 8) == "dense_2."));

  Graph<double> short_graph(1);  // the same weights, without the branch
  short_graph.add(Dense{3}, {short_graph.input({.features = 2})});
  Workspace<double> short_workspace(short_graph);
  Sequence<double> short_dx;
  short_graph.forward({&value}, short_workspace);
  short_graph.backward({&value}, dy, short_workspace, {&short_dx});
  CHECK(same_bits(dx, short_dx));
}

TEST_CASE("the output may be in the middle, and be read by others") {
  Graph<double> graph(1);
  const NodeId x = graph.input({.features = 2}), h = graph.add(Rnn{3}, {x});
  graph.add(Dense{2}, {h});
  graph.set_output(h);
  CHECK(graph.output() == h);
  const Sequence<double> value = random_x({4, 3, 2});
  Workspace<double> workspace(graph);
  CHECK(graph.forward({&value}, workspace).shape() == SequenceShape{4, 3, 3});
  const NodeId last = graph.add(Dense{2}, {h});  // what is added last is the output again
  CHECK(graph.output() == last);
}

TEST_CASE("a run says what is wrong with its inputs") {
  Graph<double> graph;
  const NodeId any = graph.input({.features = 2}, "series"), fixed = graph.input({4, 3});
  Workspace<double> without_layer(graph);
  const Sequence<double> series({4, 5, 2}), x({4, 5, 3}), wrong_features({4, 5, 7}), wrong_time({3, 5, 3});
  CHECK_THROWS_WITH_AS(graph.forward({&series, &x}, without_layer), "[Graph] the model has no layer", ConfigError);
  graph.add(Concatenate{}, {any, fixed});
  Workspace<double> workspace(graph);
  CHECK_THROWS_WITH_AS(graph.forward({&series}, workspace), "[Graph] expected 2 inputs, got 1", ShapeError);
  CHECK_THROWS_WITH_AS(graph.infer({&series, &x, &x}, workspace), "[Graph] expected 2 inputs, got 3", ShapeError);
  CHECK_THROWS_WITH_AS(
      graph.forward({&wrong_features, &x}, workspace),
      "[Graph] expected the input series with [time=any, features=2], got [time=4, batch=5, features=7]", ShapeError);
  CHECK_THROWS_WITH_AS(graph.predict({&series, &wrong_time}),
                       "[Graph] expected the input x with [time=4, features=3], got [time=3, batch=5, features=3]",
                       ShapeError);
  graph.forward({&series, &x}, workspace);
  CHECK_THROWS_WITH_AS(
      graph.backward({&series, &x}, x, workspace),
      "[Graph::backward] expected dy = [time=4, batch=5, features=5], got [time=4, batch=5, features=3]", ShapeError);
}

TEST_CASE("a workspace serves the model it was made from, and its copies") {
  const AttentiveModel model;
  const Graph<double> copy = model.graph;
  const Sequence<double> x = random_x({5, 3, 2});
  Workspace<double> workspace(model.graph);
  const Sequence<double> y = model.graph.forward({&x}, workspace);
  CHECK(same_bits(copy.forward({&x}, workspace), y));
}

TEST_CASE("a workspace of another model is refused") {
  Graph<double> graph, longer, other_kinds;
  graph.add(Dense{3}, {graph.input({.features = 2})});
  longer.add(Dense{3}, {longer.add(Dense{3}, {longer.input({.features = 2})})});
  other_kinds.add(Rnn{3}, {other_kinds.input({.features = 2})});
  const Sequence<double> x({4, 5, 2});
  Workspace<double> of_longer(longer), of_other_kinds(other_kinds);
  CHECK_THROWS_WITH_AS(
      graph.forward({&x}, of_longer),
      "[Graph] expected a workspace made from this model as it is now, with 2 nodes, got one for 3 nodes", ConfigError);
  CHECK_THROWS_AS(graph.backward({&x}, x, of_longer), ConfigError);
  CHECK_THROWS_WITH_AS(graph.forward({&x}, of_other_kinds),
                       "[Graph] expected a workspace made from this model or a copy of it, got one of another model",
                       ConfigError);
  CHECK_THROWS_AS(graph.infer({&x}, of_other_kinds), ConfigError);
}

TEST_CASE("a workspace of a model that differs in sizes only is refused") {
  // Its gradients have other sizes: backward would write past their end.
  Graph<double> graph, other_sizes;
  graph.add(Dense{3}, {graph.input({.features = 2})});
  other_sizes.add(Dense{4}, {other_sizes.input({.features = 2})});
  const Sequence<double> x({4, 5, 2});
  Workspace<double> workspace(other_sizes);
  CHECK_THROWS_AS(graph.forward({&x}, workspace), ConfigError);
}

TEST_CASE("backward wants the input of the forward before it") {
  // Another batch or time would read past what forward left.
  Graph<double> graph;
  graph.add(Dense{3}, {graph.input({.features = 2})});
  const Sequence<double> x({4, 5, 2}), other({4, 6, 2}), dy({4, 5, 3});
  Workspace<double> workspace(graph);
  graph.forward({&x}, workspace);
  CHECK_THROWS_WITH_AS(
      graph.backward({&other}, dy, workspace),
      "[Graph::backward] expected the input of the forward before = [time=4, batch=5, features=2], got [time=4, "
      "batch=6, features=2]",
      ShapeError);
  CHECK_NOTHROW(graph.backward({&x}, dy, workspace));
}

TEST_CASE("a workspace shows attention weights, of attention layers only") {
  const AttentiveModel model;
  Workspace<double> workspace(model.graph);
  const Sequence<double> x = random_x({5, 3, 2});
  for (const bool is_training : {true, false}) {
    is_training ? model.graph.forward({&x}, workspace) : model.graph.infer({&x}, workspace);
    CHECK(workspace.attention_weights(model.context).shape() == SequenceShape{1, 3, 5});
  }
  CHECK_THROWS_WITH_AS(workspace.attention_weights(model.x), "[Workspace] node 0 has no attention weights",
                       ConfigError);
  CHECK_THROWS_WITH_AS(workspace.attention_weights(model.y), "[Workspace] node 4 has no attention weights",
                       ConfigError);
  CHECK_THROWS_WITH_AS(workspace.attention_weights({5}),
                       "[Workspace] expected a node of the workspace's model, got node 5", ConfigError);
  CHECK_THROWS_AS(workspace.output(NodeId{}), ConfigError);
}

TEST_CASE("the gradients of a workspace go by the names of the parameters") {
  AttentiveModel model;
  const Workspace<double> workspace(model.graph);
  const auto parameters = model.graph.parameters();
  REQUIRE(workspace.gradients().size() == parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    CHECK(workspace.gradients()[i].name == parameters[i].name);
    CHECK(workspace.gradients()[i].rows == parameters[i].rows);
    CHECK(workspace.gradients()[i].cols == parameters[i].cols);
    CHECK(workspace.gradients()[i].data != parameters[i].data);
  }
}

}  // namespace
