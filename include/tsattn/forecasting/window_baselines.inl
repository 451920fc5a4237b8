#pragma once

#include <cstddef>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/linear_autoregression.hpp>
#include <tsattn/forecasting/seasonality.hpp>
#include <tsattn/forecasting/window_baselines.hpp>

namespace tsattn {

namespace window_baselines_parts {

/// `value(window, step ahead of the last input >= 1, feature)` at every place.
template <class S, class Value>
Sequence<S> for_each_target(const Windows<S>& windows, const Value& value) {
  const WindowOptions& options = windows.options();
  Sequence<S> forecasts({options.horizon, windows.size(), static_cast<Index>(options.targets.size())});
  for (Index h = 0; h < options.horizon; ++h)
    for (Index window = 0; window < windows.size(); ++window)
      for (std::size_t i = 0; i < options.targets.size(); ++i)
        forecasts(h, window, static_cast<Index>(i)) = value(window, options.gap + h + 1, options.targets[i]);
  return forecasts;
}

/// One feature in the rows `part`, every sampling_step-th of them.
template <class S>
std::vector<S> steps_of(const Windows<S>& windows, Index feature, const IndexRange& part) {
  std::vector<S> steps;
  for (Index row = part.begin; row < part.end; row += windows.options().sampling_step)
    steps.push_back(windows.series()(row, 0, feature));
  return steps;
}

}  // namespace window_baselines_parts

template <class S>
Sequence<S> last_value_forecasts(const Windows<S>& windows) {
  return window_baselines_parts::for_each_target(windows, [&](Index window, Index, Index feature) {
    return windows.series()(windows.last_input_step(window), 0, feature);
  });
}

template <class S>
Index period_of_first_target(const Windows<S>& windows, const IndexRange& training) {
  constexpr Index kMost = 400;  // a year of days, two weeks of hours
  return find_period(window_baselines_parts::steps_of(windows, windows.options().targets[0], training), kMost)
      .value_or(0);
}

template <class S>
bool has_seasons_before(const Windows<S>& windows, Index period) {
  return windows.last_input_step(0) >= (period - 1) * windows.options().sampling_step;
}

template <class S>
Sequence<S> seasonal_naive_forecasts(const Windows<S>& windows, Index period) {
  require_positive("seasonal_naive_forecasts", "a period", period);
  if (!has_seasons_before(windows, period))
    fail<DataError>("seasonal_naive_forecasts", "expected ", period, " steps, a period, up to the first forecast, got ",
                    windows.last_input_step(0) / windows.options().sampling_step + 1);
  return window_baselines_parts::for_each_target(windows, [&](Index window, Index ahead, Index feature) {
    const Index seasons = (ahead + period - 1) / period;
    const Index row = windows.last_input_step(window) + (ahead - seasons * period) * windows.options().sampling_step;
    return windows.series()(row, 0, feature);
  });
}

template <class S>
Sequence<S> drift_forecasts(const Windows<S>& windows) {
  return window_baselines_parts::for_each_target(windows, [&](Index window, Index ahead, Index feature) {
    const Index last = windows.last_input_step(window);
    const S value = windows.series()(last, 0, feature);
    if (last == 0) return value;
    const S change = value - windows.series()(0, 0, feature);
    return value + change * static_cast<S>(ahead * windows.options().sampling_step) / static_cast<S>(last);
  });
}

template <class S>
Sequence<S> linear_forecasts(const Windows<S>& windows, const IndexRange& training) {
  const WindowOptions& options = windows.options();
  Sequence<S> forecasts({options.horizon, windows.size(), static_cast<Index>(options.targets.size())});
  std::vector<S> known(static_cast<std::size_t>(options.lookback));
  for (std::size_t i = 0; i < options.targets.size(); ++i) {
    const std::vector<S> steps = window_baselines_parts::steps_of(windows, options.targets[i], training);
    const auto model = LinearAutoregression::fit(
        steps, {0, static_cast<Index>(steps.size())},
        {.lookback = options.lookback, .horizon = options.gap + options.horizon, .relative = true});
    for (Index window = 0; window < windows.size(); ++window) {
      const Index last = windows.last_input_step(window);
      for (Index t = 0; t < options.lookback; ++t)
        known[static_cast<std::size_t>(t)] =
            windows.series()(windows.layout().input_row(last, t), 0, options.targets[i]);
      const std::vector<S> next = model.forecast(known);
      for (Index h = 0; h < options.horizon; ++h)
        forecasts(h, window, static_cast<Index>(i)) = next[static_cast<std::size_t>(options.gap + h)];
    }
  }
  return forecasts;
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(last_value_forecasts);
TSATTN_LIBRARY_FUNCTION_INSTANCE(period_of_first_target);
TSATTN_LIBRARY_FUNCTION_INSTANCE(has_seasons_before);
TSATTN_LIBRARY_FUNCTION_INSTANCE(seasonal_naive_forecasts);
TSATTN_LIBRARY_FUNCTION_INSTANCE(drift_forecasts);
TSATTN_LIBRARY_FUNCTION_INSTANCE(linear_forecasts);

}  // namespace tsattn
