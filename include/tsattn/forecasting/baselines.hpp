#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/forecasting/series_span.hpp>

/// Forecasts that need no model: what a model has to beat.
/// Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
namespace tsattn {

namespace baselines_parts {

inline void require_targets(std::string_view where, const IndexRange& targets) {
  if (targets.begin < 0 || targets.end < targets.begin)
    fail<ConfigError>(where, "expected targets from a step of at least 0 to a later one, got steps ", targets.begin,
                      " to ", targets.end);
}

/// Throws unless a series of `length` steps is known `horizon` steps before the last target.
inline void require_known(std::string_view where, Index length, const IndexRange& targets, Index horizon) {
  if (targets.end - horizon > length)
    fail<DataError>(where, "the forecast of step ", targets.end - 1, " needs the series up to ", horizon,
                    " steps before it, but it has only ", length, " steps");
}

/// series[t - lag] for every step t of `targets`, all of it known `horizon` steps before t: lag >= horizon.
template <class Scalar>
std::vector<Scalar> values_before(std::string_view where, std::span<const Scalar> series, const IndexRange& targets,
                                  Index horizon, Index lag) {
  require_targets(where, targets);
  if (targets.size() == 0) return {};
  if (targets.begin < lag)
    fail<DataError>(where, "the forecast of step ", targets.begin, " is the value ", lag,
                    " steps before it, where the series has not begun; the first target can be step ", lag);
  require_known(where, static_cast<Index>(series.size()), targets, horizon);
  const auto first = series.begin() + (targets.begin - lag);
  return {first, first + targets.size()};
}

}  // namespace baselines_parts

/// Returns the naive forecast: the last value that is known `horizon` steps ahead,
///   y_hat[t] = y[t - horizon]   for every step t of `targets`, in this order.
/// `series` is a contiguous range (vector, span) of float or double, one variable in time order. Targets may lie after
/// its end, as long as the value `horizon` steps before them does not.
///
/// Throws ConfigError for a horizon below 1 or targets that end before they begin or begin below 0, DataError if the
/// series does not have the steps that are needed.
template <class Series>
auto last_value_forecast(const Series& series, const IndexRange& targets, Index horizon = 1) {
  constexpr std::string_view kWhere = "last_value_forecast";
  require_positive(kWhere, "a horizon", horizon);
  return baselines_parts::values_before(kWhere, forecasting_parts::span_of(series), targets, horizon, horizon);
}

/// Returns the seasonal naive forecast: the latest value that is known `horizon` steps ahead and a whole number of
/// periods old,
///   y_hat[t] = y[t - period ceil(horizon / period)]   for every step t of `targets`, in this order.
/// `period` is the length of a season in steps, at least 1; with 1 this is last_value_forecast. Everything else is as
/// there.
template <class Series>
auto seasonal_naive_forecast(const Series& series, Index period, const IndexRange& targets, Index horizon = 1) {
  constexpr std::string_view kWhere = "seasonal_naive_forecast";
  require_positive(kWhere, "a period", period);
  require_positive(kWhere, "a horizon", horizon);
  const Index seasons = (horizon - 1) / period + 1;
  return baselines_parts::values_before(kWhere, forecasting_parts::span_of(series), targets, horizon, period * seasons);
}

/// Returns the drift forecast: the line through the first value and the last one that is known `horizon` steps ahead,
///   y_hat[t] = y[o] + horizon (y[o] - y[0]) / o,  o = t - horizon   for every step t of `targets`, in this order.
/// The arithmetic is in double. The first target can be step horizon + 1, for a slope needs two values. Everything else
/// is as for last_value_forecast.
template <class Series>
auto drift_forecast(const Series& series, const IndexRange& targets, Index horizon = 1) {
  constexpr std::string_view kWhere = "drift_forecast";
  require_positive(kWhere, "a horizon", horizon);
  const auto y = forecasting_parts::span_of(series);
  baselines_parts::require_targets(kWhere, targets);
  using Scalar = typename decltype(y)::value_type;
  std::vector<Scalar> forecast;
  if (targets.size() == 0) return forecast;
  if (targets.begin <= horizon)
    fail<DataError>(kWhere, "the forecast of step ", targets.begin, " needs two values at least ", horizon,
                    " steps before it; the first target can be step ", horizon + 1);
  baselines_parts::require_known(kWhere, static_cast<Index>(y.size()), targets, horizon);
  for (Index origin = targets.begin - horizon; origin < targets.end - horizon; ++origin) {
    const auto last = static_cast<double>(y[static_cast<std::size_t>(origin)]);
    const double slope = (last - static_cast<double>(y[0])) / static_cast<double>(origin);
    forecast.push_back(static_cast<Scalar>(last + unfused_product(static_cast<double>(horizon), slope)));
  }
  return forecast;
}

}  // namespace tsattn
