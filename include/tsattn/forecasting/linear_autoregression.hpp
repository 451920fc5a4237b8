#pragma once

#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
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
    return learned(forecasting_parts::doubles_of(series), part, options);
  }

  const LinearAutoregressionOptions& options() const { return options_; }
  /// w [horizon, lookback], the last column that of the last known value; 0 there if `relative`.
  const Matrix<double>& weights() const { return weights_; }
  /// c [horizon], in the unit of the series.
  const Vector<double>& intercept() const { return intercept_; }

  /// Returns the `horizon` values after `window`, which is the last `lookback` ones. Throws ShapeError for another
  /// number, DataError, naming the index, if a value is not finite.
  template <class Window>
  auto forecast(const Window& window) const {
    using Scalar = typename decltype(forecasting_parts::span_of(window))::value_type;
    std::vector<Scalar> result;
    for (const double value : after(forecasting_parts::doubles_of(window)))
      result.push_back(static_cast<Scalar>(value));
    return result;
  }

 private:
  static constexpr std::string_view kFit = "LinearAutoregression::fit";
  /// Windows that are added at a time: with 96 + 96 steps 400 KB, which the processor's second cache holds.
  static constexpr Index kBlockWindows = 256;

  explicit LinearAutoregression(const LinearAutoregressionOptions& options) : options_(options) {}

  // What `fit` and `forecast` do, for doubles.
  static LinearAutoregression learned(const std::vector<double>& series, const IndexRange& part,
                                      const LinearAutoregressionOptions& options);
  std::vector<double> after(const std::vector<double>& window) const;
  void learn(std::vector<double> values);

  /// One row per window from `values` on: its known values, a 1 for the intercept, the values to forecast.
  void fill_equations(const double* values, Matrix<double>& equations) const;

  LinearAutoregressionOptions options_;
  double mean_ = 0;
  Matrix<double> weights_;
  Vector<double> intercept_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/linear_autoregression.inl>
#endif
