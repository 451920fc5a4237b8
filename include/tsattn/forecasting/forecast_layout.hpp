#pragma once

#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/forecasting/forecast_options.hpp>

namespace tsattn {

/// Throws ConfigError, as "[Forecaster] ...", for options that contradict each other: a recursive strategy with a gap
/// or with include_input, or a direct one that reads features known in advance in fewer steps than the horizon has.
void require_consistent(const WindowOptions& windows, const ForecastOptions& options);

/// Returns the options of the windows that a forecaster's model sees: of one step, if it goes on from its own
/// forecasts.
WindowOptions windows_of_model(WindowOptions windows, const ForecastOptions& options);

/// Which samples a forecaster's model sees of a window, and where in its outputs the forecasts are. A sample is a
/// window with all its targets or, with independent channels, with one of them.
class ForecastLayout {
 public:
  /// Throws ConfigError, as "[ForecastWindows] ...", if a target is given twice, or if windows are normalized whose
  /// inputs do not hold every target.
  ForecastLayout(WindowLayout windows, const ForecastOptions& options);

  const WindowLayout& windows() const noexcept { return windows_; }
  const ForecastOptions& options() const noexcept { return options_; }
  bool is_independent() const noexcept { return options_.channels == Channels::independent; }

  Index targets() const noexcept { return static_cast<Index>(windows_.options().targets.size()); }  ///< of a window
  Index samples_per_window() const noexcept { return is_independent() ? targets() : 1; }
  Index targets_per_sample() const noexcept { return is_independent() ? 1 : targets(); }

  /// Returns the shape of one sample's input.
  SampleShape input_shape() const noexcept {
    const SampleShape all = windows_.input_shape();
    return {all.time, is_independent() ? 1 + static_cast<Index>(windows_.options().known_future.size()) : all.features};
  }
  SampleShape target_shape() const noexcept { return {1, windows_.target_shape().features / samples_per_window()}; }
  /// Says which of the outputs for a sample is the forecast of step h for its target i. Outputs at input steps, which
  /// include_input adds, lie before all of them.
  Index output(Index h, Index i) const noexcept {
    return (windows_.target_steps_in_input() + h) * targets_per_sample() + i;
  }

  /// Says that a target is not among the inputs.
  static constexpr Index kNotAnInput = -1;
  /// Says which features of a sample's input its targets are, or kNotAnInput.
  const std::vector<Index>& inputs_of_targets() const noexcept { return inputs_of_targets_; }

  /// Throws ConfigError, as "[ForecastWindows] ...", unless forecasts can become inputs: inputs and targets must be the
  /// same features.
  void require_targets_for_inputs() const;

 private:
  WindowLayout windows_;
  ForecastOptions options_;
  std::vector<Index> inputs_of_targets_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/forecast_layout.inl>
#endif
