#pragma once

#include <initializer_list>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/forecasting/series_span.hpp>

namespace tsattn {

/// How well predictions p_1, ..., p_n match the actual values y_1, ..., y_n; mean(y) is the mean of the y_i.
/// Errors as in Hyndman & Koehler 2006, "Another look at measures of forecast accuracy"; smape is that of the M4
/// competition (Makridakis, Spiliotis & Assimakopoulos 2020).
struct RegressionMetrics {
  static constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

  double mse = 0;          ///< mean of (y_i - p_i)^2: the squared unit of y, at least 0
  double mae = 0;          ///< mean of |y_i - p_i|: the unit of y, at least 0
  double rmse = 0;         ///< square root of mse: the unit of y, at least 0
  double r2 = 0;           ///< 1 - sum (y_i - p_i)^2 / sum (y_i - mean(y))^2: no unit, at most 1; NaN if y is constant
  double correlation = 0;  ///< Pearson's, of y and p: no unit, in [-1, 1]; NaN if y or p is constant
  double mape = kUndefined;   ///< mean of 100 |y_i - p_i| / |y_i|: percent, at least 0; NaN if a y_i is 0
  double smape = kUndefined;  ///< mean of 200 |y_i - p_i| / (|y_i| + |p_i|), 0 where both are 0: percent, in [0, 200]
  double mase = kUndefined;   ///< mae / in_sample_error of a training series: no unit; NaN without one or if that is 0
};

/// A metric by name, to choose the columns of a metrics_table.
enum class Metric { mse, mae, rmse, r2, correlation, mape, smape, mase };

template <>
struct EnumNames<Metric> {
  static constexpr std::string_view kOption = "metric";
  static constexpr std::pair<std::string_view, Metric> kNames[] = {{"mse", Metric::mse},
                                                                   {"mae", Metric::mae},
                                                                   {"rmse", Metric::rmse},
                                                                   {"r2", Metric::r2},
                                                                   {"correlation", Metric::correlation},
                                                                   {"mape", Metric::mape},
                                                                   {"smape", Metric::smape},
                                                                   {"mase", Metric::mase}};
};

namespace metrics_parts {

// What the functions below do, for spans.
template <class Y, class P>
RegressionMetrics regression_metrics(std::span<const Y> y, std::span<const P> p);
template <class Y>
double in_sample_error(std::span<const Y> y, Index period);

/// What is shown unless other columns are chosen.
inline constexpr Metric kUsualMetrics[] = {Metric::mse, Metric::mae, Metric::rmse, Metric::r2, Metric::correlation};

}  // namespace metrics_parts

/// Returns the metrics of `predicted` against `actual`, two contiguous ranges (vector, array, span) of float or double
/// and of one length. All sums are of doubles; squares and products are of differences from the mean, which a first
/// pass finds, so a series far from 0 loses no digits (the two-pass algorithm in Chan, Golub & LeVeque 1983,
/// "Algorithms for computing the sample variance").
///
/// A constant `actual` has neither an R2 nor a correlation, and a constant `predicted` has no correlation: they are NaN
/// by definition (0 / 0), not the 0 or 1 that some libraries put there.
///
/// Throws ShapeError if the lengths differ, DataError if both are empty or, naming the index, if a value is not finite.
template <class Actual, class Predicted>
RegressionMetrics regression_metrics(const Actual& actual, const Predicted& predicted) {
  return metrics_parts::regression_metrics(forecasting_parts::span_of(actual), forecasting_parts::span_of(predicted));
}

/// Returns the mean absolute error of the naive forecast within a training series of n steps, what MASE is relative to:
///   sum_{t > period} |y_t - y_{t - period}| / (n - period)
/// `period` is the length of a season in steps; 1 for a series without. Source: Hyndman & Koehler 2006, section 3.1;
/// for seasons, Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, section 5.8.
///
/// Throws ConfigError for a period below 1, DataError if the series has no step more than a period or, naming the
/// index, if a value is not finite.
template <class Series>
double in_sample_error(const Series& training, Index period = 1) {
  return metrics_parts::in_sample_error(forecasting_parts::span_of(training), period);
}

/// Returns the mean absolute scaled error, mae / in_sample_error: below 1, the forecast is better than the naive one
/// was within the training series. NaN if that was without error, as for a constant series.
///
/// Throws what regression_metrics and in_sample_error throw.
template <class Actual, class Predicted, class Series>
double mean_absolute_scaled_error(const Actual& actual, const Predicted& predicted, const Series& training,
                                  Index period = 1) {
  const double scale = in_sample_error(training, period), mae = regression_metrics(actual, predicted).mae;
  return scale > 0 ? mae / scale : RegressionMetrics::kUndefined;
}

/// Returns the metrics with `mase`, which needs the series that was trained on and its period.
template <class Actual, class Predicted, class Series>
RegressionMetrics regression_metrics(const Actual& actual, const Predicted& predicted, const Series& training,
                                     Index period = 1) {
  RegressionMetrics metrics = regression_metrics(actual, predicted);
  metrics.mase = mean_absolute_scaled_error(actual, predicted, training, period);
  return metrics;
}

/// One line without its end, whose numbers stand below those of other such lines:
///   MSE    0.002660  MAE     0.04113  RMSE     0.05158  R2      0.9947  Correlation      0.9974
std::ostream& operator<<(std::ostream& out, const RegressionMetrics& metrics);

/// A row of a metrics_table.
struct NamedMetrics {
  std::string name;  ///< of the model or the baseline, UTF-8
  RegressionMetrics metrics;
};

/// Writes the metrics of several forecasts of the same values side by side, a line for each under a line of titles:
///                        MSE      MAE     RMSE       R2  Correlation
///   attention-LSTM   0.002660  0.04113  0.05158   0.9947       0.9974
///   last value       0.010490  0.08365  0.10242   0.9789       0.9894
/// The errors of a column have the decimals that show 4 digits of the smallest. `columns` chooses others, in their
/// order; MAPE and sMAPE are in percent. Throws ConfigError for a value that is no metric.
std::string metrics_table(const std::vector<NamedMetrics>& rows,
                          std::span<const Metric> columns = metrics_parts::kUsualMetrics);

inline std::string metrics_table(const std::vector<NamedMetrics>& rows, std::initializer_list<Metric> columns) {
  return metrics_table(rows, std::span(columns.begin(), columns.size()));
}

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/metrics.inl>
#endif
