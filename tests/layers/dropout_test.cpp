#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/options.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::random_sequence, test::same_bits;

template <class S>
using Cache = typename DropoutLayer<S>::Cache;

/// The m of a forward: the output for ones.
template <class S>
Sequence<S> draw_mask(const DropoutLayer<S>& layer, const SequenceShape& shape, Cache<S>& cache) {
  Sequence<S> ones(shape), m;
  ones.fill(1);
  layer.forward({&ones}, m, cache);
  return m;
}

template <class S>
Sequence<S> draw_mask(const DropoutLayer<S>& layer, const SequenceShape& shape, std::uint64_t seed = 1) {
  Cache<S> cache;
  cache.seed(seed);
  return draw_mask(layer, shape, cache);
}

/// Whether `count` of `trials` independent events of probability p is less than 5 standard deviations from what is
/// expected.
bool is_likely(double count, double trials, double p) {
  return std::abs(count - trials * p) < 5 * std::sqrt(trials * p * (1 - p));
}

TEST_CASE_TEMPLATE("every value is 0 with the probability rate, or scaled so that the mean stays", S, float, double) {
  for (const double rate : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9}) {
    CAPTURE(rate);
    const double p = std::round(rate * 65536) / 65536;
    const auto m = draw_mask(DropoutLayer<S>(rate), {11, 97, 89});
    double dropped = 0, pairs = 0, samples = 0, steps = 0;
    bool is_scaled = true;
    for (Index i = 0; i < m.size(); ++i) {
      dropped += m.data()[i] == 0;
      is_scaled = is_scaled && (m.data()[i] == 0 || m.data()[i] == static_cast<S>(1 / (1 - p)));
      // Neighbours along each axis: features, samples, steps.
      pairs += i >= 1 && m.data()[i] == 0 && m.data()[i - 1] == 0;
      samples += i >= 89 && m.data()[i] == 0 && m.data()[i - 89] == 0;
      steps += i >= 97 * 89 && m.data()[i] == 0 && m.data()[i - 97 * 89] == 0;
    }
    CHECK(is_scaled);
    const auto count = static_cast<double>(m.size());
    CHECK(is_likely(dropped, count, p));
    CHECK(is_likely(pairs, count - 1, p * p));
    CHECK(is_likely(samples, count - 89, p * p));
    CHECK(is_likely(steps, count - 97 * 89, p * p));
  }
}

TEST_CASE("shared over time, what is dropped at one step is dropped at all steps, and nothing else with it") {
  const auto m = draw_mask(DropoutLayer<float>(0.5, /*shared_over_time=*/true), {7, 53, 61});
  for (Index t = 1; t < 7; ++t) CHECK(m.step(t) == m.step(0));
  double dropped = 0, both = 0;
  for (Index b = 0; b < 53; ++b)
    for (Index f = 0; f < 61; ++f) {
      dropped += m(0, b, f) == 0;
      if (b > 0) both += m(0, b, f) == 0 && m(0, b - 1, f) == 0;
    }
  CHECK(is_likely(dropped, 53 * 61, 0.5));
  CHECK(is_likely(both, 52 * 61, 0.25));
}

TEST_CASE("the rate is rounded to a multiple of 2^-16, and less than 1") {
  const SequenceShape shape{1, 1, 1000};
  CHECK(same_bits(draw_mask(DropoutLayer<double>(0.5 + 0x1p-18), shape), draw_mask(DropoutLayer<double>(0.5), shape)));
  CHECK(draw_mask(DropoutLayer<double>(0x1p-18), shape).flat().isOnes(0));
  const auto m = draw_mask(DropoutLayer<double>(1 - 1e-9), {1, 1, 1'000'000});
  CHECK(m.flat().maxCoeff() == 65536);
  CHECK(is_likely(m.flat().sum() / 65536, 1e6, 0x1p-16));
}

TEST_CASE("every forward draws a new mask; a seed decides all that follow") {
  const DropoutLayer<float> layer(0.3);
  const SequenceShape shape{3, 4, 50};
  Cache<float> cache;
  cache.seed(7);
  const auto first = draw_mask(layer, shape, cache), second = draw_mask(layer, shape, cache);
  CHECK_FALSE(same_bits(first, second));
  cache.seed(7);
  CHECK(same_bits(draw_mask(layer, shape, cache), first));
  CHECK(same_bits(draw_mask(layer, shape, cache), second));
  cache.seed(8);
  CHECK_FALSE(same_bits(draw_mask(layer, shape, cache), first));
}

TEST_CASE("the mask of a seed is the same with every compiler and in both scalar types") {
  std::string kept_of_float, kept_of_double;
  const auto of_float = draw_mask(DropoutLayer<float>(0.5), {1, 2, 15});
  const auto of_double = draw_mask(DropoutLayer<double>(0.5), {1, 2, 15});
  for (Index i = 0; i < 30; ++i) {
    kept_of_float += of_float.data()[i] == 0 ? '.' : 'x';
    kept_of_double += of_double.data()[i] == 0 ? '.' : 'x';
  }
  CHECK(kept_of_float == "xxx.x.x.xxxxxx.xx.x.xxxx..x.xx");
  CHECK(kept_of_double == kept_of_float);
}

TEST_CASE("forward and backward by hand: y = m * x, dx = m * dy, of the last forward") {
  for (const bool shared : {false, true}) {
    CAPTURE(shared);
    const DropoutLayer<double> layer(0.25, shared);
    Random random(1);
    const auto x = random_sequence<double>({3, 4, 5}, random), dy = random_sequence<double>({3, 4, 5}, random);
    const auto m = draw_mask(layer, x.shape(), 5);
    Cache<double> cache;
    NoParameters none;
    Sequence<double> y, dx, expected(x.shape());
    layer.forward({&x}, y, cache);
    cache.seed(5);
    layer.forward({&x}, y, cache);
    expected.flat() = m.flat().cwiseProduct(x.flat());
    CHECK(same_bits(y, expected));
    expected.flat() = m.flat().cwiseProduct(dy.flat());
    for (int call = 0; call < 2; ++call) {  // backward may be called again
      layer.backward({&x}, y, dy, cache, none, {&dx});
      CHECK(same_bits(dx, expected));
    }
    layer.backward({&x}, y, dy, cache, none, {});
  }
}

TEST_CASE("backward is the gradient of forward with the same mask, in a layer and in a model") {
  Random random(2);
  const auto x = random_sequence<double>({4, 3, 5}, random);
  for (const bool shared : {false, true}) {
    CAPTURE(shared);
    const GradientReport report = gradient_check(DropoutLayer<double>(0.4, shared), {&x});
    INFO(report);
    CHECK(report.passed());

    Graph<double> model;
    const Dropout dropout{.rate = 0.4, .shared_over_time = shared};
    const NodeId h = model.add(Dense{6}, {model.add(dropout, {model.input({.features = 5})})});
    model.add(dropout, {h});
    const GradientReport of_model = gradient_check(model, {&x});
    INFO(of_model);
    CHECK(of_model.passed());
  }
}

TEST_CASE_TEMPLATE("inference, and the rate 0, change no bit", S, float, double) {
  const S nan = std::numeric_limits<S>::quiet_NaN(), infinity = std::numeric_limits<S>::infinity();
  const auto x = test::sequence_of<S>({1, 2, 4}, {S{1}, S{-2}, S{-0.}, nan, infinity, S{4}, S{5}, S{6}});
  for (const bool shared : {false, true}) {
    Cache<S> cache;
    NoParameters none;
    Sequence<S> y, dx;
    DropoutLayer<S>(0.9, shared).infer({&x}, y, cache);
    CHECK(same_bits(y, x));
    DropoutLayer<S>(0, shared).forward({&x}, y, cache);
    CHECK(same_bits(y, x));
    DropoutLayer<S>(0, shared).backward({&x}, y, x, cache, none, {&dx});
    CHECK(same_bits(dx, x));
  }
}

TEST_CASE("the dropout layers of a model draw different masks, also where no seed was given") {
  Graph<float> model;
  const NodeId x = model.input({.features = 200});
  const NodeId first = model.add(Dropout{}, {x}), second = model.add(Dropout{}, {x});
  Workspace<float> workspace(model), other(model);
  Sequence<float> ones({1, 1, 200});
  ones.fill(1);
  model.forward({&ones}, workspace);
  CHECK_FALSE(same_bits(workspace.output(first), workspace.output(second)));
  model.forward({&ones}, other);
  CHECK(same_bits(workspace.output(first), other.output(first)));
  other.seed(1);
  model.forward({&ones}, other);
  CHECK_FALSE(same_bits(workspace.output(first), other.output(first)));
}

TEST_CASE("dropout keeps the shape, has no weights, and lists its options") {
  const SampleShape x{7, 3};
  const auto layer = build_layer<float>(Dropout{}, {x});
  CHECK(layer.output_shape(std::vector{x}) == x);
  CHECK(parameter_count(layer.parameters()) == 0);
  CHECK(options_of(Dropout{.rate = 0.1, .shared_over_time = true}) ==
        std::vector<Option>{{"rate", 0.1}, {"shared_over_time", true}});
}

TEST_CASE("Dropout: errors") {
  const SampleShape x{7, 3};
  CHECK_THROWS_WITH_AS(build_layer<float>(Dropout{.rate = 1}, {x}), "[a layer] expected a rate in [0, 1), got 1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<float>(Dropout{.rate = -0.5}, {x}), "[a layer] expected a rate in [0, 1), got -0.5",
                       ConfigError);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(DropoutLayer<float>{nan}, "[Dropout] expected a rate in [0, 1), got nan", ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<float>(Dropout{}, {x, x}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
  const Sequence<float> input({2, 2, 3}), wrong({2, 2, 4});
  Cache<float> cache;
  NoParameters none;
  Sequence<float> y;
  const DropoutLayer<float> layer(0.5);
  layer.forward({&input}, y, cache);
  CHECK_THROWS_WITH_AS(layer.backward({&input}, y, wrong, cache, none, {}),
                       "[Dropout::backward] expected dy = [time=2, batch=2, features=3], got [time=2, batch=2, "
                       "features=4]",
                       ShapeError);
}

}  // namespace
