#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/forecasting/baselines.hpp>

namespace {

using namespace tsattn;

/// series[t] = t, so that a forecast says which step it was taken from.
template <class S>
std::vector<S> steps(Index count) {
  std::vector<S> series;
  for (Index t = 0; t < count; ++t) series.push_back(static_cast<S>(t));
  return series;
}

TEST_CASE_TEMPLATE("the last value is the one the horizon ago", S, float, double) {
  const std::vector<S> series = steps<S>(10);
  CHECK(last_value_forecast(series, {1, 4}) == std::vector<S>{0, 1, 2});
  CHECK(last_value_forecast(std::span<const S>(series), {5, 8}, 3) == std::vector<S>{2, 3, 4});
  CHECK(last_value_forecast(series, {5, 5}, 3).empty());
  CHECK(last_value_forecast(series, {0, 0}, 3).empty());
}

TEST_CASE("a seasonal forecast is the latest known value of a whole number of periods ago") {
  const std::vector<double> series = steps<double>(100);
  for (Index period = 1; period <= 7; ++period)
    for (Index horizon = 1; horizon <= 20; ++horizon) {
      CAPTURE(period);
      CAPTURE(horizon);
      // Backward from the target, a period at a time, until the value is known at the time of the forecast.
      Index expected = 50;
      while (expected > 50 - horizon) expected -= period;
      const std::vector<double> forecast = seasonal_naive_forecast(series, period, {50, 52}, horizon);
      CHECK(forecast == std::vector<double>{static_cast<double>(expected), static_cast<double>(expected + 1)});
    }
}

TEST_CASE("with a period of 1 a seasonal forecast is the last value") {
  const std::vector<float> series{3, 1, 4, 1, 5, 9, 2, 6};
  for (const Index horizon : {1, 2, 5})
    CHECK(seasonal_naive_forecast(series, 1, {5, 8}, horizon) == last_value_forecast(series, {5, 8}, horizon));
}

TEST_CASE_TEMPLATE("the drift continues the line through the first and the last known value", S, float, double) {
  // y[0] = 1 and y[o] for o = 2, 3, 4, each with its own slope: (5 - 1) / 2 = 2, (1 - 1) / 3 = 0, (-7 - 1) / 4 = -2.
  const std::vector<S> series{1, 100, 5, 1, -7};
  CHECK(drift_forecast(series, {3, 6}) == std::vector<S>{7, 1, -9});
  CHECK(drift_forecast(std::span<const S>(series), {5, 8}, 3) == std::vector<S>{11, 1, -13});
  CHECK(drift_forecast(series, {1, 1}).empty());
  std::vector<S> line;
  for (int t = 0; t < 20; ++t) line.push_back(static_cast<S>(3 - 2 * t));
  for (const Index horizon : {1, 2, 7}) {
    const IndexRange targets{horizon + 1, 20};
    CHECK(drift_forecast(line, targets, horizon) == std::vector<S>(line.begin() + targets.begin, line.end()));
  }
}

TEST_CASE("a drift without a slope, or after a gap, is refused") {
  const std::vector<double> series = steps<double>(10);
  CHECK(drift_forecast(series, {4, 5}, 3) == std::vector<double>{4});
  CHECK_THROWS_WITH_AS(drift_forecast(series, {3, 5}, 3),
                       "[drift_forecast] the forecast of step 3 needs two values at least 3 steps before it; the first "
                       "target can be step 4",
                       DataError);
  CHECK_THROWS_WITH_AS(drift_forecast(series, {10, 14}, 3),
                       "[drift_forecast] the forecast of step 13 needs the series up to 3 steps before it, but it has "
                       "only 10 steps",
                       DataError);
  CHECK_THROWS_WITH_AS(drift_forecast(series, {5, 6}, 0), "[drift_forecast] expected a horizon of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(drift_forecast(series, {6, 5}),
                       "[drift_forecast] expected targets from a step of at least 0 to a later one, got steps 6 to 5",
                       ConfigError);
}

TEST_CASE("steps after the end can be forecast as far as the horizon") {
  const std::vector<double> series = steps<double>(10);
  CHECK(last_value_forecast(series, {10, 13}, 3) == std::vector<double>{7, 8, 9});
  CHECK(seasonal_naive_forecast(series, 4, {10, 13}, 3) == std::vector<double>{6, 7, 8});
  CHECK_THROWS_WITH_AS(
      last_value_forecast(series, {10, 14}, 3),
      "[last_value_forecast] the forecast of step 13 needs the series up to 3 steps before it, but it has only "
      "10 steps",
      DataError);
  CHECK_THROWS_AS(seasonal_naive_forecast(series, 4, {10, 14}, 3), DataError);
}

TEST_CASE("a series that does not reach back far enough is refused") {
  const std::vector<double> series = steps<double>(10);
  CHECK_THROWS_WITH_AS(
      last_value_forecast(series, {2, 10}, 3),
      "[last_value_forecast] the forecast of step 2 is the value 3 steps before it, where the series has not "
      "begun; the first target can be step 3",
      DataError);
  CHECK(last_value_forecast(series, {3, 10}, 3).size() == 7);
  CHECK_THROWS_AS(seasonal_naive_forecast(series, 4, {7, 10}, 5), DataError);
  CHECK(seasonal_naive_forecast(series, 4, {8, 10}, 5) == std::vector<double>{0, 1});
  CHECK_THROWS_AS(last_value_forecast(std::vector<double>{}, {1, 3}), DataError);
}

TEST_CASE("options out of range are refused") {
  const std::vector<double> series = steps<double>(10);
  CHECK_THROWS_WITH_AS(last_value_forecast(series, {5, 6}, 0),
                       "[last_value_forecast] expected a horizon of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(seasonal_naive_forecast(series, 0, {5, 6}),
                       "[seasonal_naive_forecast] expected a period of at least 1, got 0", ConfigError);
  CHECK_THROWS_AS(seasonal_naive_forecast(series, 2, {5, 6}, -1), ConfigError);
  CHECK_THROWS_AS(last_value_forecast(series, {6, 5}), ConfigError);
  CHECK_THROWS_AS(last_value_forecast(series, {-1, 5}), ConfigError);
}

}  // namespace
