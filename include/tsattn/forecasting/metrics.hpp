#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <locale>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/unfused_product.hpp>
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

/// Writes numbers with `decimals` decimals, or with an exponent and 4 digits.
struct NumberFormat {
  int decimals = 4;
  bool exponent = false;

  std::string operator()(double value) const {
    if (std::isnan(value)) return "nan";  // some libraries write -nan
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text.setf(exponent ? std::ios_base::scientific : std::ios_base::fixed, std::ios_base::floatfield);
    text.precision(exponent ? 3 : decimals);
    text << value;
    return text.str();
  }
};

/// One format for the errors of a column, so that their decimal points stand below each other: 4 significant digits for
/// the smallest.
inline NumberFormat format_of_errors(std::span<const double> column) {
  double smallest = (std::numeric_limits<double>::infinity)(), largest = 0;
  for (const double value : column) {
    if (!std::isfinite(value) || value == 0) continue;
    smallest = (std::min)(smallest, std::abs(value));
    largest = (std::max)(largest, std::abs(value));
  }
  if (largest == 0) return {};
  const int decimals = (std::max)(0, 3 - static_cast<int>(std::floor(std::log10(smallest))));
  const int digits = (std::max)(0, static_cast<int>(std::floor(std::log10(largest)))) + 1;
  return {decimals, decimals + digits > 10};
}

/// Four decimals for numbers without a unit, most of which lie in [-1, 1].
inline NumberFormat format_of_scores(std::span<const double> column) {
  const bool is_long =
      std::any_of(column.begin(), column.end(), [](double v) { return std::isfinite(v) && std::abs(v) >= 1e7; });
  return {4, is_long};
}

struct Column {
  Metric metric;
  std::string_view title;
  double RegressionMetrics::*member;
  NumberFormat (*format)(std::span<const double>);
};
inline constexpr Column kColumns[] = {
    {Metric::mse, "MSE", &RegressionMetrics::mse, format_of_errors},
    {Metric::mae, "MAE", &RegressionMetrics::mae, format_of_errors},
    {Metric::rmse, "RMSE", &RegressionMetrics::rmse, format_of_errors},
    {Metric::r2, "R2", &RegressionMetrics::r2, format_of_scores},
    {Metric::correlation, "Correlation", &RegressionMetrics::correlation, format_of_scores},
    {Metric::mape, "MAPE %", &RegressionMetrics::mape, format_of_errors},
    {Metric::smape, "sMAPE %", &RegressionMetrics::smape, format_of_errors},
    {Metric::mase, "MASE", &RegressionMetrics::mase, format_of_errors}};

inline const Column& column_of(Metric metric) {
  for (const Column& column : kColumns)
    if (column.metric == metric) return column;
  fail<ConfigError>("metrics_table", "expected a metric, got the value ", static_cast<int>(metric));
}

/// What is shown unless other columns are chosen.
inline constexpr Metric kUsualMetrics[] = {Metric::mse, Metric::mae, Metric::rmse, Metric::r2, Metric::correlation};

/// The places that UTF-8 text takes on a terminal, if each character takes one.
inline std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

inline std::string left_padded(std::string_view text, std::size_t width) {
  return std::string(width - (std::min)(width, display_width(text)), ' ').append(text);
}

}  // namespace metrics_parts

/// The metrics of `predicted` against `actual`, two contiguous ranges (vector, array, span) of float or double and of
/// one length. All sums are of doubles; squares and products are of differences from the mean, which a first pass
/// finds, so a series far from 0 loses no digits (the two-pass algorithm in Chan, Golub & LeVeque 1983, "Algorithms for
/// computing the sample variance").
///
/// A constant `actual` has neither an R2 nor a correlation, and a constant `predicted` has no correlation: they are NaN
/// by definition (0 / 0), not the 0 or 1 that some libraries put there.
///
/// Throws ShapeError if the lengths differ, DataError if both are empty or, naming the index, if a value is not finite.
template <class Actual, class Predicted>
RegressionMetrics regression_metrics(const Actual& actual, const Predicted& predicted) {
  constexpr std::string_view kWhere = "regression_metrics";
  const auto y = forecasting_parts::span_of(actual);
  const auto p = forecasting_parts::span_of(predicted);
  if (y.size() != p.size())
    fail<ShapeError>(kWhere, "expected as many predicted values as actual ones, got ", p.size(), " and ", y.size());
  if (y.empty()) fail<DataError>(kWhere, "expected at least one value, got none");
  forecasting_parts::require_finite(kWhere, "actual", y);
  forecasting_parts::require_finite(kWhere, "predicted", p);

  // Both series are counted from their first value: a constant one is then exactly 0.
  const auto n = static_cast<double>(y.size());
  const auto y0 = static_cast<double>(y[0]), p0 = static_cast<double>(p[0]);
  double squared = 0, absolute = 0, relative = 0, symmetric = 0, y_mean = 0, p_mean = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(p[i]);
    const double y_size = std::abs(static_cast<double>(y[i])), p_size = std::abs(static_cast<double>(p[i]));
    squared += unfused_product(error, error);
    absolute += std::abs(error);
    relative += y_size > 0 ? std::abs(error) / y_size : RegressionMetrics::kUndefined;
    if (error != 0) symmetric += std::abs(error) / (y_size + p_size);
    y_mean += static_cast<double>(y[i]) - y0;
    p_mean += static_cast<double>(p[i]) - p0;
  }
  y_mean /= n;
  p_mean /= n;

  double yy = 0, pp = 0, yp = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double dy = static_cast<double>(y[i]) - y0 - y_mean, dp = static_cast<double>(p[i]) - p0 - p_mean;
    yy += unfused_product(dy, dy);
    pp += unfused_product(dp, dp);
    yp += unfused_product(dy, dp);
  }

  constexpr double kUndefined = RegressionMetrics::kUndefined;
  RegressionMetrics metrics;
  metrics.mse = squared / n;
  metrics.mae = absolute / n;
  metrics.rmse = std::sqrt(metrics.mse);
  metrics.r2 = yy > 0 ? 1 - squared / yy : kUndefined;
  metrics.correlation =
      yy > 0 && pp > 0 ? (std::max)(-1.0, (std::min)(1.0, yp / (std::sqrt(yy) * std::sqrt(pp)))) : kUndefined;
  metrics.mape = 100 * relative / n;
  metrics.smape = 200 * symmetric / n;
  return metrics;
}

/// The mean absolute error of the naive forecast within a training series of n steps, what MASE is relative to:
///   sum_{t > period} |y_t - y_{t - period}| / (n - period)
/// `period` is the length of a season in steps; 1 for a series without. Source: Hyndman & Koehler 2006, section 3.1;
/// for seasons, Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, section 5.8.
///
/// Throws ConfigError for a period below 1, DataError if the series has no step more than a period or, naming the
/// index, if a value is not finite.
template <class Series>
double in_sample_error(const Series& training, Index period = 1) {
  constexpr std::string_view kWhere = "in_sample_error";
  require_positive(kWhere, "a period", period);
  const auto y = forecasting_parts::span_of(training);
  if (static_cast<Index>(y.size()) <= period)
    fail<DataError>(kWhere, "expected a training series of more than a period of ", period, " steps, got ", y.size());
  forecasting_parts::require_finite(kWhere, "training", y);
  double sum = 0;
  const auto lag = static_cast<std::size_t>(period);
  for (std::size_t t = lag; t < y.size(); ++t)
    sum += std::abs(static_cast<double>(y[t]) - static_cast<double>(y[t - lag]));
  return sum / static_cast<double>(y.size() - lag);
}

/// The mean absolute scaled error, mae / in_sample_error: below 1, the forecast is better than the naive one was within
/// the training series. NaN if that was without error, as for a constant series.
///
/// Throws what regression_metrics and in_sample_error throw.
template <class Actual, class Predicted, class Series>
double mean_absolute_scaled_error(const Actual& actual, const Predicted& predicted, const Series& training,
                                  Index period = 1) {
  const double scale = in_sample_error(training, period), mae = regression_metrics(actual, predicted).mae;
  return scale > 0 ? mae / scale : RegressionMetrics::kUndefined;
}

/// The metrics with `mase`, which needs the series that was trained on and its period.
template <class Actual, class Predicted, class Series>
RegressionMetrics regression_metrics(const Actual& actual, const Predicted& predicted, const Series& training,
                                     Index period = 1) {
  RegressionMetrics metrics = regression_metrics(actual, predicted);
  metrics.mase = mean_absolute_scaled_error(actual, predicted, training, period);
  return metrics;
}

/// One line without its end, whose numbers stand below those of other such lines:
///   MSE    0.002660  MAE     0.04113  RMSE     0.05158  R2      0.9947  Correlation      0.9974
inline std::ostream& operator<<(std::ostream& out, const RegressionMetrics& metrics) {
  std::string line;
  for (const Metric metric : metrics_parts::kUsualMetrics) {
    const metrics_parts::Column& column = metrics_parts::column_of(metric);
    const double value = metrics.*column.member;
    line.append(line.empty() ? "" : "  ").append(column.title).append(1, ' ');
    line += metrics_parts::left_padded(column.format({&value, 1})(value), 11);
  }
  return out << line;
}

/// A row of a metrics_table.
struct NamedMetrics {
  std::string name;  ///< of the model or the baseline, UTF-8
  RegressionMetrics metrics;
};

/// The metrics of several forecasts of the same values side by side, a line for each under a line of titles:
///                        MSE      MAE     RMSE       R2  Correlation
///   attention-LSTM   0.002660  0.04113  0.05158   0.9947       0.9974
///   last value       0.010490  0.08365  0.10242   0.9789       0.9894
/// The errors of a column have the decimals that show 4 digits of the smallest. `columns` chooses others, in their
/// order; MAPE and sMAPE are in percent. Throws ConfigError for a value that is no metric.
inline std::string metrics_table(const std::vector<NamedMetrics>& rows,
                                 std::span<const Metric> columns = metrics_parts::kUsualMetrics) {
  using namespace metrics_parts;
  std::size_t name_width = 0;
  for (const NamedMetrics& row : rows) name_width = (std::max)(name_width, display_width(row.name));
  std::vector<std::string> lines{std::string(name_width, ' ')};
  for (const NamedMetrics& row : rows)
    lines.push_back(row.name + std::string(name_width - display_width(row.name), ' '));

  for (const Metric metric : columns) {
    const Column& column = column_of(metric);
    std::vector<double> values;
    for (const NamedMetrics& row : rows) values.push_back(row.metrics.*column.member);
    const NumberFormat format = column.format(values);
    std::vector<std::string> cells{std::string(column.title)};
    for (const double value : values) cells.push_back(format(value));
    std::size_t width = 7;
    for (const std::string& cell : cells) width = (std::max)(width, cell.size());
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] += "  " + left_padded(cells[i], width);
  }
  std::string table;
  for (const std::string& line : lines) table += line + '\n';
  return table;
}

inline std::string metrics_table(const std::vector<NamedMetrics>& rows, std::initializer_list<Metric> columns) {
  return metrics_table(rows, std::span(columns.begin(), columns.size()));
}

}  // namespace tsattn
