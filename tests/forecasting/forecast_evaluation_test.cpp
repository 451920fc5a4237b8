#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>

namespace {

using namespace tsattn;

/// One feature with the period 4, on a line.
Sequence<double> series() {
  Sequence<double> values({80, 1, 1});
  for (Index t = 0; t < 80; ++t) values(t, 0, 0) = 0.01 * static_cast<double>(t) + static_cast<double>(t % 4);
  return values;
}

std::vector<std::string> names(const std::vector<NamedMetrics>& rows) {
  std::vector<std::string> result;
  for (const NamedMetrics& row : rows) result.push_back(row.name);
  return result;
}

struct Evaluated {
  Sequence<double> values = series();
  Windows<double> windows{values, {.lookback = 8, .horizon = 2}, {60, 80}};
  Sequence<double> actual = ForecastWindows<double>(windows, InstanceNormalization::none, Channels::together).actual();
  Scaler scaler = Scaler::from({10}, {2});  // the values are those that it gave

  ForecastEvaluation with(const Sequence<double>& forecast, const EvaluateOptions& how = {}) const {
    return evaluate_forecasts(windows, actual, forecast, scaler, {0, 60}, how);
  }
};

TEST_CASE("errors are those of the units, scaled ones beside them, and one for each step") {
  const Evaluated evaluated;
  Sequence<double> forecast = evaluated.actual;
  for (Index window = 0; window < forecast.batch(); ++window) forecast(1, window, 0) += 0.5;
  const ForecastEvaluation evaluation = evaluated.with(forecast);
  CHECK(evaluation.windows == 19);
  CHECK(evaluation.horizon == 2);
  CHECK(evaluation.targets == 1);
  CHECK(evaluation.scaled[0].metrics.mae == doctest::Approx(0.25).epsilon(1e-12));
  CHECK(evaluation.metrics[0].metrics.mae == doctest::Approx(0.5).epsilon(1e-12));
  REQUIRE(evaluation.by_step[0].mae.size() == 2);
  CHECK(evaluation.by_step[0].mae[0] == 0);
  CHECK(evaluation.by_step[0].mae[1] == doctest::Approx(1).epsilon(1e-12));
}

TEST_CASE("the period is found, given, or missing with its row") {
  const Evaluated evaluated;
  const std::vector<std::string> all{"model", "last value", "seasonal naive", "drift", "linear regression"};
  const ForecastEvaluation found = evaluated.with(evaluated.actual);
  CHECK(found.period == 4);
  CHECK(names(found.metrics) == all);
  CHECK(names(found.scaled) == all);
  CHECK(found.scaled[2].metrics.mae == doctest::Approx(0.04).epsilon(1e-9));  // what the line rises in a period
  CHECK(evaluated.with(evaluated.actual, {.period = 8}).period == 8);
  const ForecastEvaluation without = evaluated.with(evaluated.actual, {.period = 70, .linear_autoregression = false});
  CHECK(names(without.metrics) == std::vector<std::string>{"model", "last value", "drift"});
}

TEST_CASE("an evaluation is shown as the table of its metrics") {
  const Evaluated evaluated;
  const ForecastEvaluation evaluation = evaluated.with(evaluated.actual);
  std::ostringstream text;
  text << evaluation;
  CHECK(text.str() == metrics_table(evaluation.metrics));
}

TEST_CASE("forecasts of other windows, or that are not finite, are refused") {
  const Evaluated evaluated;
  CHECK_THROWS_WITH_AS(evaluated.with(Sequence<double>({2, 18, 1})),
                       "[evaluate_forecasts] expected forecasts of the windows = [time=2, batch=19, features=1], got "
                       "[time=2, batch=18, features=1]",
                       ShapeError);
  Sequence<double> forecast = evaluated.actual;
  forecast(0, 3, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(evaluated.with(forecast), DataError);
}

}  // namespace
