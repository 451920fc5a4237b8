#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/forecasting/least_squares.hpp>
#include <tsattn/forecasting/linear_autoregression.hpp>
#include <tsattn/forecasting/series_span.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION LinearAutoregression LinearAutoregression::learned(const std::vector<double>& series,
                                                                           const IndexRange& part,
                                                                           const LinearAutoregressionOptions& options) {
  require_positive(kFit, "a lookback", options.lookback);
  require_positive(kFit, "a horizon", options.horizon);
  const auto length = static_cast<Index>(series.size());
  if (part.begin < 0 || part.end > length)
    fail<ConfigError>(kFit, "expected a part of the series, got steps ", part.begin, " to ", part.end, " of ", length);
  if (part.size() < options.lookback || part.size() - options.lookback < options.horizon)
    fail<DataError>(kFit, "expected a part with room for a window of ", options.lookback, " + ", options.horizon,
                    " steps, got steps ", part.begin, " to ", part.end,
                    "; use a longer part or a smaller lookback or horizon");
  std::vector<double> values;
  for (Index t = part.begin; t < part.end; ++t) {
    values.push_back(series[static_cast<std::size_t>(t)]);
    if (!std::isfinite(values.back()))
      fail<DataError>(kFit, "expected finite values, got series[", t, "] = ", values.back());
  }
  LinearAutoregression model(options);
  model.learn(std::move(values));
  return model;
}

TSATTN_LIBRARY_FUNCTION std::vector<double> LinearAutoregression::after(const std::vector<double>& x) const {
  constexpr std::string_view kWhere = "LinearAutoregression::forecast";
  if (static_cast<Index>(x.size()) != options_.lookback)
    fail<ShapeError>(kWhere, "expected a window of ", options_.lookback, " values, got ", x.size());
  forecasting_parts::require_finite(kWhere, "window", std::span<const double>(x));
  const double origin = options_.relative ? x.back() : mean_;
  std::vector<double> y(static_cast<std::size_t>(options_.horizon));
  for (std::size_t h = 0; h < y.size(); ++h) y[h] = intercept_(static_cast<Index>(h));
  for (std::size_t l = 0; l < x.size(); ++l) {
    const double from_origin = x[l] - origin;
    for (std::size_t h = 0; h < y.size(); ++h)
      y[h] += weights_(static_cast<Index>(h), static_cast<Index>(l)) * from_origin;
  }
  for (double& value : y) value = origin + value;
  return y;
}

TSATTN_LIBRARY_FUNCTION void LinearAutoregression::learn(std::vector<double> values) {
  // Around 0 and of size 1, so that the intercept's column of ones is neither lost beside the others nor hides them.
  mean_ = values[0];
  double sum = 0, scale = 0;
  for (const double value : values) sum += value - values[0];
  mean_ += sum / static_cast<double>(values.size());
  for (double& value : values) scale = (std::max)(scale, std::abs(value -= mean_));
  if (scale > 0)
    for (double& value : values) value /= scale;

  const Index lookback = options_.lookback, horizon = options_.horizon, unknowns = lookback + 1;
  const Index windows = static_cast<Index>(values.size()) - lookback - horizon + 1;
  LeastSquares problem(unknowns, horizon);
  for (Index begin = 0; begin < windows; begin += kBlockWindows) {
    Matrix<double> equations((std::min)(kBlockWindows, windows - begin), unknowns + horizon);
    fill_equations(&values[static_cast<std::size_t>(begin)], equations);
    problem.add(equations);
  }
  const Matrix<double> solution = std::move(problem).solution();
  weights_ = solution.map().leftCols(lookback);
  intercept_ = solution.map().col(lookback) * (scale > 0 ? scale : 1);
}

TSATTN_LIBRARY_FUNCTION void LinearAutoregression::fill_equations(const double* values,
                                                                  Matrix<double>& equations) const {
  const Index windows = equations.rows(), lookback = options_.lookback;
  for (Index j = 0; j < equations.cols(); ++j) {
    double* const column = &equations(0, j);
    if (j == lookback) {
      std::fill_n(column, windows, 1.0);
      continue;
    }
    const double* const from = values + (j < lookback ? j : j - 1);
    for (Index i = 0; i < windows; ++i) column[i] = from[i] - (options_.relative ? values[i + lookback - 1] : 0.0);
  }
}

}  // namespace tsattn
