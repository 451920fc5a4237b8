#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/split.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/forecast_stream.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/training/evaluation.hpp>
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
  /// The model reads [time=lookback, features] and gives [time=1, features=horizon * targets], step after step; see
  /// WindowOptions, and ForecastWindows for the changes that `options` make. Throws ConfigError for options that
  /// contradict each other; whether the model fits them shows in `fit`.
  Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options = {})
      : model_(std::move(model)), windows_(std::move(windows)), options_(options) {
    require_consistent(windows_, options_);
  }
  /// Makes a forecaster that was fitted before.
  Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options, Scaler scaler)
      : Forecaster(std::move(model), std::move(windows), options) {
    scaler_ = std::move(scaler);
  }

  Graph<S>& model() { return model_; }
  const Graph<S>& model() const { return model_; }
  const WindowOptions& windows() const { return windows_; }
  const ForecastOptions& options() const { return options_; }
  /// Throws ConfigError before `fit`.
  const Scaler& scaler() const {
    if (!scaler_) fail<ConfigError>("Forecaster", "expected a forecaster that was fitted; call fit first");
    return *scaler_;
  }

  /// Learns the scaling and trains the model on the windows whose targets lie in the training part; the validation
  /// part, unless it is empty, gives the validation loss. Nothing after the validation part is looked at. Throws as
  /// Scaler::fit, Windows and Trainer::fit.
  template <class R>
  History fit(const Sequence<R>& series, const SeriesParts& parts, const FitOptions& fit,
              AnyOptimizer<S> optimizer = Adam{}, AnyLoss loss = MeanSquaredError{}) {
    Scaler scaler = Scaler::fit(options_.scaling, series, parts.training);
    const Sequence<S> scaled = scaler.template transform<S>(series);
    const WindowOptions trained = windows_of_model(windows_, options_);
    const Windows<S> training_windows(scaled, trained, parts.training);
    const ForecastWindows<S> training(training_windows, options_.normalization, options_.channels);
    if (is_recursive() && windows_.horizon > 1) training.require_targets_for_inputs();
    Trainer<S> trainer(model_, std::move(optimizer), std::move(loss));
    if (parts.validation.size() == 0) {
      scaler_ = std::move(scaler);
      return trainer.fit(training, fit);
    }
    const Windows<S> validation_windows(scaled, trained, parts.validation);
    const ForecastWindows<S> validation(validation_windows, options_.normalization, options_.channels);
    scaler_ = std::move(scaler);
    return trainer.fit(training, validation, fit);
  }
  /// On the first 70 % of the series, with the next 10 % as the validation part; see series_parts.
  template <class R>
  History fit(const Sequence<R>& series, const FitOptions& fit) {
    return this->fit(series, series_parts(series.time()), fit);
  }

  /// The forecasts of all windows whose targets lie in `part`, and what happened, both [horizon, windows, targets], on
  /// the scaled values. Throws as Windows and tsattn::predict.
  template <class R>
  ForecastPairs<S> predict(const Sequence<R>& series, const IndexRange& part, const EvaluationOptions& how = {}) const {
    const Sequence<S> scaled = scaler().template transform<S>(series);
    const Windows<S> windows(scaled, windows_, part);
    const ForecastWindows<S> samples(windows, options_.normalization, options_.channels);
    return {forecasts(windows, how), samples.actual()};
  }

  /// How good the forecasts of all windows with targets in parts.test are, beside those of forecasts without a model.
  /// Those learn, as the model did, from parts.training alone. Throws as `predict`.
  template <class R>
  ForecastEvaluation evaluate(const Sequence<R>& series, const SeriesParts& parts,
                              const EvaluateOptions& how = {}) const {
    const Sequence<S> scaled = scaler().template transform<S>(series);
    const Windows<S> windows(scaled, windows_, parts.test);
    const ForecastWindows<S> samples(windows, options_.normalization, options_.channels);
    return evaluate_forecasts(windows, samples.actual(), forecasts(windows, how.run), scaler(), parts.training, how);
  }
  /// On the last 20 % of the series, which `fit(series, ...)` did not see.
  template <class R>
  ForecastEvaluation evaluate(const Sequence<R>& series, const EvaluateOptions& how = {}) const {
    return evaluate(series, series_parts(series.time()), how);
  }

  /// The steps that follow the first `rows` rows of the series, in its units: [horizon, 1, targets]. What comes after
  /// these rows is not looked at, but for the features that are known in advance, which must be there. Throws DataError
  /// if there are fewer rows than the lookback needs, or such a value is missing.
  template <class R>
  Sequence<double> forecast(const Sequence<R>& series, Index rows) const {
    const WindowLayout layout(windows_, scaler().features());
    const Index past = layout.past_rows(), ahead = layout.rows_ahead();
    if (series.batch() != 1)
      fail<ShapeError>("Forecaster::forecast", "expected one series (batch 1), got ", series.shape());
    if (rows > series.time())
      fail<ConfigError>("Forecaster::forecast", "expected rows of the series, got ", rows, " of ", series.time());
    if (rows < past)
      fail<DataError>("Forecaster::forecast", "expected at least ", past, " rows to forecast from, got ", rows);
    if (!windows_.known_future.empty() && rows + ahead > series.time())
      fail<DataError>("Forecaster::forecast", "expected the features that are known in advance up to ", ahead,
                      " rows ahead, got ", series.time() - rows);
    // The rows of one window. What is not known yet is 0, and not read.
    Sequence<double> around({past + ahead, 1, series.features()});
    const std::vector<Index>& known = windows_.known_future;
    for (Index f = 0; f < series.features(); ++f) {
      const bool is_known = std::find(known.begin(), known.end(), f) != known.end();
      for (Index row = 0; row < (is_known ? past + ahead : past); ++row)
        around(row, 0, f) = static_cast<double>(series(rows - past + row, 0, f));
    }
    const Sequence<S> scaled = scaler().template transform<S>(around);
    const Windows<S> window(scaled, windows_, {layout.first_target_row(past - 1), past + ahead});
    return scaler().select(window.options().targets).template inverse_transform<double>(forecasts(window, {}));
  }
  template <class R>
  Sequence<double> forecast(const Sequence<R>& series) const {
    return forecast(series, series.time());
  }

  /// The forecaster as something that takes one row at a time. Throws ConfigError before `fit`, for features that are
  /// known in advance, or as Graph::stream, naming the layer, if the model cannot run step by step; ShapeError for a
  /// model that does not fit the windows.
  ForecastStream<S> stream() const { return ForecastStream<S>(model_, windows_, options_, scaler()); }

 private:
  bool is_recursive() const { return options_.strategy == Strategy::recursive; }

  Sequence<S> forecasts(const Windows<S>& windows, const EvaluationOptions& how) const {
    if (!is_recursive()) {
      const ForecastWindows<S> samples(windows, options_.normalization, options_.channels);
      return samples.forecasts(tsattn::predict(model_, samples, how));
    }
    // Step h of all windows at once: the windows h steps later, whose last h steps are the forecasts so far.
    const WindowOptions one_step = windows_of_model(windows_, options_);
    const Index last = windows.target_step(windows.size() - 1);
    std::vector<Sequence<S>> so_far;
    for (Index h = 0; h < windows_.horizon; ++h) {
      const IndexRange part{windows.layout().target_row(windows.target_step(0), h),
                            windows.layout().target_row(last, h) + 1};
      const Windows<S> later(windows.series(), one_step, part);
      const ForecastWindows<S> samples(later, options_.normalization, options_.channels, so_far);
      so_far.push_back(samples.forecasts(tsattn::predict(model_, samples, how)));
    }
    Sequence<S> all({windows_.horizon, so_far[0].batch(), so_far[0].features()});
    for (Index h = 0; h < all.time(); ++h)
      std::copy_n(so_far[static_cast<std::size_t>(h)].data(), so_far[0].size(), all.step_data(h));
    return all;
  }

  Graph<S> model_;
  WindowOptions windows_;
  ForecastOptions options_;
  std::optional<Scaler> scaler_;
};

}  // namespace tsattn
