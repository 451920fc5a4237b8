#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

/// Forecasts that need no model: what a model has to beat.
/// Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
namespace tsattn {

namespace baselines_parts {

/// series[t - lag] for every step t of `targets`, all of it known `horizon` steps before t: lag >= horizon.
template <class Scalar>
std::vector<Scalar> values_before(std::string_view where, std::span<const Scalar> series, const IndexRange& targets,
                                  Index horizon, Index lag) {
  const auto length = static_cast<Index>(series.size());
  if (targets.begin < 0 || targets.end < targets.begin)
    fail<ConfigError>(where, "expected targets from a step of at least 0 to a later one, got steps ", targets.begin,
                      " to ", targets.end);
  if (targets.size() == 0) return {};
  if (targets.begin < lag)
    fail<DataError>(where, "the forecast of step ", targets.begin, " is the value ", lag,
                    " steps before it, where the series has not begun; the first target can be step ", lag);
  if (targets.end - horizon > length)
    fail<DataError>(where, "the forecast of step ", targets.end - 1, " needs the series up to ", horizon,
                    " steps before it, but it has only ", length, " steps");
  const auto first = series.begin() + (targets.begin - lag);
  return {first, first + targets.size()};
}

template <class Series>
auto span_of(const Series& series) {
  using Scalar = typename decltype(std::span(series))::value_type;
  static_assert(std::is_floating_point_v<Scalar>, "a series is of float or double");
  return std::span<const Scalar>(series);
}

}  // namespace baselines_parts

/// The naive forecast: the last value that is known `horizon` steps ahead,
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
  return baselines_parts::values_before(kWhere, baselines_parts::span_of(series), targets, horizon, horizon);
}

/// The seasonal naive forecast: the latest value that is known `horizon` steps ahead and a whole number of periods old,
///   y_hat[t] = y[t - period ceil(horizon / period)]   for every step t of `targets`, in this order.
/// `period` is the length of a season in steps, at least 1; with 1 this is last_value_forecast. Everything else is as
/// there.
template <class Series>
auto seasonal_naive_forecast(const Series& series, Index period, const IndexRange& targets, Index horizon = 1) {
  constexpr std::string_view kWhere = "seasonal_naive_forecast";
  require_positive(kWhere, "a period", period);
  require_positive(kWhere, "a horizon", horizon);
  const Index seasons = (horizon - 1) / period + 1;
  return baselines_parts::values_before(kWhere, baselines_parts::span_of(series), targets, horizon, period * seasons);
}

}  // namespace tsattn
