#pragma once

#include <optional>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/split.hpp>
#include <tsattn/data/window_options.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/forecast_stream.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/history.hpp>
#include <tsattn/training/trainer.hpp>

namespace tsattn {

/// A model with all that stands between a series and its forecast: scaling learned from the training part alone,
/// windows, normalization, and the way back to the units of the series.
///
///   Forecaster<float> forecaster(model, {.lookback = 96, .horizon = 24});
///   forecaster.fit(series, {.epochs = 20, .callbacks = {EarlyStopping{}}});
///   std::cout << forecaster.evaluate(series);    // beside naive forecasts, on the part that training never saw
///   forecaster.forecast(series);                 // the 24 steps after the end
///
/// A series is [L, 1, F] of float or double; the windows' features are its features.
template <class S>
class Forecaster {
 public:
  /// Makes a forecaster of a model that reads [time=lookback, features] and gives [time=1, features=horizon * targets],
  /// step after step; see WindowOptions, and ForecastWindows for the changes that `options` make. Throws ConfigError
  /// for options that contradict each other; whether the model fits them shows in `fit`.
  Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options = {});
  /// Makes a forecaster that was fitted before.
  Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options, Scaler scaler);

  Graph<S>& model() { return model_; }
  const Graph<S>& model() const { return model_; }
  const WindowOptions& windows() const { return windows_; }
  const ForecastOptions& options() const { return options_; }
  /// Throws ConfigError before `fit`.
  const Scaler& scaler() const;

  /// Learns the scaling and trains the model on the windows whose targets lie in the training part; the validation
  /// part, unless it is empty, gives the validation loss. Nothing after the validation part is looked at. Throws as
  /// Scaler::fit, Windows and Trainer::fit.
  template <class R>
  History fit(const Sequence<R>& series, const SeriesParts& parts, const FitOptions& fit,
              AnyOptimizer<S> optimizer = Adam{}, AnyLoss loss = MeanSquaredError{}) {
    Scaler scaler = Scaler::fit(options_.scaling, series, parts.training);
    const Sequence<S> scaled = scaler.template transform<S>(series);
    return fit_scaled(scaled, std::move(scaler), parts, fit, std::move(optimizer), std::move(loss));
  }
  /// On the first 70 % of the series, with the next 10 % as the validation part; see series_parts.
  template <class R>
  History fit(const Sequence<R>& series, const FitOptions& fit) {
    return this->fit(series, series_parts(series.time()), fit);
  }

  /// Returns the forecasts of all windows whose targets lie in `part`, and what happened, both [horizon, windows,
  /// targets], on the scaled values. Throws as Windows and tsattn::predict.
  template <class R>
  ForecastPairs<S> predict(const Sequence<R>& series, const IndexRange& part, const EvaluationOptions& how = {}) const {
    return predict_scaled(scaler().template transform<S>(series), part, how);
  }

  /// How good the forecasts of all windows with targets in parts.test are, beside those of forecasts without a model.
  /// Those learn, as the model did, from parts.training alone. Throws as `predict`.
  template <class R>
  ForecastEvaluation evaluate(const Sequence<R>& series, const SeriesParts& parts,
                              const EvaluateOptions& how = {}) const {
    return evaluate_scaled(scaler().template transform<S>(series), parts, how);
  }
  /// On the last 20 % of the series, which `fit(series, ...)` did not see.
  template <class R>
  ForecastEvaluation evaluate(const Sequence<R>& series, const EvaluateOptions& how = {}) const {
    return evaluate(series, series_parts(series.time()), how);
  }

  /// Returns the steps that follow the first `rows` rows of the series, in its units: [horizon, 1, targets]. What comes
  /// after these rows is not looked at, but for the features that are known in advance, which must be there. Throws
  /// DataError if there are fewer rows than the lookback needs, or such a value is missing.
  template <class R>
  Sequence<double> forecast(const Sequence<R>& series, Index rows) const;
  template <class R>
  Sequence<double> forecast(const Sequence<R>& series) const {
    return forecast(series, series.time());
  }

  /// Makes of the forecaster something that takes one row at a time. Throws ConfigError before `fit`, for features that
  /// are known in advance, or as Graph::stream, naming the layer, if the model cannot run step by step; ShapeError for
  /// a model that does not fit the windows.
  ForecastStream<S> stream() const { return ForecastStream<S>(model_, windows_, options_, scaler()); }

 private:
  bool is_recursive() const { return options_.strategy == Strategy::recursive; }

  History fit_scaled(const Sequence<S>& scaled, Scaler scaler, const SeriesParts& parts, const FitOptions& fit,
                     AnyOptimizer<S> optimizer, AnyLoss loss);
  ForecastPairs<S> predict_scaled(const Sequence<S>& scaled, const IndexRange& part,
                                  const EvaluationOptions& how) const;
  ForecastEvaluation evaluate_scaled(const Sequence<S>& scaled, const SeriesParts& parts,
                                     const EvaluateOptions& how) const;
  /// Of all windows, on the scaled values.
  Sequence<S> forecasts(const Windows<S>& windows, const EvaluationOptions& how) const;

  Graph<S> model_;
  WindowOptions windows_;
  ForecastOptions options_;
  std::optional<Scaler> scaler_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/forecaster.inl>
#endif
