#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/forecasting/series_span.hpp>
#include <tsattn/forecasting/table_text.hpp>

namespace tsattn {

namespace metrics_parts {

using table_text::NumberFormat;

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

template <class Y, class P>
RegressionMetrics regression_metrics(std::span<const Y> y, std::span<const P> p) {
  constexpr std::string_view kWhere = "regression_metrics";
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

template <class Y>
double in_sample_error(std::span<const Y> y, Index period) {
  constexpr std::string_view kWhere = "in_sample_error";
  require_positive(kWhere, "a period", period);
  if (static_cast<Index>(y.size()) <= period)
    fail<DataError>(kWhere, "expected a training series of more than a period of ", period, " steps, got ", y.size());
  forecasting_parts::require_finite(kWhere, "training", y);
  double sum = 0;
  const auto lag = static_cast<std::size_t>(period);
  for (std::size_t t = lag; t < y.size(); ++t)
    sum += std::abs(static_cast<double>(y[t]) - static_cast<double>(y[t - lag]));
  return sum / static_cast<double>(y.size() - lag);
}

#if defined(TSATTN_COMPILED_LIBRARY)
template RegressionMetrics regression_metrics(std::span<const float>, std::span<const float>);
template RegressionMetrics regression_metrics(std::span<const float>, std::span<const double>);
template RegressionMetrics regression_metrics(std::span<const double>, std::span<const float>);
template RegressionMetrics regression_metrics(std::span<const double>, std::span<const double>);
template double in_sample_error(std::span<const float>, Index);
template double in_sample_error(std::span<const double>, Index);
#endif

}  // namespace metrics_parts

TSATTN_LIBRARY_FUNCTION std::ostream& operator<<(std::ostream& out, const RegressionMetrics& metrics) {
  std::string line;
  for (const Metric metric : metrics_parts::kUsualMetrics) {
    const metrics_parts::Column& column = metrics_parts::column_of(metric);
    const double value = metrics.*column.member;
    line.append(line.empty() ? "" : "  ").append(column.title).append(1, ' ');
    line += table_text::left_padded(column.format({&value, 1})(value), 11);
  }
  return out << line;
}

TSATTN_LIBRARY_FUNCTION std::string metrics_table(const std::vector<NamedMetrics>& rows,
                                                  std::span<const Metric> columns) {
  using namespace metrics_parts;
  using table_text::display_width, table_text::left_padded;
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

}  // namespace tsattn
