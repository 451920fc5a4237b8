#pragma once

#include <cstddef>
#include <ostream>
#include <span>
#include <string>

#include <tsattn/core/checks.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/forecasting/window_baselines.hpp>
#include <tsattn/training/evaluation.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::ostream& operator<<(std::ostream& out, const ForecastEvaluation& evaluation) {
  return out << metrics_table(evaluation.metrics);
}

namespace forecast_evaluation_parts {

template <class S>
std::span<const S> values_of(const Sequence<S>& sequence) {
  return {sequence.data(), static_cast<std::size_t>(sequence.size())};
}

/// Adds a forecast's rows to the evaluation.
template <class S>
void score(const std::string& name, const Sequence<S>& forecast, const Sequence<S>& actual, const Scaler& targets,
           ForecastEvaluation& evaluation) {
  require_shape("evaluate_forecasts", "forecasts of the windows", forecast, actual.shape());
  evaluation.scaled.push_back({name, regression_metrics(values_of(actual), values_of(forecast))});
  const auto y = targets.inverse_transform<double>(actual), p = targets.inverse_transform<double>(forecast);
  evaluation.metrics.push_back({name, regression_metrics(values_of(y), values_of(p))});
  ErrorByStep& errors = evaluation.by_step.emplace_back(ErrorByStep{name, {}});
  for (Index h = 0; h < y.time(); ++h) errors.mae.push_back((y.step(h) - p.step(h)).cwiseAbs().mean());
}

}  // namespace forecast_evaluation_parts

template <class S>
ForecastEvaluation evaluate_forecasts(const Windows<S>& windows, const Sequence<S>& actual, const Sequence<S>& forecast,
                                      const Scaler& scaler, const IndexRange& training, const EvaluateOptions& how) {
  const WindowOptions& options = windows.options();
  const Scaler targets = scaler.select(options.targets);
  ForecastEvaluation evaluation{.windows = windows.size(),
                                .horizon = options.horizon,
                                .targets = static_cast<Index>(options.targets.size()),
                                .period = how.period,
                                .metrics = {},
                                .scaled = {},
                                .by_step = {}};
  forecast_evaluation_parts::score("model", forecast, actual, targets, evaluation);
  forecast_evaluation_parts::score("last value", last_value_forecasts(windows), actual, targets, evaluation);
  if (evaluation.period == 0) evaluation.period = period_of_first_target(windows, training);
  if (evaluation.period > 1 && has_seasons_before(windows, evaluation.period))
    forecast_evaluation_parts::score("seasonal naive", seasonal_naive_forecasts(windows, evaluation.period), actual,
                                     targets, evaluation);
  forecast_evaluation_parts::score("drift", drift_forecasts(windows), actual, targets, evaluation);
  if (how.linear_autoregression)
    forecast_evaluation_parts::score("linear regression", linear_forecasts(windows, training), actual, targets,
                                     evaluation);
  return evaluation;
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(evaluate_forecasts);

}  // namespace tsattn
