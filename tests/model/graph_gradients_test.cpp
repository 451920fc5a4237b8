// The gradients of whole models, by difference quotients: what layers and fan-out do together.

#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/layer_call.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

/// Checks the gradients of all weights, which are made random, and of all inputs, which have those shapes.
void check_gradients(Graph<double>& model, const std::vector<SequenceShape>& shapes) {
  Random random(1);
  Index entries = model.parameter_count();
  for (const NamedTensor<double>& parameter : model.parameters())
    test::randomize(parameter.data, parameter.size(), random);
  std::vector<Sequence<double>> inputs;
  for (const SequenceShape& shape : shapes) {
    inputs.push_back(test::random_sequence<double>(shape, random));
    entries += shape.size();
  }
  const GradientReport report = gradient_check(model, test::Arguments<double>(inputs), {.tolerance = 1e-7});
  INFO(report);
  CHECK(report.passed());
  CHECK(report.entries == entries);
}

TEST_CASE("the model of the sine wave: Lstm, attention pooling, Dense") {
  for (const PoolingScore score : {PoolingScore::linear, PoolingScore::tanh}) {
    Sequential<double> model(2);
    model.add(Lstm{5}).add(AttentionPooling{.score = score, .units = 3}).add(Dense{1});
    check_gradients(model, {{6, 3, 2}});
  }
}

TEST_CASE("two layers of GRU, and additive attention asked by the last step") {
  Sequential<double> model(2);
  model.add(Gru{3}).add(Gru{.units = 4, .reset = GruReset::before_product});
  model.add(LastStepAttention{.score = Score::additive, .units = 5}).add(Dense{2});
  check_gradients(model, {{6, 3, 2}});
}

TEST_CASE("one node that four layers read, and one of them twice") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2}), h = model.add(Rnn{3}, {x}), branch = model.add(Dense{3}, {h}),
               sum = model.add(Add{}, {h, branch, h}), both = model.add(Concatenate{}, {h, sum}),
               context = model.add(Attention{.score = Score::general}, {both, h, h});
  model.add(Concatenate{}, {context, x, h});  // and an input that two layers read
  check_gradients(model, {{5, 3, 2}});
}

TEST_CASE("self attention, whose layer reads one node three times") {
  for (const AttentionMask mask : {AttentionMask::none, AttentionMask::causal}) {
    Sequential<double> model(4);
    model.add(SelfAttention{.mask = mask}).add(Dense{3}).add(SelfAttention{.score = Score::additive, .mask = mask});
    check_gradients(model, {{5, 3, 4}});
  }
}

TEST_CASE("Luong attention") {
  Sequential<double> model(2);
  model.add(Lstm{3}).add(LuongAttention{.units = 4}).add(Dense{2});
  check_gradients(model, {{5, 3, 2}});
}

TEST_CASE("two inputs, one of which sets the initial states of an Lstm by way of Dense layers") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2}, "series"), facts = model.input({1, 4}, "facts"),
               h_0 = model.add(Dense{3}, {facts}), c_0 = model.add(Dense{3}, {facts}),
               h = model.add(Lstm{3}, {x, h_0, c_0});
  model.add(Dense{2}, {model.add(LastStep{}, {h})});
  check_gradients(model, {{5, 3, 2}, {1, 3, 4}});
}

TEST_CASE("an output in the middle") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2}), h = model.add(Rnn{3}, {x}), y = model.add(Dense{2}, {h});
  model.add(Add{}, {y, y});
  model.set_output(y);
  check_gradients(model, {{4, 3, 2}});
}

}  // namespace
