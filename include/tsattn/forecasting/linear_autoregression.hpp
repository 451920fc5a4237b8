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
#include <tsattn/forecasting/series_span.hpp>

namespace tsattn {

struct LinearAutoregressionOptions {
  Index lookback = 0;     ///< known values that a forecast is made of, at least 1
  Index horizon = 1;      ///< values after them that are forecast, at least 1
  bool relative = false;  ///< count all of them from the last known one: a level that has changed does no harm
};

/// Linear autoregression: each of the next values is a weighted sum of the last `lookback` ones, with weights of its
/// own (a direct forecast: none is fed back),
///   y_hat[t + h] = o + c_h + sum_{l = 1..lookback} w_hl (y[t - lookback + l] - o)        h = 1, ..., horizon
/// where o is the mean of the training part or, if `relative`, y[t]. Weights are those of least squares over all
/// windows of the training part; where there are too few, or all are alike, those of the least norm.
///
/// What a network must beat. Source: Toner & Darlow 2024, "An analysis of linear time series forecasting models", which
/// finds the closed form ahead of linear models that are trained; `relative` is the NLinear of Zeng, Chen, Zhang & Xu
/// 2023, "Are transformers effective for time series forecasting?".
class LinearAutoregression {
 public:
  /// Learns from the windows of lookback + horizon steps that lie in `part` of `series`, a contiguous range of float or
  /// double in time order, and from nothing outside. With n windows this takes of the order of n lookback (lookback +
  /// horizon) operations, and memory for a few hundred windows.
  ///
  /// Throws ConfigError for sizes below 1 or a part outside the series, DataError if there is no such window or, naming
  /// the index, if a value of the part is not finite.
  template <class Series>
  static LinearAutoregression fit(const Series& series, const IndexRange& part,
                                  const LinearAutoregressionOptions& options) {
    const auto all = forecasting_parts::span_of(series);
    require_positive(kFit, "a lookback", options.lookback);
    require_positive(kFit, "a horizon", options.horizon);
    const auto length = static_cast<Index>(all.size());
    if (part.begin < 0 || part.end > length)
      fail<ConfigError>(kFit, "expected a part of the series, got steps ", part.begin, " to ", part.end, " of ",
                        length);
    if (part.size() < options.lookback || part.size() - options.lookback < options.horizon)
      fail<DataError>(kFit, "expected a part with room for a window of ", options.lookback, " + ", options.horizon,
                      " steps, got steps ", part.begin, " to ", part.end,
                      "; use a longer part or a smaller lookback or horizon");
    std::vector<double> values;
    for (Index t = part.begin; t < part.end; ++t) {
      values.push_back(static_cast<double>(all[static_cast<std::size_t>(t)]));
      if (!std::isfinite(values.back()))
        fail<DataError>(kFit, "expected finite values, got series[", t, "] = ", values.back());
    }
    LinearAutoregression model(options);
    model.learn(std::move(values));
    return model;
  }

  const LinearAutoregressionOptions& options() const { return options_; }
  /// w [horizon, lookback], the last column that of the last known value; 0 there if `relative`.
  const Matrix<double>& weights() const { return weights_; }
  /// c [horizon], in the unit of the series.
  const Vector<double>& intercept() const { return intercept_; }

  /// The `horizon` values after `window`, which is the last `lookback` ones. Throws ShapeError for another number,
  /// DataError, naming the index, if a value is not finite.
  template <class Window>
  auto forecast(const Window& window) const {
    constexpr std::string_view kWhere = "LinearAutoregression::forecast";
    const auto x = forecasting_parts::span_of(window);
    if (static_cast<Index>(x.size()) != options_.lookback)
      fail<ShapeError>(kWhere, "expected a window of ", options_.lookback, " values, got ", x.size());
    forecasting_parts::require_finite(kWhere, "window", x);
    const double origin = options_.relative ? static_cast<double>(x.back()) : mean_;
    std::vector<double> y(static_cast<std::size_t>(options_.horizon));
    for (std::size_t h = 0; h < y.size(); ++h) y[h] = intercept_(static_cast<Index>(h));
    for (std::size_t l = 0; l < x.size(); ++l) {
      const double from_origin = static_cast<double>(x[l]) - origin;
      for (std::size_t h = 0; h < y.size(); ++h)
        y[h] += weights_(static_cast<Index>(h), static_cast<Index>(l)) * from_origin;
    }
    std::vector<typename decltype(x)::value_type> result;
    for (const double value : y) result.push_back(static_cast<typename decltype(x)::value_type>(origin + value));
    return result;
  }

 private:
  static constexpr std::string_view kFit = "LinearAutoregression::fit";
  /// Windows that are added at a time: with 96 + 96 steps 400 KB, which the processor's second cache holds.
  static constexpr Index kBlockWindows = 256;

  explicit LinearAutoregression(const LinearAutoregressionOptions& options) : options_(options) {}

  void learn(std::vector<double> values) {
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

  /// One row per window from `values` on: its known values, a 1 for the intercept, the values to forecast.
  void fill_equations(const double* values, Matrix<double>& equations) const {
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

  LinearAutoregressionOptions options_;
  double mean_ = 0;
  Matrix<double> weights_;
  Vector<double> intercept_;
};

}  // namespace tsattn
