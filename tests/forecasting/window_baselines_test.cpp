#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/window_baselines.hpp>

namespace {

using namespace tsattn;

/// Row t of feature f holds 100 f + t.
Sequence<double> counting(Index rows, Index features) {
  Sequence<double> series({rows, 1, features});
  for (Index t = 0; t < rows; ++t)
    for (Index f = 0; f < features; ++f) series(t, 0, f) = static_cast<double>(100 * f + t);
  return series;
}

TEST_CASE("the last value is that of the last input step, before the gap, of each target") {
  const Sequence<double> series = counting(30, 2);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2, .targets = {1, 0}, .sampling_step = 2, .gap = 1});
  const Sequence<double> forecasts = last_value_forecasts(windows);
  REQUIRE(forecasts.shape() == SequenceShape{2, windows.size(), 2});
  for (Index window = 0; window < windows.size(); ++window)
    for (Index h = 0; h < 2; ++h) {
      const auto last = static_cast<double>(windows.target_step(window) - 4);
      CHECK(forecasts(h, window, 0) == 100 + last);
      CHECK(forecasts(h, window, 1) == last);
    }
}

TEST_CASE("seasonal naive goes whole periods back, as far as nothing is read that is not known") {
  const Sequence<double> series = counting(40, 1);
  const Windows<double> windows(series, {.lookback = 9, .horizon = 5, .sampling_step = 2});
  const Sequence<double> forecasts = seasonal_naive_forecasts(windows, 3);
  for (Index window = 0; window < windows.size(); ++window)
    for (Index h = 0; h < 5; ++h) {
      const Index periods = h < 3 ? 1 : 2;
      CHECK(forecasts(h, window, 0) == static_cast<double>(windows.target_step(window) + (h - 3 * periods) * 2));
    }
  const Windows<double> early(series, {.lookback = 2});
  CHECK(has_seasons_before(early, 2));
  CHECK_FALSE(has_seasons_before(early, 3));
  CHECK_THROWS_WITH_AS(seasonal_naive_forecasts(early, 3),
                       "[seasonal_naive_forecasts] expected 3 steps, a period, up to the first forecast, got 2",
                       DataError);
  CHECK_THROWS_WITH_AS(seasonal_naive_forecasts(early, 0),
                       "[seasonal_naive_forecasts] expected a period of at least 1, got 0", ConfigError);
}

TEST_CASE("drift and linear regression go on with a line, whatever the gap and the sampling") {
  const Sequence<double> series = counting(60, 2);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 4, .sampling_step = 3, .gap = 2}, {30, 60});
  const Sequence<double> drift = drift_forecasts(windows), linear = linear_forecasts(windows, {0, 30});
  for (Index window = 0; window < windows.size(); ++window)
    for (Index h = 0; h < 4; ++h)
      for (Index f = 0; f < 2; ++f) {
        const auto expected = static_cast<double>(100 * f + windows.target_step(window) + 3 * h);
        CHECK(drift(h, window, f) == doctest::Approx(expected).epsilon(1e-12));
        CHECK(linear(h, window, f) == doctest::Approx(expected).epsilon(1e-9));
      }
  // From the first row there is no line yet.
  const Windows<double> first(series, {.lookback = 1}, {0, 2});
  CHECK(drift_forecasts(first)(0, 0, 0) == 0);
}

TEST_CASE("the period of the first target is found in the training part, in steps") {
  Sequence<double> series({400, 1, 2});
  for (Index t = 0; t < 400; ++t) {
    series(t, 0, 0) = static_cast<double>(t % 7);
    series(t, 0, 1) = t < 300 ? std::sin(2 * std::numbers::pi * static_cast<double>(t) / 24) : 0;
  }
  CHECK(period_of_first_target(Windows<double>(series, {.lookback = 3, .targets = {1}}), {0, 300}) == 24);
  CHECK(period_of_first_target(Windows<double>(series, {.lookback = 3, .targets = {1}, .sampling_step = 2}),
                               {0, 300}) == 12);
  CHECK(period_of_first_target(Windows<double>(series, {.lookback = 3, .targets = {0}}), {0, 300}) == 7);
  CHECK(period_of_first_target(Windows<double>(series, {.lookback = 3, .targets = {1}}), {300, 400}) == 0);
}

}  // namespace
