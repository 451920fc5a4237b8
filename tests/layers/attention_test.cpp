#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/attention.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace attention_test {
namespace {

using namespace tsattn;
using test::Arguments, test::build_layer, test::same_bits, test::sequence_of;

constexpr Score kScores[] = {Score::dot, Score::scaled_dot, Score::general, Score::additive};
constexpr double kEps = std::numeric_limits<double>::epsilon();

/// What one run gives out: the contexts and the weights.
struct Run {
  Sequence<double> y, weights;
};

Run run(const AttentionLayer<double>& layer, const Sequence<double>& query, const Sequence<double>& keys,
        const Sequence<double>& values) {
  AttentionLayer<double>::Cache cache;
  Run result;
  layer.forward({&query, &keys, &values}, result.y, cache);
  result.weights = AttentionLayer<double>::attention_weights(cache);
  return result;
}

/// A layer with random weights for queries and keys of 3 features.
AttentionLayer<double> random_layer(Score score, AttentionMask mask = AttentionMask::none) {
  auto layer = build_layer<double>(Attention{.score = score, .mask = mask}, {{4, 3}, {4, 3}, {4, 2}});
  Random random(1);
  test::randomize(layer.parameters(), random);
  return layer;
}

TEST_CASE("every score by hand") {
  // One query of two features against two keys; values 1 and 10, so that the context shows the weights.
  const auto query = sequence_of({1, 1, 2}, {1.0, 2.0}), keys = sequence_of({2, 1, 2}, {0.5, -0.25, -1.0, 0.75}),
             values = sequence_of({2, 1, 1}, {1.0, 10.0});
  struct Case {
    AttentionLayer<double> layer;
    double scores[2];
  };
  std::vector<Case> cases{{AttentionLayer<double>(2, 2, Score::dot), {0.0, 0.5}},
                          {AttentionLayer<double>(2, 2, Score::scaled_dot), {0.0, 0.5 / std::sqrt(2.0)}},
                          {AttentionLayer<double>(2, 2, Score::general), {}},
                          {AttentionLayer<double>(2, 2, Score::additive, AttentionMask::none, 1), {}}};
  cases[2].layer.parameters().w = (Eigen::MatrixXd(2, 2) << 1, 2, 3, 4).finished();
  cases[2].scores[0] = 7 * 0.5 + 10 * -0.25;  // q^T W = [1 + 6, 2 + 8]
  cases[2].scores[1] = 7 * -1.0 + 10 * 0.75;
  AttentionLayer<double>::Parameters& p = cases[3].layer.parameters();
  p.w_q = (Eigen::MatrixXd(1, 2) << 0.5, -0.25).finished();
  p.w_k = (Eigen::MatrixXd(1, 2) << 2, 3).finished();
  p.b(0) = 0.125, p.v(0) = -1.5;
  cases[3].scores[0] = -1.5 * std::tanh(0.125 + 1 - 0.75);
  cases[3].scores[1] = -1.5 * std::tanh(0.125 - 2 + 2.25);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(name_of(kScores[i]));
    const Run found = run(cases[i].layer, query, keys, values);
    const double second = 1 / (1 + std::exp(cases[i].scores[0] - cases[i].scores[1]));
    // Some ten roundings of numbers up to 10.
    CHECK(test::largest_difference(found.weights, sequence_of({1, 1, 2}, {1 - second, second})) <= 10 * kEps);
    CHECK(std::abs(found.y(0, 0, 0) - (1 + 9 * second)) <= 100 * kEps);
  }
}

TEST_CASE("equal keys give the mean of the values") {
  Random random(2);
  const auto query = test::random_sequence<double>({3, 2, 3}, random),
             values = test::random_sequence<double>({4, 2, 2}, random);
  Sequence<double> keys({4, 2, 3});
  keys.fill(0.7);
  Sequence<double> mean({3, 2, 2});
  for (Index t = 0; t < 3; ++t) mean.step(t) = (values.step(0) + values.step(1) + values.step(2) + values.step(3)) / 4;
  for (const Score score : kScores) {
    CAPTURE(name_of(score));
    const Run found = run(random_layer(score), query, keys, values);
    for (Index i = 0; i < found.weights.size(); ++i) CHECK(found.weights.data()[i] == 0.25);
    CHECK(test::largest_difference(found.y, mean) <= 8 * kEps);  // four terms of the size 1
  }
}

TEST_CASE("a key that fits far better than the others gives its value") {
  Random random(3);
  const auto values = test::random_sequence<double>({4, 1, 2}, random);
  auto query = sequence_of({1, 1, 3}, {1.0, 1.0, 1.0});
  Sequence<double> keys({4, 1, 3});
  keys.step(2).setConstant(3000);
  for (const Score score : {Score::dot, Score::scaled_dot, Score::general}) {
    CAPTURE(name_of(score));
    AttentionLayer<double> layer(3, 3, score);
    if (score == Score::general) layer.parameters().w.map().setIdentity();
    CHECK(same_bits(run(layer, query, keys, values).y, test::steps_of(values, 2, 1)));
  }
  AttentionLayer<double> additive(3, 3, Score::additive, AttentionMask::none, 1);
  additive.parameters().w_k.fill(1);
  additive.parameters().v(0) = 3000;
  CHECK(same_bits(run(additive, query, keys, values).y, test::steps_of(values, 2, 1)));
}

TEST_CASE("with the causal mask the first query sees the first value, and none sees what comes later") {
  Random random(4);
  const auto query = test::random_sequence<double>({4, 2, 3}, random),
             keys = test::random_sequence<double>({4, 2, 3}, random),
             values = test::random_sequence<double>({4, 2, 2}, random);
  for (const Score score : kScores) {
    CAPTURE(name_of(score));
    const AttentionLayer<double> layer = random_layer(score, AttentionMask::causal);
    const Run found = run(layer, query, keys, values);
    CHECK(same_bits(test::steps_of(found.y, 0, 1), test::steps_of(values, 0, 1)));
    for (Index t = 0; t < 4; ++t)
      for (Index b = 0; b < 2; ++b)
        for (Index k = 0; k < 4; ++k) CHECK((found.weights(t, b, k) == 0) == (k > t));
    for (Index later = 1; later < 4; ++later) {
      auto other_keys = keys, other_values = values;
      other_keys.step(later).setConstant(9), other_values.step(later).setConstant(9);
      const Run other = run(layer, query, other_keys, other_values);
      CHECK(same_bits(test::steps_of(other.y, 0, later), test::steps_of(found.y, 0, later)));
      CHECK(!same_bits(test::steps_of(other.y, later, 1), test::steps_of(found.y, later, 1)));
    }
    // The last query sees all, as without the mask. Without it the sums are those of a product, in another order: a
    // score below 3 then differs by up to 3 roundings of 3, a weight by that factor twice, and y, a mean of values
    // below 1.05, by twice 3 * 3 eps and its own 4 roundings.
    AttentionLayer<double> unmasked = random_layer(score);
    CHECK(test::largest_difference(test::steps_of(found.y, 3, 1),
                                   test::steps_of(run(unmasked, query, keys, values).y, 3, 1)) <=
          22 * 1.05 * std::numeric_limits<double>::epsilon());
  }
}

TEST_CASE_TEMPLATE("weights are [Tq, B, Tk] and sum to one", S, float, double) {
  test::for_each_attention_case<S>([](const auto& c) {
    INFO(c.name);
    typename AttentionLayer<S>::Cache cache;
    Sequence<S> y;
    c.layer.forward(Arguments<S>(c.inputs), y, cache);
    const Sequence<S>& w = AttentionLayer<S>::attention_weights(cache);
    CHECK(w.shape() == SequenceShape{c.inputs[0].time(), c.inputs[0].batch(), c.inputs[1].time()});
    CHECK(w.flat().minCoeff() >= 0);
    // Four weights and their sums round by eps / 2 of at most 1 each, inside and here.
    CHECK((w.flat().colwise().sum().array() - 1).abs().maxCoeff() <= 8 * std::numeric_limits<S>::epsilon());
  });
}

TEST_CASE("large scores neither overflow nor give NaN, forward or backward") {
  Sequence<double> query({1, 1, 3}), keys({4, 1, 3}), values({4, 1, 2});
  query.fill(1e150), values.fill(1);
  for (Index k = 0; k < 4; ++k) keys.step(k).setConstant(static_cast<double>(k) * 1e150);
  const auto call = test::call_layer(AttentionLayer<double>(3, 3, Score::dot), {query, keys, values},
                                     sequence_of({1, 1, 2}, {1.0, 2.0}));
  CHECK(same_bits(call.y, test::steps_of(values, 3, 1)));
  for (const Sequence<double>& d_input : call.d_inputs) CHECK(d_input.flat().array().isFinite().all());
}

TEST_CASE("attention says which shapes do not fit") {
  const AttentionLayer<double> layer(5, 6, Score::general), causal(6, 6, Score::dot, AttentionMask::causal);
  struct Case {
    const AttentionLayer<double>& layer;
    SequenceShape query, keys, values;
    const char* text;
  };
  const Case cases[] = {
      {layer,
       {3, 2, 7},
       {4, 2, 6},
       {4, 2, 8},
       "[Attention] expected query with 5 features, got query = [time=3, batch=2, features=7]"},
      {layer,
       {3, 2, 5},
       {4, 2, 5},
       {4, 2, 8},
       "[Attention] expected keys with 6 features, got keys = [time=4, batch=2, features=5]"},
      {layer,
       {3, 2, 5},
       {4, 1, 6},
       {4, 2, 8},
       "[Attention] expected keys = [time=4, batch=2, features=6], got [time=4, batch=1, features=6]"},
      {layer,
       {3, 2, 5},
       {4, 2, 6},
       {3, 2, 8},
       "[Attention] expected values = [time=4, batch=2, features=8], got [time=3, batch=2, features=8]"},
      {layer,
       {3, 2, 5},
       {4, 2, 6},
       {4, 1, 8},
       "[Attention] expected values = [time=4, batch=2, features=8], got [time=4, batch=1, features=8]"},
      {layer,
       {3, 2, 5},
       {0, 2, 6},
       {0, 2, 8},
       "[Attention] expected keys with at least one step, got keys = [time=0, batch=2, features=6]"},
      {causal,
       {3, 2, 6},
       {4, 2, 6},
       {4, 2, 8},
       "[Attention] expected as many query steps as key steps for a causal mask, got query = [time=3, batch=2, "
       "features=6] and "
       "keys = [time=4, batch=2, features=6]"},
  };
  for (const Case& c : cases) {
    const Sequence<double> query(c.query), keys(c.keys), values(c.values);
    CHECK_THROWS_WITH_AS(run(c.layer, query, keys, values), c.text, ShapeError);
  }

  const Sequence<double> query({3, 2, 5}), keys({4, 2, 6}), values({4, 2, 8});
  AttentionLayer<double>::Cache cache, unused;
  AttentionLayer<double>::Gradients gradients = layer.parameters();
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(layer.forward({&query, &keys}, y, cache),
                       "[Attention] expected the inputs query, keys, values, got 2 inputs", ShapeError);
  layer.forward({&query, &keys, &values}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&query, &keys, &values}, y, values, cache, gradients, {}),
      "[Attention::backward] expected dy = [time=3, batch=2, features=8], got [time=4, batch=2, features=8]",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      layer.backward({&query, &keys, &values}, y, y, unused, gradients, {}),
      "[Attention::backward] expected the cache of a forward with weights = [time=3, batch=2, features=4], got "
      "[time=0, batch=0, features=0]",
      ShapeError);
}

TEST_CASE("an attention layer refuses sizes that make no sense") {
  CHECK_THROWS_WITH_AS(AttentionLayer<double>(0, 3, Score::general),
                       "[Attention] expected query features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(AttentionLayer<double>(3, -1, Score::general),
                       "[Attention] expected key features of at least 1, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(AttentionLayer<double>(3, 3, Score::additive), "[Attention] expected units of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(
      AttentionLayer<double>(3, 4, Score::scaled_dot),
      "[Attention] expected query and keys of the same size for the score scaled_dot, got 3 and 4; the scores "
      "general and additive take any sizes",
      ShapeError);
}

TEST_CASE("building attention checks inputs and options") {
  const SampleShape q{3, 5}, k{4, 6}, v{4, 8};
  const Attention general{.score = Score::general}, causal{.score = Score::general, .mask = AttentionMask::causal};
  CHECK_THROWS_WITH_AS(build_layer<double>(general, {q, k}),
                       "[a layer] expected the inputs query, keys, values (over one sequence: SelfAttention or "
                       "LastStepAttention), got 2 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(general, {q}),
                       "[a layer] expected the inputs query, keys, values (over one sequence: SelfAttention or "
                       "LastStepAttention), got 1 input",
                       ShapeError);
  CHECK_THROWS_WITH_AS(
      build_layer<double>(general, {q, k, {3, 8}}),
      "[a layer] expected keys and values of as many steps, got keys [time=4, features=6] and values [time=3, "
      "features=8]",
      ShapeError);
  CHECK_THROWS_WITH_AS(
      build_layer<double>(causal, {q, k, v}),
      "[a layer] expected as many query steps as key steps for a causal mask, got query [time=3, features=5] and "
      "keys [time=4, features=6]",
      ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Attention{.score = Score::additive, .units = -1}, {q, k, v}),
                       "[a layer] expected units of at least 0, got -1", ConfigError);
  CHECK(build_layer<double>(general, {q, {kAnyTime, 6}, v}).output_shape(std::vector<SampleShape>{q, k, v}) ==
        SampleShape{3, 8});
}

TEST_CASE("a dot score of queries and keys of different size is refused by the layer's name in the model") {
  for (const Score score : {Score::dot, Score::scaled_dot}) {
    const std::string text = "[a layer] expected query and keys of the same size for the score " +
                             std::string(name_of(score)) +
                             ", got 5 and 6; the scores general and additive take any sizes";
    CHECK_THROWS_WITH_AS(build_layer<double>(Attention{.score = score}, {{3, 5}, {4, 6}, {4, 8}}), text.c_str(),
                         ShapeError);
  }
}

TEST_CASE("the additive score has as many units as asked for, or as the keys have features") {
  const auto own = build_layer<float>(Attention{.score = Score::additive, .units = 9}, {{3, 5}, {4, 6}, {4, 8}});
  CHECK(own.parameters().v.size() == 9);
  const auto as_keys = build_layer<float>(Attention{.score = Score::additive}, {{3, 5}, {4, 6}, {4, 8}});
  CHECK(as_keys.parameters().v.size() == 6);
  CHECK(parameter_count(as_keys.parameters()) == 6 * 5 + 6 * 6 + 6 + 6);
  CHECK(parameter_count(build_layer<float>(Attention{}, {{3, 5}, {4, 5}, {4, 8}}).parameters()) == 0);
}

}  // namespace
}  // namespace attention_test
