#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/window_layout.hpp>

namespace {

using namespace tsattn;

TEST_CASE("the picture of the documentation: lookback 3, gap 1, horizon 2") {
  const WindowLayout layout({.lookback = 3, .horizon = 2, .gap = 1}, 1);
  CHECK(layout.past_rows() == 3);
  CHECK(layout.rows_ahead() == 3);
  CHECK(layout.first_target_row(2) == 4);
  CHECK(layout.last_input_row(4) == 2);
  CHECK(layout.input_row(2, 0) == 0);
  CHECK(layout.target_row(4, 1) == 5);
  CHECK(layout.known_future_row(0) == 3);
  CHECK(layout.known_future_row(2) == 5);
}

TEST_CASE("a step is sampling_step rows, of the gap too") {
  const WindowLayout layout({.lookback = 3, .horizon = 2, .sampling_step = 10, .gap = 1}, 1);
  CHECK(layout.past_rows() == 21);
  CHECK(layout.rows_ahead() == 30);
  CHECK(layout.first_target_row(20) == 40);
  CHECK(layout.last_input_row(40) == 20);
  CHECK(layout.input_row(20, 1) == 10);
  CHECK(layout.target_row(40, 1) == 50);
  CHECK(layout.known_future_row(20) == layout.target_row(40, 1));  // the last input shows the last target's
}

TEST_CASE("shapes follow from the features that are chosen, and none stands for all that are not known in advance") {
  const WindowLayout all({.lookback = 4, .horizon = 3, .known_future = {1}}, 3);
  CHECK(all.options().targets == std::vector<Index>{0, 2});
  CHECK(all.options().inputs == std::vector<Index>{0, 2});
  CHECK(all.features() == 3);
  CHECK(all.input_shape() == SampleShape{4, 3});
  CHECK(all.target_shape() == SampleShape{1, 6});
  CHECK(all.target_steps_in_input() == 0);
  const WindowLayout some({.lookback = 4, .horizon = 3, .targets = {2}, .inputs = {0, 1}, .include_input = true}, 3);
  CHECK(some.input_shape() == SampleShape{4, 2});
  CHECK(some.target_steps_in_input() == 4);
  CHECK(some.target_shape() == SampleShape{1, 7});
}

TEST_CASE("the windows in a part begin as early as its begin and the past allow") {
  const WindowLayout layout({.lookback = 3, .horizon = 2, .stride = 2, .gap = 1}, 1);
  const WindowsInPart whole = layout.windows_in({0, 11}, 11);
  CHECK(whole.first_target == 4);
  CHECK(whole.size == 3);  // targets 4-5, 6-7, 8-9
  CHECK(layout.windows_in({0, 10}, 11).size == 3);
  CHECK(layout.windows_in({0, 9}, 11).size == 2);
  const WindowsInPart late = layout.windows_in({7, 9}, 11);
  CHECK(late.first_target == 7);
  CHECK(late.size == 1);
  CHECK_THROWS_WITH_AS(layout.windows_in({7, 8}, 11),
                       "[Windows] expected a part with room for a window of 3 + 2 steps (with sampling_step and gap), "
                       "got steps 7 to 8 of a series of 11; use a longer series or a smaller lookback or horizon",
                       DataError);
}

TEST_CASE("options out of their ranges, or features that are not there, are errors without a series") {
  CHECK_THROWS_WITH_AS(WindowLayout({.lookback = 0}, 2), "[Windows] expected a lookback of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(WindowLayout({.lookback = 3, .gap = -1}, 2), "[Windows] expected a gap of at least 0, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(WindowLayout({.lookback = 3, .targets = {2}}, 2),
                       "[Windows] expected target features from 0 to 1, got 2", ConfigError);
}

}  // namespace
