#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::random_sequence, test::same_bits, test::sequence_of;

std::vector<Index> all_of(const Dataset<double>& data) {
  std::vector<Index> all(static_cast<std::size_t>(data.size()));
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

// Two features that grow by 1 and by 10 a step.
Sequence<double> growing() {
  Sequence<double> series({8, 1, 2});
  for (Index t = 0; t < 8; ++t) series(t, 0, 0) = static_cast<double>(t), series(t, 0, 1) = static_cast<double>(10 * t);
  return series;
}

TEST_CASE("the last value is subtracted from window and target, and comes back with the forecast") {
  const Sequence<double> series = growing();
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2});
  const ForecastWindows<double> samples(windows, InstanceNormalization::last_value, Channels::together);
  Sequence<double> x, target;
  samples.gather(std::vector<Index>{0, 3}, x, target);
  CHECK(same_bits(x, sequence_of({3, 2, 2}, {-2., -20., -2., -20., -1., -10., -1., -10., 0., 0., 0., 0.})));
  CHECK(same_bits(target, sequence_of({1, 2, 4}, {1., 10., 2., 20., 1., 10., 2., 20.})));

  Sequence<double> y;
  samples.gather(all_of(samples), x, y);  // a model that is always right
  const Sequence<double> forecasts = samples.forecasts(y);
  CHECK(forecasts.shape() == SequenceShape{2, 4, 2});
  CHECK(same_bits(forecasts, samples.actual()));
  CHECK(forecasts(1, 3, 1) == 70);
}

TEST_CASE("channel by channel, each target of each window is a sample of its own") {
  const Sequence<double> series = growing();
  const Windows<double> windows(series, {.lookback = 2, .horizon = 1, .targets = {1, 0}});
  const ForecastWindows<double> samples(windows, InstanceNormalization::none, Channels::independent);
  CHECK(samples.size() == 12);
  CHECK(samples.input_shape() == SampleShape{2, 1});
  CHECK(samples.target_shape() == SampleShape{1, 1});
  Sequence<double> x, target;
  samples.gather(std::vector<Index>{0, 1, 2}, x, target);
  CHECK(same_bits(x, sequence_of({2, 3, 1}, {0., 0., 10., 10., 1., 20.})));
  CHECK(same_bits(target, sequence_of({1, 3, 1}, {20., 2., 30.})));
  samples.gather(all_of(samples), x, target);
  CHECK(same_bits(samples.forecasts(target), samples.actual()));
}

TEST_CASE("whatever the options, a model that is always right forecasts what happens") {
  Random random(3);
  const Sequence<double> series = random_sequence<double>({40, 1, 4}, random);
  for (const auto normalization :
       {InstanceNormalization::none, InstanceNormalization::last_value, InstanceNormalization::standard})
    for (const auto channels : {Channels::together, Channels::independent})
      for (const bool include_input : {false, true}) {
        INFO(name_of(normalization), ", ", name_of(channels), include_input ? ", with the input" : "");
        const Windows<double> windows(series, {.lookback = 5,
                                               .horizon = 3,
                                               .stride = 2,
                                               .targets = {2, 0},
                                               .known_future = {1},
                                               .sampling_step = 2,
                                               .include_input = include_input});
        const ForecastWindows<double> samples(windows, normalization, channels);
        Sequence<double> x, target;
        samples.gather(all_of(samples), x, target);
        CHECK(x.shape().sample() == samples.input_shape());
        CHECK(target.shape().sample() == samples.target_shape());
        // Two roundings on the way there and two back, of values up to some units.
        CHECK(test::largest_difference(samples.forecasts(target), samples.actual()) <= 1e-14);
      }
}

TEST_CASE("standard: the window has mean 0 and variance 1, and the features that are known in advance stay") {
  Random random(4);
  const Sequence<double> series = random_sequence<double>({40, 1, 2}, random);
  const Windows<double> windows(series, {.lookback = 20, .known_future = {1}});
  const ForecastWindows<double> samples(windows, InstanceNormalization::standard, Channels::together);
  Sequence<double> x, target;
  samples.gather(std::vector<Index>{7}, x, target);
  double mean = 0, squares = 0, variance = 0, series_mean = 0;
  for (Index t = 0; t < 20; ++t) mean += x(t, 0, 0) / 20, series_mean += series(7 + t, 0, 0) / 20;
  for (Index t = 0; t < 20; ++t) {
    squares += x(t, 0, 0) * x(t, 0, 0) / 20, variance += std::pow(series(7 + t, 0, 0) - series_mean, 2) / 20;
    CHECK(x(t, 0, 1) == series(7 + t + 1, 0, 1));
  }
  CHECK(std::abs(mean) < 1e-15);
  CHECK(squares == doctest::Approx(variance / (variance + 1e-5)).epsilon(1e-13));
}

TEST_CASE("the last inputs become forecasts") {
  const Sequence<double> series = growing();
  const Windows<double> windows(series, {.lookback = 3});
  std::vector<Sequence<double>> so_far{
      sequence_of({1, 5, 2}, {-1., -2., 0., 0., 0., 0., 0., 0., 0., 0.}),
      sequence_of({1, 5, 2}, {-3., -4., 0., 0., 0., 0., 0., 0., -5., -6.}),
  };
  const auto inputs_of_first_and_last = [&](Channels channels) {
    const ForecastWindows<double> samples(windows, InstanceNormalization::none, channels, so_far);
    Sequence<double> x, target;
    samples.gather(std::vector<Index>{0, samples.size() - 1}, x, target);
    CHECK(target(0, 0, 0) == 3);
    return x;
  };
  CHECK(same_bits(inputs_of_first_and_last(Channels::together),
                  sequence_of({3, 2, 2}, {0., 0., 4., 40., -1., -2., 0., 0., -3., -4., -5., -6.})));
  // The samples are feature 0 of the first window and feature 1 of the last one.
  CHECK(
      same_bits(inputs_of_first_and_last(Channels::independent), sequence_of({3, 2, 1}, {0., 40., -1., 0., -3., -6.})));
  // More forecasts than input steps: the last of them.
  so_far.insert(so_far.begin(), 2, Sequence<double>({1, 5, 2}));
  CHECK(same_bits(inputs_of_first_and_last(Channels::together),
                  sequence_of({3, 2, 2}, {0., 0., 0., 0., -1., -2., 0., 0., -3., -4., -5., -6.})));
  so_far.clear();
  CHECK(same_bits(inputs_of_first_and_last(Channels::together),
                  sequence_of({3, 2, 2}, {0., 0., 4., 40., 1., 10., 5., 50., 2., 20., 6., 60.})));
}

TEST_CASE("forecast windows say what does not fit") {
  const Sequence<double> series = growing();
  const Windows<double> one_input(series, {.lookback = 3, .targets = {1}, .inputs = {0}});
  CHECK_THROWS_WITH_AS(ForecastWindows<double>(one_input, InstanceNormalization::standard, Channels::together),
                       "[ForecastWindows] expected inputs that hold every target, by which windows are normalized, got "
                       "none with feature 1",
                       ConfigError);
  const ForecastWindows<double> samples(one_input, InstanceNormalization::none, Channels::together);
  const std::vector<Sequence<double>> so_far{Sequence<double>({1, samples.size(), 1})};
  CHECK_THROWS_WITH_AS(
      ForecastWindows<double>(one_input, InstanceNormalization::none, Channels::together, so_far),
      "[ForecastWindows] expected every input to be a target or known in advance, for forecasts become "
      "inputs; got 1 inputs for 1 targets",
      ConfigError);
  CHECK_THROWS_WITH_AS(samples.forecasts(Sequence<double>({1, 2, 1})),
                       "[ForecastWindows] expected the outputs of a model = [time=1, batch=5, features=1], got "
                       "[time=1, batch=2, features=1]",
                       ShapeError);
  const Windows<double> twice(series, {.lookback = 3, .targets = {1, 0, 1}});
  CHECK_THROWS_WITH_AS(ForecastWindows<double>(twice, InstanceNormalization::none, Channels::together),
                       "[ForecastWindows] expected every target once, got feature 1 again", ConfigError);
}

}  // namespace
