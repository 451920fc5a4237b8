#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/linear_autoregression.hpp>
#include <tsattn/forecasting/seasonality.hpp>

/// The forecasts of baselines.hpp for every step of every window, from what is known at its last input step:
/// [horizon, windows, targets], as a model's forecasts of the same windows.
/// Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
namespace tsattn {

/// Returns the value at the last input step.
template <class S>
Sequence<S> last_value_forecasts(const Windows<S>& windows);

/// Returns the period of the first target in the rows `training`, in steps, or 0 if find_period finds none up to 400
/// steps.
template <class S>
Index period_of_first_target(const Windows<S>& windows, const IndexRange& training);

/// Whether the series begins early enough for seasonal_naive_forecasts.
template <class S>
bool has_seasons_before(const Windows<S>& windows, Index period);

/// Returns the last value that is a whole number of periods, of `period` steps, before the step that is forecast. It
/// may lie before the window. Throws ConfigError for a period below 1, DataError if the series begins too late for it.
template <class S>
Sequence<S> seasonal_naive_forecasts(const Windows<S>& windows, Index period);

/// The line from the first value of the series to the one at the last input step, drawn on.
template <class S>
Sequence<S> drift_forecasts(const Windows<S>& windows);

/// A linear autoregression of each target on its own past, as far back as the windows go, that learned from the rows
/// `training`. Throws DataError if these are fewer than a window has.
template <class S>
Sequence<S> linear_forecasts(const Windows<S>& windows, const IndexRange& training);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/window_baselines.inl>
#endif
