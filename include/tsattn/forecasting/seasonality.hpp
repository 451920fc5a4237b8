#pragma once

#include <optional>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/forecasting/series_span.hpp>

namespace tsattn {

namespace seasonality_parts {

// What the functions below do, for doubles.
std::vector<double> autocorrelation(const std::vector<double>& series, Index most);
std::optional<Index> find_period(const std::vector<double>& series, Index most);

}  // namespace seasonality_parts

/// Returns the autocorrelation of a series of n steps at the lags 0, ..., most:
///   r_k = sum_{t > k} (y_t - mean(y)) (y_{t - k} - mean(y)) / sum_t (y_t - mean(y))^2
/// Source: Box & Jenkins 1970, "Time series analysis", chapter 2; Hyndman & Athanasopoulos 2021, "Forecasting:
/// Principles and Practice", 3rd edition, section 2.8.
///
/// Throws ConfigError unless 0 <= most < n, DataError if the series is constant or, naming the index, if a value is not
/// finite.
template <class Series>
std::vector<double> autocorrelation(const Series& series, Index most) {
  return seasonality_parts::autocorrelation(forecasting_parts::doubles_of(series), most);
}

/// Returns the length of a season in steps, from 2 to `most`, or nothing if the series has none that can be told from
/// noise; at least two seasons must be there. For seasonal_naive_forecast and mean_absolute_scaled_error.
///
/// It is the first dominating peak of the autocorrelation after it has first fallen to 0, where a season begins to
/// show. Before that a line is taken off, and a series that wanders off its line, as a random walk or the temperature
/// over a year, is differenced: both would hide a season, or look like one. Where the noise is strong the peak may be a
/// step beside the period.
///
/// Throws ConfigError for `most` below 2, DataError, naming the index, if a value is not finite.
template <class Series>
std::optional<Index> find_period(const Series& series, Index most) {
  return seasonality_parts::find_period(forecasting_parts::doubles_of(series), most);
}

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/seasonality.inl>
#endif
