#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <locale>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tsattn/core/errors.hpp>

namespace tsattn {

/// How well predictions p_1, ..., p_n match the actual values y_1, ..., y_n; mean(y) is the mean of the y_i.
struct RegressionMetrics {
  double mse = 0;          ///< mean of (y_i - p_i)^2: the squared unit of y, at least 0
  double mae = 0;          ///< mean of |y_i - p_i|: the unit of y, at least 0
  double rmse = 0;         ///< square root of mse: the unit of y, at least 0
  double r2 = 0;           ///< 1 - sum (y_i - p_i)^2 / sum (y_i - mean(y))^2: no unit, at most 1; NaN if y is constant
  double correlation = 0;  ///< Pearson's, of y and p: no unit, in [-1, 1]; NaN if y or p is constant
};

namespace metrics_parts {

template <class Scalar>
void require_finite(std::string_view name, std::span<const Scalar> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      fail<DataError>("regression_metrics", "expected finite values, got ", name, '[', i, "] = ", values[i]);
}

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
  std::string_view title;
  double RegressionMetrics::*member;
  NumberFormat (*format)(std::span<const double>);
};
inline constexpr std::array<Column, 5> kColumns{{{"MSE", &RegressionMetrics::mse, format_of_errors},
                                                 {"MAE", &RegressionMetrics::mae, format_of_errors},
                                                 {"RMSE", &RegressionMetrics::rmse, format_of_errors},
                                                 {"R2", &RegressionMetrics::r2, format_of_scores},
                                                 {"Correlation", &RegressionMetrics::correlation, format_of_scores}}};

inline std::string left_padded(std::string_view text, std::size_t width) {
  return std::string(width - (std::min)(width, text.size()), ' ').append(text);
}

/// The places that UTF-8 text takes on a terminal, if each character takes one.
inline std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
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
  const std::span y(actual);
  const std::span p(predicted);
  static_assert(std::is_floating_point_v<typename decltype(y)::value_type> &&
                    std::is_floating_point_v<typename decltype(p)::value_type>,
                "metrics are computed from float or double");
  if (y.size() != p.size())
    fail<ShapeError>("regression_metrics", "expected as many predicted values as actual ones, got ", p.size(), " and ",
                     y.size());
  if (y.empty()) fail<DataError>("regression_metrics", "expected at least one value, got none");
  metrics_parts::require_finite("actual", std::span<const typename decltype(y)::value_type>(y));
  metrics_parts::require_finite("predicted", std::span<const typename decltype(p)::value_type>(p));

  // Both series are counted from their first value: a constant one is then exactly 0.
  const auto n = static_cast<double>(y.size());
  const auto y0 = static_cast<double>(y[0]), p0 = static_cast<double>(p[0]);
  double squared = 0, absolute = 0, y_mean = 0, p_mean = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = static_cast<double>(y[i]) - static_cast<double>(p[i]);
    squared += error * error;
    absolute += std::abs(error);
    y_mean += static_cast<double>(y[i]) - y0;
    p_mean += static_cast<double>(p[i]) - p0;
  }
  y_mean /= n;
  p_mean /= n;

  double yy = 0, pp = 0, yp = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double dy = static_cast<double>(y[i]) - y0 - y_mean, dp = static_cast<double>(p[i]) - p0 - p_mean;
    yy += dy * dy;
    pp += dp * dp;
    yp += dy * dp;
  }

  constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
  RegressionMetrics metrics;
  metrics.mse = squared / n;
  metrics.mae = absolute / n;
  metrics.rmse = std::sqrt(metrics.mse);
  metrics.r2 = yy > 0 ? 1 - squared / yy : kUndefined;
  metrics.correlation =
      yy > 0 && pp > 0 ? (std::max)(-1.0, (std::min)(1.0, yp / (std::sqrt(yy) * std::sqrt(pp)))) : kUndefined;
  return metrics;
}

/// One line without its end, whose numbers stand below those of other such lines:
///   MSE    0.002660  MAE     0.04113  RMSE     0.05158  R2      0.9947  Correlation      0.9974
inline std::ostream& operator<<(std::ostream& out, const RegressionMetrics& metrics) {
  std::string line;
  for (const auto& column : metrics_parts::kColumns) {
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
/// The errors of a column have the decimals that show 4 digits of the smallest.
inline std::string metrics_table(const std::vector<NamedMetrics>& rows) {
  using namespace metrics_parts;
  std::size_t name_width = 0;
  for (const NamedMetrics& row : rows) name_width = (std::max)(name_width, display_width(row.name));
  std::vector<std::string> lines{std::string(name_width, ' ')};
  for (const NamedMetrics& row : rows)
    lines.push_back(row.name + std::string(name_width - display_width(row.name), ' '));

  for (const Column& column : kColumns) {
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
