#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/training/evaluation.hpp>
#include <tsattn/training/trainer.hpp>

namespace tsattn {

template <class S>
Forecaster<S>::Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options)
    : model_(std::move(model)), windows_(std::move(windows)), options_(options) {
  require_consistent(windows_, options_);
}

template <class S>
Forecaster<S>::Forecaster(Graph<S> model, WindowOptions windows, const ForecastOptions& options, Scaler scaler)
    : Forecaster(std::move(model), std::move(windows), options) {
  scaler_ = std::move(scaler);
}

template <class S>
const Scaler& Forecaster<S>::scaler() const {
  if (!scaler_) fail<ConfigError>("Forecaster", "expected a forecaster that was fitted; call fit first");
  return *scaler_;
}

template <class S>
History Forecaster<S>::fit_scaled(const Sequence<S>& scaled, Scaler scaler, const SeriesParts& parts,
                                  const FitOptions& fit, AnyOptimizer<S> optimizer, AnyLoss loss) {
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

template <class S>
ForecastPairs<S> Forecaster<S>::predict_scaled(const Sequence<S>& scaled, const IndexRange& part,
                                               const EvaluationOptions& how) const {
  const Windows<S> windows(scaled, windows_, part);
  const ForecastWindows<S> samples(windows, options_.normalization, options_.channels);
  return {forecasts(windows, how), samples.actual()};
}

template <class S>
ForecastEvaluation Forecaster<S>::evaluate_scaled(const Sequence<S>& scaled, const SeriesParts& parts,
                                                  const EvaluateOptions& how) const {
  const Windows<S> windows(scaled, windows_, parts.test);
  const ForecastWindows<S> samples(windows, options_.normalization, options_.channels);
  return evaluate_forecasts(windows, samples.actual(), forecasts(windows, how.run), scaler(), parts.training, how);
}

template <class S>
template <class R>
Sequence<double> Forecaster<S>::forecast(const Sequence<R>& series, Index rows) const {
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

template <class S>
Sequence<S> Forecaster<S>::forecasts(const Windows<S>& windows, const EvaluationOptions& how) const {
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

TSATTN_LIBRARY_INSTANCE(class Forecaster);
#if defined(TSATTN_COMPILED_LIBRARY)
template Sequence<double> Forecaster<float>::forecast(const Sequence<float>&, Index) const;
template Sequence<double> Forecaster<float>::forecast(const Sequence<double>&, Index) const;
template Sequence<double> Forecaster<double>::forecast(const Sequence<float>&, Index) const;
template Sequence<double> Forecaster<double>::forecast(const Sequence<double>&, Index) const;
#endif

}  // namespace tsattn
