#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

Sequence<double> random_x() {
  Random random(2);
  return test::random_sequence<double>({5, 3, 2}, random);
}

TEST_CASE("a chain of layers is the graph in which each reads the one before") {
  Sequential<double> chain(2, /*seed=*/7);
  chain.add(Rnn{3}).add(AttentionPooling{}).add(Dense{.units = 4, .name = "head"});
  Graph<double> graph(7);
  const NodeId x = graph.input({.features = 2});
  graph.add(Dense{.units = 4, .name = "head"}, {graph.add(AttentionPooling{}, {graph.add(Rnn{3}, {x})})});
  CHECK(test::same_bits(chain.parameters(), graph.parameters()));
  const Sequence<double> value = random_x();
  CHECK(test::same_bits(chain.predict({&value}), graph.predict({&value})));
  CHECK(chain.output_shape() == SampleShape{1, 4});
}

TEST_CASE("the model of the sine wave has 17,026 parameters") {
  Sequential<float> model(/*features=*/1);
  model.add(Lstm{64}).add(AttentionPooling{}).add(Dense{1});
  CHECK(model.parameter_count() == 4 * 64 * (1 + 64 + 1) + (64 + 1) + (64 + 1));
  CHECK(model.parameter_count() == 17026);
}

TEST_CASE("a chain may fix its number of steps") {
  Sequential<double> chain(SampleShape{5, 2});
  chain.add(Rnn{3});
  CHECK(chain.output_shape() == SampleShape{5, 3});
  const Sequence<double> wrong({4, 3, 2});
  CHECK_THROWS_WITH_AS(chain.predict({&wrong}),
                       "[Graph] expected the input x with [time=5, features=2], got [time=4, batch=3, features=2]",
                       ShapeError);
}

TEST_CASE("a chain refuses what does not fit, by the layer's name, and goes on") {
  CHECK_THROWS_WITH_AS(Sequential<double>(0), "[x] expected features of at least 1, got 0", ConfigError);
  Sequential<double> chain(2), same(2);
  chain.add(Rnn{3});
  CHECK_THROWS_WITH_AS(chain.add(Dense{}), "[dense, layer 2] expected units of at least 1, got 0", ConfigError);
  chain.add(Dense{1});
  same.add(Rnn{3}).add(Dense{1});
  CHECK(test::same_bits(chain.parameters(), same.parameters()));
}

TEST_CASE("copies and moved chains go on by themselves") {
  Sequential<double> original(2);
  original.add(Rnn{3});
  const Sequence<double> value = random_x();
  const Sequence<double> y = original.predict({&value});

  Sequential<double> copy = original;
  copy.add(Dense{4});
  CHECK(copy.output_shape() == SampleShape{kAnyTime, 4});
  CHECK(original.nodes().size() == 2);
  copy.parameters()[0].flat().setZero();
  CHECK(test::same_bits(original.predict({&value}), y));

  Sequential<double> moved = std::move(original);
  CHECK(test::same_bits(moved.predict({&value}), y));
  moved.add(Activation{ActivationFunction::tanh}).add(Dense{4});
  CHECK(moved.predict({&value}).shape() == SequenceShape{5, 3, 4});
  copy = std::move(moved);
  CHECK(copy.predict({&value}).shape() == SequenceShape{5, 3, 4});
}

TEST_CASE("after another node was made the output, the chain still grows at its end") {
  Sequential<double> chain(2);
  chain.add(Rnn{3}).add(Dense{4});
  chain.set_output(chain.find("rnn"));
  CHECK(chain.output_shape() == SampleShape{kAnyTime, 3});
  chain.add(Dense{5});
  CHECK(chain.node(chain.output()).inputs == std::vector{chain.find("dense")});
}

}  // namespace
