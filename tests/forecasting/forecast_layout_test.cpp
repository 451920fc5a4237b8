#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>

namespace {

using namespace tsattn;

TEST_CASE("together, a sample is a window and the outputs are steps of all targets") {
  const ForecastLayout layout(WindowLayout({.lookback = 4, .horizon = 3, .targets = {2, 0}, .known_future = {1}}, 3),
                              {});
  CHECK(layout.samples_per_window() == 1);
  CHECK(layout.targets_per_sample() == 2);
  CHECK(layout.input_shape() == SampleShape{4, 3});
  CHECK(layout.target_shape() == SampleShape{1, 6});
  CHECK(layout.inputs_of_targets() == std::vector<Index>{1, 0});  // the inputs are 0 and 2
  CHECK(layout.output(0, 1) == 1);
  CHECK(layout.output(2, 0) == 4);
}

TEST_CASE("independent channels: a sample for each target, with the features that are known in advance") {
  const ForecastLayout layout(
      WindowLayout({.lookback = 4, .horizon = 3, .targets = {2, 0}, .known_future = {1}, .include_input = true}, 3),
      {.channels = Channels::independent});
  CHECK(layout.targets() == 2);
  CHECK(layout.samples_per_window() == 2);
  CHECK(layout.targets_per_sample() == 1);
  CHECK(layout.input_shape() == SampleShape{4, 2});
  CHECK(layout.target_shape() == SampleShape{1, 7});
  CHECK(layout.inputs_of_targets() == std::vector<Index>{0});
  CHECK(layout.output(2, 0) == 6);  // four outputs at input steps come first
}

TEST_CASE("a target that is not read has no input") {
  const WindowLayout windows({.lookback = 4, .targets = {1}, .inputs = {0}}, 2);
  const ForecastLayout layout(windows, {});
  CHECK(layout.inputs_of_targets() == std::vector<Index>{ForecastLayout::kNotAnInput});
  CHECK_THROWS_WITH_AS(layout.require_targets_for_inputs(),
                       "[ForecastWindows] expected every input to be a target or known in advance, for forecasts "
                       "become inputs; got 1 inputs for 1 targets",
                       ConfigError);
  CHECK_THROWS_WITH_AS(ForecastLayout(windows, {.normalization = InstanceNormalization::last_value}),
                       "[ForecastWindows] expected inputs that hold every target, by which windows are normalized, got "
                       "none with feature 1",
                       ConfigError);
  ForecastLayout(windows, {.channels = Channels::independent}).require_targets_for_inputs();
  CHECK_THROWS_WITH_AS(ForecastLayout(WindowLayout({.lookback = 4, .targets = {1, 1}}, 2), {}),
                       "[ForecastWindows] expected every target once, got feature 1 again", ConfigError);
}

TEST_CASE("a recursive strategy's model gives one step, and takes no gap") {
  const WindowOptions windows{.lookback = 4, .horizon = 3};
  CHECK(windows_of_model(windows, {}).horizon == 3);
  CHECK(windows_of_model(windows, {.strategy = Strategy::recursive}).horizon == 1);
  require_consistent(windows, {.strategy = Strategy::recursive});
  CHECK_THROWS_WITH_AS(require_consistent({.lookback = 4, .gap = 2}, {.strategy = Strategy::recursive}),
                       "[Forecaster] expected no gap and no include_input with a recursive strategy, got gap = 2, "
                       "include_input = false",
                       ConfigError);
  const WindowOptions known{.lookback = 2, .horizon = 3, .known_future = {1}};
  require_consistent(known, {.strategy = Strategy::recursive});
  CHECK_THROWS_WITH_AS(require_consistent(known, {}),
                       "[Forecaster] expected a lookback of at least the horizon 3 to read features that are known in "
                       "advance, got 2; a recursive strategy reads them one step at a time",
                       ConfigError);
}

}  // namespace
