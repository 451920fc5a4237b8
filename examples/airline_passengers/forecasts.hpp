#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/forecasting/metrics.hpp>

#include "passengers.hpp"
#include "transform.hpp"

namespace airline_passengers {

/// A series as the model sees it. Its row r is the month r + transform.lag.
struct ModelInput {
  Transform transform;
  tsattn::Sequence<double> values;  ///< [rows, 1, 1 or 3]: z, and the month of the year as a point of the circle

  tsattn::Index row(tsattn::Index month) const { return month - transform.lag; }
};

/// Throws as Transform::apply.
ModelInput model_input(const MonthlySeries& series, const Transform& transform, bool knows_month);

/// The value after those that are known, as somebody or something forecasts it.
struct Forecast {
  std::string name;
  std::function<double(std::span<const double> known)> next;
  Transform transform = {};  ///< of the known values, if `next` goes by that
};

/// Of a forecaster that was fitted to `input` and forecasts one step. Both are referred to.
Forecast model_forecast(const std::string& name, const tsattn::Forecaster<float>& forecaster, const ModelInput& input);

/// The seasonal naive forecast (the value one year ago), the last value, the line from the first value through the
/// last, and a linear autoregression of `lookback` steps on the z of `transform`, fitted to `known`; those for which
/// `known` is too short are left out.
std::vector<Forecast> baseline_forecasts(std::span<const double> known, const Transform& transform,
                                         tsattn::Index lookback);

/// Forecasts of the months `test` of a series: all from the last month before them, each with the forecasts before it
/// for known; or each from the month before it, whose value is known then. They end before the first that has run away:
/// the forecast's transform does not take it.
std::vector<double> from_one_origin(const Forecast& forecast, std::span<const double> series,
                                    const tsattn::IndexRange& test);
std::vector<double> one_step_ahead(const Forecast& forecast, std::span<const double> series,
                                   const tsattn::IndexRange& test);

}  // namespace airline_passengers
