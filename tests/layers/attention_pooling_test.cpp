#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/attention_pooling.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

constexpr double kEps = std::numeric_limits<double>::epsilon();

struct Run {
  Sequence<double> y, weights;
};

Run run(const AttentionPoolingLayer<double>& layer, const Sequence<double>& h) {
  AttentionPoolingLayer<double>::Cache cache;
  Run result;
  layer.forward({&h}, result.y, cache);
  result.weights = AttentionPoolingLayer<double>::attention_weights(cache);
  return result;
}

TEST_CASE("without weights the pool is the mean over the steps") {
  Random random(1);
  const auto h = test::random_sequence<double>({4, 2, 3}, random);
  Sequence<double> mean({1, 2, 3});
  mean.step(0) = (h.step(0) + h.step(1) + h.step(2) + h.step(3)) / 4;
  for (const PoolingScore score : {PoolingScore::linear, PoolingScore::tanh}) {
    CAPTURE(name_of(score));
    const Run found = run(AttentionPoolingLayer<double>(3, score, 2), h);
    CHECK(found.weights.shape() == SequenceShape{1, 2, 4});
    for (Index i = 0; i < found.weights.size(); ++i) CHECK(found.weights.data()[i] == 0.25);
    CHECK(test::largest_difference(found.y, mean) <= 8 * kEps);  // four terms of the size 1
  }
}

TEST_CASE("the linear score is v . h + b, and b changes nothing") {
  const auto h = sequence_of({2, 1, 2}, {0.5, -0.25, -1.0, 0.75});
  AttentionPoolingLayer<double> layer(2, PoolingScore::linear);
  layer.parameters().v = Eigen::Vector2d(2, 3);
  const double second = 1 / (1 + std::exp((2 * 0.5 - 3 * 0.25) - (-2 + 3 * 0.75)));
  for (const double b : {0.0, 5.0, -700.0}) {
    CAPTURE(b);
    layer.parameters().b(0) = b;
    const Run found = run(layer, h);
    // The scores are rounded as numbers of the size of b; the weights are some ten roundings of numbers up to 1.
    const double tolerance = (10 + std::abs(b)) * kEps;
    CHECK(test::largest_difference(found.weights, sequence_of({1, 1, 2}, {1 - second, second})) <= tolerance);
    CHECK(test::largest_difference(found.y, sequence_of({1, 1, 2}, {0.5 - 1.5 * second, -0.25 + second})) <=
          2 * tolerance);
  }
}

TEST_CASE("the bias of the linear score gets no gradient, not even a rounding error") {
  Random random(5);
  AttentionPoolingLayer<float> layer(3, PoolingScore::linear);
  test::randomize(layer.parameters(), random);
  const auto call = test::call_layer(layer, {test::random_sequence<float>({7, 4, 3}, random)},
                                     test::random_sequence<float>({1, 4, 3}, random));
  CHECK(call.gradients.b(0) == 0);
  CHECK(!call.gradients.v.map().isZero(0));
}

TEST_CASE("the tanh score is v . tanh(W h + b)") {
  const auto h = sequence_of({2, 1, 2}, {0.5, -0.25, -1.0, 0.75});
  AttentionPoolingLayer<double> layer(2, PoolingScore::tanh, 1);
  layer.parameters().w = (Eigen::MatrixXd(1, 2) << 2, 3).finished();
  layer.parameters().b(0) = 0.125;
  layer.parameters().v(0) = -1.5;
  const double first_score = -1.5 * std::tanh(1 - 0.75 + 0.125), second_score = -1.5 * std::tanh(-2 + 2.25 + 0.125);
  const double second = 1 / (1 + std::exp(first_score - second_score));
  const Run found = run(layer, h);
  CHECK(test::largest_difference(found.weights, sequence_of({1, 1, 2}, {1 - second, second})) <= 10 * kEps);
  CHECK(test::largest_difference(found.y, sequence_of({1, 1, 2}, {0.5 - 1.5 * second, -0.25 + second})) <= 20 * kEps);
}

TEST_CASE("a step that scores far above the others is the pool") {
  Random random(2);
  auto h = test::random_sequence<double>({4, 1, 3}, random);
  h(2, 0, 1) = 5;
  AttentionPoolingLayer<double> layer(3, PoolingScore::linear);
  layer.parameters().v(1) = 1000;
  CHECK(same_bits(run(layer, h).y, test::steps_of(h, 2, 1)));
}

TEST_CASE("one step is its own pool") {
  Random random(3);
  const auto h = test::random_sequence<double>({1, 2, 3}, random);
  for (const PoolingScore score : {PoolingScore::linear, PoolingScore::tanh}) {
    AttentionPoolingLayer<double> layer(3, score, 2);
    test::randomize(layer.parameters(), random);
    CHECK(same_bits(run(layer, h).y, h));
  }
}

TEST_CASE_TEMPLATE("weights sum to one over the steps of every sample", S, float, double) {
  Random random(4);
  const auto h = test::random_sequence<S>({4, 2, 3}, random);
  for (const PoolingScore score : {PoolingScore::linear, PoolingScore::tanh}) {
    CAPTURE(name_of(score));
    AttentionPoolingLayer<S> layer(3, score, 2);
    test::randomize(layer.parameters(), random);
    typename AttentionPoolingLayer<S>::Cache cache;
    Sequence<S> y;
    layer.forward({&h}, y, cache);
    const auto sums = AttentionPoolingLayer<S>::attention_weights(cache).flat().colwise().sum().eval();
    // Four weights and their sums round by eps / 2 of at most 1 each, inside and here.
    CHECK((sums.array() - 1).abs().maxCoeff() <= 8 * std::numeric_limits<S>::epsilon());
  }
}

TEST_CASE("attention pooling says what does not fit") {
  const AttentionPoolingLayer<double> layer(3, PoolingScore::linear);
  AttentionPoolingLayer<double>::Cache cache, unused;
  AttentionPoolingLayer<double>::Gradients gradients = layer.parameters();
  const Sequence<double> h({4, 2, 3}), wrong({4, 2, 5}), no_step({0, 2, 3});
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(layer.forward({&wrong}, y, cache),
                       "[AttentionPooling] expected h with 3 features, got h = [time=4, batch=2, features=5]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(layer.forward({&no_step}, y, cache),
                       "[AttentionPooling] expected h with at least one step, got h = [time=0, batch=2, features=3]",
                       ShapeError);
  layer.forward({&h}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&h}, y, h, cache, gradients, {}),
      "[AttentionPooling::backward] expected dy = [time=1, batch=2, features=3], got [time=4, batch=2, features=3]",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      layer.backward({&h}, y, y, unused, gradients, {}),
      "[AttentionPooling::backward] expected the cache of a forward with weights = [time=1, batch=2, features=4], "
      "got [time=0, batch=0, features=0]",
      ShapeError);
  CHECK_THROWS_WITH_AS(AttentionPoolingLayer<double>(0, PoolingScore::linear),
                       "[AttentionPooling] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(AttentionPoolingLayer<double>(3, PoolingScore::tanh),
                       "[AttentionPooling] expected units of at least 1, got 0", ConfigError);
}

TEST_CASE("building attention pooling checks inputs and units") {
  const SampleShape h{kAnyTime, 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(AttentionPooling{}, {h, h}), "[a layer] expected one input h, got 2 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(AttentionPooling{.units = -1}, {h}),
                       "[a layer] expected units of at least 0, got -1", ConfigError);
  CHECK(build_layer<double>(AttentionPooling{}, {h}).output_shape(std::vector{h}) == SampleShape{1, 3});
  const AttentionPooling tanh{.score = PoolingScore::tanh}, tanh_7{.score = PoolingScore::tanh, .units = 7};
  CHECK(parameter_count(build_layer<double>(AttentionPooling{}, {h}).parameters()) == 3 + 1);
  CHECK(parameter_count(build_layer<double>(tanh, {h}).parameters()) == 3 * 3 + 3 + 3);
  CHECK(parameter_count(build_layer<double>(tanh_7, {h}).parameters()) == 7 * 3 + 7 + 7);
}

}  // namespace
