// Dropout of the states of recurrent layers. What PyTorch's cells give for the same mask: pytorch_vectors_test.cpp.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::Arguments, test::build_layer, test::same_bits, test::same_tensor_bits, test::visit_layer_case;

constexpr double kRate = 0.4;
constexpr std::uint64_t kSeed = 5;

/// Calls visit(LayerCase) for every recurrent layer with that dropout, all steps or the last, with initial states.
template <class S, class Visit>
void for_each_case(double rate, const Visit& visit) {
  const SequenceShape x{6, 3, 2}, h{1, 3, 7}, c = h;
  for (const Returns returns : {Returns::all_steps, Returns::last_step}) {
    const std::string suffix = " " + std::string(name_of(returns));
    visit_layer_case<S>("Rnn" + suffix, Rnn{.units = 7, .returns = returns, .recurrent_dropout = rate}, {x, h}, visit);
    visit_layer_case<S>("Lstm" + suffix, Lstm{.units = 7, .returns = returns, .recurrent_dropout = rate}, {x, h, c},
                        visit);
    for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
      const Gru gru{.units = 7, .reset = reset, .returns = returns, .recurrent_dropout = rate};
      visit_layer_case<S>("Gru " + std::string(name_of(reset)) + suffix, gru, {x, h}, visit);
    }
  }
}

/// forward with the masks of a seed.
template <class Case, class Cache>
auto run(const Case& c, Cache& cache, std::uint64_t seed = kSeed) {
  cache.seed(seed);
  Sequence<typename Case::S> y;
  c.layer.forward(Arguments<typename Case::S>(c.inputs), y, cache);
  return y;
}

/// One step without dropout, after which `state` has advanced.
template <class L>
void run_step(const L& layer, const Sequence<typename L::Scalar>& x, typename L::State& state,
              typename L::Cache& cache) {
  std::vector<Sequence<typename L::Scalar>> inputs{x};
  inputs.insert(inputs.end(), state.begin(), state.end());
  Sequence<typename L::Scalar> y;
  layer.forward(Arguments<typename L::Scalar>(inputs), y, cache);
  layer.final_state(cache, state);
}

TEST_CASE("backward is the gradient of forward with the same mask") {
  for_each_case<double>(kRate, [](const auto& c) {
    INFO(c.name);
    const GradientReport report = gradient_check(c.layer, Arguments<double>(c.inputs), {.seed = kSeed});
    INFO(report);
    CHECK(report.passed());
  });
  const SequenceShape x{4, 3, 2}, h{1, 3, 5};
  const auto check = [](const auto& c) {
    INFO(c.name);
    const GradientReport report = gradient_check(c.layer, Arguments<double>(c.inputs), {.seed = kSeed});
    INFO(report);
    CHECK(report.passed());
  };
  for (const GruReset reset : {GruReset::after_product, GruReset::before_product}) {
    const Bidirectional gru{Gru{.units = 5, .reset = reset, .recurrent_dropout = kRate}};
    visit_layer_case<double>("Bidirectional Gru", gru, {x, h, h}, check);
  }
  visit_layer_case<double>("Bidirectional Lstm", Bidirectional{Lstm{.units = 5, .recurrent_dropout = kRate}}, {x},
                           check);
}

TEST_CASE("backward is the gradient of forward in a model, and over more steps than one block of backward") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2});
  const NodeId h = model.add(Lstm{.units = 3, .recurrent_dropout = kRate}, {x});
  model.add(Gru{.units = 3, .returns = Returns::last_step, .recurrent_dropout = kRate}, {h});
  Random random(1);
  const auto values = test::random_sequence<double>({9, 100, 2}, random);  // 512 columns are five steps
  const GradientReport report = gradient_check(model, {&values}, {.seed = kSeed});
  INFO(report);
  CHECK(report.passed());
}

TEST_CASE_TEMPLATE("W_h multiplies m * h_{t-1} at every step, and z what it multiplies without dropout", S, float,
                   double) {
  for_each_case<S>(kRate, [](const auto& c) {
    if (test::output_shape(c.layer, c.inputs).time == 1) return;
    INFO(c.name);
    using L = std::decay_t<decltype(c.layer)>;
    typename L::Cache cache, step_cache;
    const Sequence<S> y = run(c, cache);
    L plain = c.layer;
    for_each_case<S>(0, [&](const auto& other) {
      if constexpr (std::is_same_v<std::decay_t<decltype(other.layer)>, L>)
        if (other.name == c.name) plain = other.layer;
    });
    typename L::State state;
    for (std::size_t s = 0; s < state.size(); ++s) state[s] = c.inputs[1 + s];
    const Index hidden = c.layer.hidden();
    for (Index t = 0; t < y.time(); ++t) {
      CAPTURE(t);
      const Sequence<S> h = t == 0 ? c.inputs[1] : test::steps_of(y, t - 1, 1);
      state[0].flat() = cache.dropout.mask.flat().cwiseProduct(h.flat());
      const Sequence<S> masked = state[0];
      run_step(plain, test::steps_of(c.inputs[0], t, 1), state, step_cache);  // (1 - z) n + z (m h) for the GRU
      if constexpr (std::is_same_v<L, GruLayer<S>>)
        state[0].flat() += step_cache.gates.flat().middleRows(hidden, hidden).cwiseProduct(h.flat() - masked.flat());
      // |h| < 1 and m h <= 1 / (1 - rate): the products by z and their sums round by eps / 2 of numbers below 4.
      const double tolerance = std::is_same_v<L, GruLayer<S>> ? 8 * std::numeric_limits<S>::epsilon() : 0;
      CHECK(test::largest_difference(state[0], test::steps_of(y, t, 1)) <= tolerance);
    }
  });
}

TEST_CASE_TEMPLATE("inference and the rate 0 drop nothing", S, float, double) {
  std::vector<Sequence<S>> outputs;
  for_each_case<S>(0, [&](const auto& c) {
    typename std::decay_t<decltype(c.layer)>::Cache cache;
    outputs.push_back(run(c, cache));
    CHECK(cache.dropout.mask.size() == 0);
  });
  std::size_t i = 0;
  for_each_case<S>(kRate, [&](const auto& c) {
    INFO(c.name);
    const Sequence<S>& expected = outputs.at(i++);
    using L = std::decay_t<decltype(c.layer)>;
    typename L::Cache cache;
    Sequence<S> y;
    CHECK_FALSE(same_bits(run(c, cache), expected));
    c.layer.infer(Arguments<S>(c.inputs), y, cache);  // after a forward with the same cache
    CHECK(same_bits(y, expected));
  });
}

TEST_CASE("every forward draws a new mask of its own samples and units; a seed decides all that follow") {
  const auto layer = build_layer<float>(Lstm{.units = 40, .recurrent_dropout = 0.25}, {{3, 2}});
  decltype(layer)::Cache cache;
  const Sequence<float> x({3, 50, 2});
  Sequence<float> y;
  const auto draw = [&] {
    layer.forward({&x}, y, cache);
    return cache.dropout.mask;
  };
  cache.seed(7);
  const auto first = draw(), second = draw();
  CHECK(first.shape() == SequenceShape{1, 50, 40});
  CHECK_FALSE(same_bits(first, second));
  cache.seed(7);
  CHECK(same_bits(draw(), first));
  CHECK(same_bits(draw(), second));
  double dropped = 0;
  for (Index i = 0; i < first.size(); ++i) {
    dropped += first.data()[i] == 0;
    CHECK((first.data()[i] == 0 || first.data()[i] == 1 / 0.75F));
  }
  CHECK(dropped > 500 - 5 * 19.4);  // 2000 draws of 1/4: standard deviation 19.4
  CHECK(dropped < 500 + 5 * 19.4);
}

TEST_CASE("the two directions draw different masks, which a workspace seeds") {
  Graph<float> model;
  const NodeId x = model.input({.features = 1});
  model.add(Bidirectional{Rnn{.units = 200, .recurrent_dropout = 0.5}}, {x});
  const auto layer = build_layer<float>(Bidirectional{Rnn{.units = 200, .recurrent_dropout = 0.5}}, {{2, 1}});
  decltype(layer)::Cache cache;
  const Sequence<float> ones = test::sequence_of<float>({2, 1, 1}, {1, 1});
  Sequence<float> y;
  cache.seed(1);
  layer.forward({&ones}, y, cache);
  CHECK_FALSE(same_bits(cache.forward.layer.dropout.mask, cache.backward.layer.dropout.mask));

  Workspace<float> workspace(model), other(model);
  const Sequence<float> first = model.forward({&ones}, workspace);
  CHECK(same_bits(model.forward({&ones}, other), first));
  other.seed(1);
  CHECK_FALSE(same_bits(model.forward({&ones}, other), first));
}

TEST_CASE("backward may be called again, and serves the last forward") {
  for_each_case<double>(kRate, [](const auto& c) {
    INFO(c.name);
    typename std::decay_t<decltype(c.layer)>::Cache cache, fresh;
    Random random(3);
    const auto dy = test::random_sequence<double>(test::output_shape(c.layer, c.inputs), random);
    const auto backward = [&](const Sequence<double>& y, auto& of) {
      auto gradients = c.layer.parameters();
      set_zero(gradients);
      Sequence<double> dx, dh;
      c.layer.backward(Arguments<double>(c.inputs), y, dy, of, gradients, {&dx, &dh});
      return std::pair(gradients, dh);
    };
    run(c, cache, kSeed + 1);
    const auto y = run(c, cache);
    auto first = backward(y, cache), second = backward(y, cache), third = backward(run(c, fresh), fresh);
    CHECK(same_tensor_bits<double>(first.first, second.first));
    CHECK(same_bits(first.second, second.second));
    CHECK(same_tensor_bits<double>(first.first, third.first));
    CHECK(same_bits(first.second, third.second));
  });
}

TEST_CASE("an empty batch drops nothing") {
  for_each_case<float>(kRate, [](const auto& c) {
    INFO(c.name);
    const auto call = test::call_layer(c.layer, c.inputs_of_batch(0, 1),
                                       Sequence<float>(test::output_shape(c.layer, c.inputs_of_batch(0, 1))));
    CHECK(call.y.size() == 0);
  });
}

TEST_CASE("a share of dropped states outside [0, 1) is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(build_layer<float>(Lstm{.units = 2, .recurrent_dropout = 1}, {{7, 3}}),
                       "[a layer] expected a recurrent_dropout in [0, 1), got 1", ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<float>(Bidirectional{Gru{.units = 2, .recurrent_dropout = -0.5}}, {{7, 3}}),
                       "[a layer] expected a recurrent_dropout in [0, 1), got -0.5", ConfigError);
  CHECK_THROWS_WITH_AS(RnnLayer<float>(RnnCell<float>(1, 1), Returns::all_steps, nan),
                       "[Rnn] expected a recurrent_dropout in [0, 1), got nan", ConfigError);
}

}  // namespace
