#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/forecasting/seasonality.hpp>
#include <tsattn/forecasting/series_span.hpp>

namespace tsattn {

namespace seasonality_parts {

/// Returns the values without their mean. Sums are of differences from the first value, so a series far from 0 loses no
/// digits.
inline std::vector<double> deviations(std::vector<double> values) {
  const double first = values[0];
  double sum = 0;
  for (double& value : values) sum += value -= first;
  for (double& value : values) value -= sum / static_cast<double>(values.size());
  return values;
}

/// Returns the values without their line of least squares.
inline std::vector<double> without_line(const std::vector<double>& values) {
  std::vector<double> result = deviations(values);
  const double middle = static_cast<double>(values.size() - 1) / 2;
  double yt = 0, tt = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double t = static_cast<double>(i) - middle;
    yt += result[i] * t;
    tt += t * t;
  }
  for (std::size_t i = 0; i < values.size(); ++i) result[i] -= yt / tt * (static_cast<double>(i) - middle);
  return result;
}

inline std::vector<double> differences(const std::vector<double>& values) {
  std::vector<double> result;
  for (std::size_t i = 1; i < values.size(); ++i) result.push_back(values[i] - values[i - 1]);
  return result;
}

/// sum_t x_t x_{t - lag}
inline double product_at(const std::vector<double>& x, std::size_t lag) {
  double sum = 0;
  for (std::size_t t = lag; t < x.size(); ++t) sum += x[t] * x[t - lag];
  return sum;
}

/// r_0, ..., r_most of values with mean 0.
inline std::vector<double> correlations(const std::vector<double>& x, Index most) {
  const double squares = product_at(x, 0);
  std::vector<double> r;
  for (std::size_t lag = 0; lag <= static_cast<std::size_t>(most); ++lag) r.push_back(product_at(x, lag) / squares);
  return r;
}

/// Whether a series that varies around a line wanders off it, as a random walk does: the test of stationarity of
/// Kwiatkowski, Phillips, Schmidt & Shin 1992, "Testing the null hypothesis of stationarity against the alternative of
/// a unit root", eq. 13, with their lag l4 and, at 5 percent, the value of their table 1. `x` is the series without its
/// line.
inline bool wanders(const std::vector<double>& x) {
  constexpr double kCritical = 0.146;
  const auto n = static_cast<double>(x.size());
  const auto lags = static_cast<std::size_t>(4 * std::pow(n / 100, 0.25));
  double variance = product_at(x, 0);
  for (std::size_t lag = 1; lag <= (std::min)(lags, x.size() - 1); ++lag)
    variance += 2 * (1 - static_cast<double>(lag) / static_cast<double>(lags + 1)) * product_at(x, lag);
  double sum = 0, squares = 0;
  for (const double value : x) {
    sum += value;
    squares += sum * sum;
  }
  return squares / n > kCritical * variance;
}

/// Whether nothing is left of values up to `largest` but what rounding makes: each may be off by half a unit in its
/// last place, and the few operations on it add as much again.
inline bool is_rounding(const std::vector<double>& x, double largest) {
  constexpr double kMost = 16 * std::numeric_limits<double>::epsilon();
  return std::all_of(x.begin(), x.end(), [&](double value) { return std::abs(value) <= kMost * largest; });
}

/// Whether none of the neighbours within a quarter of `lag` is higher: noise makes many small peaks on a large one.
inline bool is_peak(const std::vector<double>& r, std::size_t lag) {
  const std::size_t reach = (std::max)(lag / 4, std::size_t{1});
  const auto begin = r.begin() + static_cast<Index>(lag - (std::min)(reach, lag - 1));
  const auto end = r.begin() + static_cast<Index>((std::min)(lag + reach + 1, r.size()));
  return r[lag] >= *std::max_element(begin, end);
}

/// Where a peak of noise whose correlation ends before `first` lies with a probability of less than 1 percent at any of
/// `longest` lags: the variance of r_k is (1 + 2 sum_{j < first} r_j^2) / n (Bartlett 1946, "On the theoretical
/// specification and sampling properties of autocorrelated time-series"), and a normal variable is above z standard
/// deviations less often than e^(-z^2 / 2). In short series that is more than any r_k can be; half the variance is
/// always enough.
inline double significant(const std::vector<double>& r, std::size_t first, std::size_t longest, std::size_t n) {
  double squares = 0;
  for (std::size_t lag = 1; lag < first; ++lag) squares += r[lag] * r[lag];
  const double z = std::sqrt(2 * std::log(static_cast<double>(longest) / 0.01));
  return (std::min)(0.5, z * std::sqrt((1 + 2 * squares) / static_cast<double>(n)));
}

/// The highest peak from lag `first` to `longest` that is significant, or an earlier one of three quarters of it: a
/// multiple of the period is a peak too, and by chance may be the higher one.
inline std::optional<Index> first_dominating_peak(const std::vector<double>& r, std::size_t first, std::size_t longest,
                                                  double bound) {
  std::vector<std::size_t> peaks;
  double highest = 0;
  for (std::size_t lag = (std::max)(first, std::size_t{2}); lag <= longest; ++lag) {
    if (r[lag] <= bound || !is_peak(r, lag)) continue;
    peaks.push_back(lag);
    highest = (std::max)(highest, r[lag]);
  }
  for (const std::size_t lag : peaks)
    if (r[lag] >= 0.75 * highest) return static_cast<Index>(lag);
  return std::nullopt;
}

TSATTN_LIBRARY_FUNCTION std::vector<double> autocorrelation(const std::vector<double>& y, Index most) {
  constexpr std::string_view kWhere = "autocorrelation";
  if (most < 0 || most >= static_cast<Index>(y.size()))
    fail<ConfigError>(kWhere, "expected lags from 0 to less than the ", y.size(), " steps of the series, got ", most);
  forecasting_parts::require_finite(kWhere, "series", std::span<const double>(y));
  if (std::all_of(y.begin(), y.end(), [&](double value) { return value == y[0]; }))
    fail<DataError>(kWhere, "expected a series that varies, got ", y.size(), " steps with the value ", y[0]);
  return correlations(deviations(y), most);
}

TSATTN_LIBRARY_FUNCTION std::optional<Index> find_period(const std::vector<double>& values, Index most) {
  constexpr std::string_view kWhere = "find_period";
  if (most < 2) fail<ConfigError>(kWhere, "expected a longest period of at least 2 steps, got ", most);
  forecasting_parts::require_finite(kWhere, "series", std::span<const double>(values));
  if (values.size() < 4) return std::nullopt;

  double largest = 0;
  for (const double value : values) largest = (std::max)(largest, std::abs(value));
  std::vector<double> x = without_line(values);
  if (wanders(x)) x = deviations(differences(values));
  if (is_rounding(x, largest)) return std::nullopt;

  const auto longest = (std::min)(static_cast<std::size_t>(most), x.size() / 2);
  const std::vector<double> r =
      correlations(x, static_cast<Index>((std::min)(longest + longest / 4 + 1, x.size() - 1)));
  const auto first = static_cast<std::size_t>(
      std::find_if(r.begin(), r.end(), [](double correlation) { return correlation <= 0; }) - r.begin());
  return first_dominating_peak(r, first, longest, significant(r, first, longest, x.size()));
}

}  // namespace seasonality_parts

}  // namespace tsattn
