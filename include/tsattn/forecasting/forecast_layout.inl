#pragma once

#include <algorithm>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void require_consistent(const WindowOptions& windows, const ForecastOptions& options) {
  if (options.strategy == Strategy::recursive && (windows.gap != 0 || windows.include_input))
    fail<ConfigError>("Forecaster",
                      "expected no gap and no include_input with a recursive strategy, got gap = ", windows.gap,
                      ", include_input = ", windows.include_input ? "true" : "false");
  if (options.strategy == Strategy::direct && !windows.known_future.empty() && windows.lookback < windows.horizon)
    fail<ConfigError>("Forecaster", "expected a lookback of at least the horizon ", windows.horizon,
                      " to read features that are known in advance, got ", windows.lookback,
                      "; a recursive strategy reads them one step at a time");
}

TSATTN_LIBRARY_FUNCTION WindowOptions windows_of_model(WindowOptions windows, const ForecastOptions& options) {
  if (options.strategy == Strategy::recursive) windows.horizon = 1;
  return windows;
}

TSATTN_LIBRARY_FUNCTION ForecastLayout::ForecastLayout(WindowLayout windows, const ForecastOptions& options)
    : windows_(std::move(windows)), options_(options) {
  const std::vector<Index>&inputs = windows_.options().inputs, &targets = windows_.options().targets;
  for (auto target = targets.begin(); target != targets.end(); ++target)
    if (std::find(targets.begin(), target, *target) != target)
      fail<ConfigError>("ForecastWindows", "expected every target once, got feature ", *target, " again");
  if (is_independent()) {
    inputs_of_targets_ = {0};
    return;
  }
  for (const Index target : targets) {
    const auto found = std::find(inputs.begin(), inputs.end(), target);
    if (found == inputs.end() && options.normalization != InstanceNormalization::none)
      fail<ConfigError>("ForecastWindows", "expected inputs that hold every target, by which windows are normalized, ",
                        "got none with feature ", target);
    inputs_of_targets_.push_back(found == inputs.end() ? kNotAnInput : found - inputs.begin());
  }
}

TSATTN_LIBRARY_FUNCTION void ForecastLayout::require_targets_for_inputs() const {
  const std::vector<Index>&inputs = windows_.options().inputs, &targets = windows_.options().targets;
  const bool has_all =
      std::find(inputs_of_targets_.begin(), inputs_of_targets_.end(), kNotAnInput) == inputs_of_targets_.end();
  if (!is_independent() && !(has_all && inputs.size() == targets.size()))
    fail<ConfigError>("ForecastWindows", "expected every input to be a target or known in advance, for forecasts ",
                      "become inputs; got ", inputs.size(), " inputs for ", targets.size(), " targets");
}

}  // namespace tsattn
