#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/forecasting/window_baselines.hpp>
#include <tsattn/training/evaluation.hpp>

namespace tsattn {

/// Forecasts and what happened, [horizon, windows, targets] each.
template <class S>
struct ForecastPairs {
  Sequence<S> forecast, actual;
};

struct EvaluateOptions {
  /// The period of the seasonal naive forecast, in steps; 0: found by the autocorrelation of the first target in the
  /// training part (seasonality.hpp). That forecast is left out if there is no period or the series begins too late for
  /// it.
  Index period = 0;
  bool linear_autoregression = true;  ///< whether to fit one, which may take longer than all else
  EvaluationOptions run = {};
};

/// The errors of one forecast, a value for each step of the horizon.
struct ErrorByStep {
  std::string name;
  std::vector<double> mae;  ///< in the unit of the series
};

/// How good a model's forecasts are, beside forecasts that need no model: the first row is the model's.
struct ForecastEvaluation {
  Index windows = 0, horizon = 0, targets = 0;  ///< the metrics are means over windows * horizon * targets values
  Index period = 0;                             ///< of the seasonal naive forecast, in steps; 0: there is none
  std::vector<NamedMetrics> metrics;            ///< in the units of the series
  std::vector<NamedMetrics> scaled;             ///< of the scaled values, as most published tables have them
  std::vector<ErrorByStep> by_step;             ///< as `metrics`, one value for each step
};

/// The table of `metrics`.
std::ostream& operator<<(std::ostream& out, const ForecastEvaluation& evaluation);

/// Scores `forecast` [horizon, windows, targets], a model's on scaled values, and the forecasts that need no model: the
/// last value, the seasonal naive forecast, drift and a linear autoregression. What these learn comes from the rows
/// `training` of the windows' series, which was scaled by `scaler`. Throws ShapeError if the forecasts are not of these
/// windows, DataError if one is not finite.
template <class S>
ForecastEvaluation evaluate_forecasts(const Windows<S>& windows, const Sequence<S>& actual, const Sequence<S>& forecast,
                                      const Scaler& scaler, const IndexRange& training, const EvaluateOptions& how);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/forecast_evaluation.inl>
#endif
