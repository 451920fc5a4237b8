#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/windows.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"
#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

/// Step t of feature f holds 10 t + f.
Sequence<double> counting_series(Index steps, Index features) {
  Sequence<double> series({steps, 1, features});
  for (Index t = 0; t < steps; ++t)
    for (Index f = 0; f < features; ++f) series(t, 0, f) = static_cast<double>(10 * t + f);
  return series;
}

}  // namespace

TEST_CASE("Windows: which steps a window holds") {
  const auto series = counting_series(9, 2);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2, .stride = 2, .targets = {1}});
  CHECK(windows.size() == 3);  // targets 3-4, 5-6, 7-8
  CHECK(windows.input_shape() == SampleShape{3, 2});
  CHECK(windows.target_shape() == SampleShape{1, 2});
  CHECK(windows.target_step(2) == 7);

  Sequence<double> x, target;
  windows.gather(std::vector<Index>{2, 0}, x, target);
  CHECK(same_bits(x, sequence_of({3, 2, 2}, {40., 41., 0., 1., 50., 51., 10., 11., 60., 61., 20., 21.})));
  CHECK(same_bits(target, sequence_of({1, 2, 2}, {71., 81., 31., 41.})));
}

TEST_CASE("Windows: the same as NumPy's, with every option") {
  for (const Json& stored : stored_cases("windows")) {
    const Json& options = stored.at("options");
    CAPTURE(options.dump());
    Sequence<double> series({stored.at("rows"), 1, stored.at("features")});
    for (Index t = 0; t < series.time(); ++t)
      for (Index f = 0; f < series.features(); ++f) series(t, 0, f) = static_cast<double>(100 * t + f);
    const Windows<double> windows(series,
                                  {.lookback = options.at("lookback"),
                                   .horizon = options.at("horizon"),
                                   .stride = options.at("stride"),
                                   .targets = options.at("targets"),
                                   .inputs = options.at("inputs"),
                                   .known_future = options.at("known_future"),
                                   .sampling_step = options.at("sampling_step"),
                                   .gap = options.at("gap"),
                                   .include_input = options.at("include_input")},
                                  {stored.at("part").at(0), stored.at("part").at(1)});
    const auto first_targets = stored.at("first_targets").get<std::vector<Index>>();
    REQUIRE(windows.size() == static_cast<Index>(first_targets.size()));
    std::vector<Index> all;
    for (Index i = 0; i < windows.size(); ++i) {
      CHECK(windows.target_step(i) == first_targets[static_cast<std::size_t>(i)]);
      all.push_back(i);
    }
    Sequence<double> x, target;
    windows.gather(all, x, target);
    CHECK(same_bits(x, StoredTensor(stored.at("x")).to_sequence<double>()));
    CHECK(same_bits(target, StoredTensor(stored.at("target")).to_sequence<double>()));
    CHECK(windows.input_shape() == x.shape().sample());
    CHECK(windows.target_shape() == target.shape().sample());
  }
}

TEST_CASE("Windows: features that are known in advance show the steps that are to be forecast") {
  const auto series = counting_series(9, 2);
  const Windows<double> windows(series, {.lookback = 3, .horizon = 2, .known_future = {1}});
  CHECK(windows.options().targets == std::vector<Index>{0});
  Sequence<double> x, target;
  windows.gather(std::vector<Index>{0}, x, target);
  CHECK(same_bits(x, sequence_of({3, 1, 2}, {0., 21., 10., 31., 20., 41.})));  // targets are steps 3 and 4
  CHECK(same_bits(target, sequence_of({1, 1, 2}, {30., 40.})));
}

TEST_CASE("Windows: a short input shows what is known in advance of the last steps to be forecast") {
  const auto series = counting_series(9, 2);
  const Windows<double> windows(series, {.lookback = 2, .horizon = 4, .known_future = {1}});
  Sequence<double> x, target;
  windows.gather(std::vector<Index>{1}, x, target);
  CHECK(same_bits(x, sequence_of({2, 1, 2}, {10., 51., 20., 61.})));  // targets are steps 3 to 6
  CHECK(same_bits(target, sequence_of({1, 1, 4}, {30., 40., 50., 60.})));
}

TEST_CASE("Windows: by default all features are targets, step after step") {
  const auto series = counting_series(5, 2);
  const Windows<double> windows(series, {.lookback = 1, .horizon = 2});
  Sequence<double> x, target;
  windows.gather(std::vector<Index>{1}, x, target);
  CHECK(same_bits(target, sequence_of({1, 1, 4}, {20., 21., 30., 31.})));
}

TEST_CASE("Windows: a part owns the windows whose targets lie in it, and their inputs may reach back before it") {
  const auto series = counting_series(20, 1);
  const WindowOptions options{.lookback = 4};
  const Windows<double> train(series, options, {0, 15}), validation(series, options, {15, 20});
  CHECK(train.size() == 11);  // the first four steps have nothing before them
  CHECK(train.target_step(0) == 4);
  CHECK(train.target_step(10) == 14);
  CHECK(validation.size() == 5);
  CHECK(validation.target_step(0) == 15);
  Sequence<double> x, target;
  validation.gather(std::vector<Index>{0}, x, target);
  CHECK(same_bits(x, sequence_of({4, 1, 1}, {110., 120., 130., 140.})));
}

TEST_CASE("Windows: a training window never reads beyond its part") {
  auto series = counting_series(20, 1);
  for (Index t = 15; t < 20; ++t) series(t, 0, 0) = std::nan("");
  const Windows<double> train(series, {.lookback = 4, .horizon = 3}, {0, 15});
  std::vector<Index> all(static_cast<std::size_t>(train.size()));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<Index>(i);
  Sequence<double> x, target;
  train.gather(all, x, target);
  CHECK(x.flat().allFinite());
  CHECK(target.flat().allFinite());
}

TEST_CASE("Windows: gathering a batch of a known size allocates nothing") {
  const auto series = counting_series(50, 3);
  const Windows<double> windows(series, {.lookback = 7});
  Sequence<double> x, target;
  windows.gather(std::vector<Index>{1, 2, 3}, x, target);
  const double *x_memory = x.data(), *target_memory = target.data();
  windows.gather(std::vector<Index>{4, 5}, x, target);
  windows.gather(std::vector<Index>{6, 7, 8}, x, target);
  CHECK(x.data() == x_memory);
  CHECK(target.data() == target_memory);
}

TEST_CASE("Windows: errors") {
  auto series = counting_series(20, 2);
  const auto make = [&](const WindowOptions& options, IndexRange part = {0, 20}) {
    return Windows<double>(series, options, part);
  };
  CHECK_THROWS_WITH_AS(make({.lookback = 0}), "[Windows] expected a lookback of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .horizon = -1}), "[Windows] expected a horizon of at least 1, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .stride = 0}), "[Windows] expected a stride of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .targets = {2}}), "[Windows] expected target features from 0 to 1, got 2",
                       ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .inputs = {-1}}), "[Windows] expected input features from 0 to 1, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .known_future = {5}}),
                       "[Windows] expected known_future features from 0 to 1, got 5", ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .sampling_step = 0}),
                       "[Windows] expected a sampling_step of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3, .gap = -1}), "[Windows] expected a gap of at least 0, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(make({.lookback = 4, .sampling_step = 5}),
                       "[Windows] expected a part with room for a window of 4 + 1 steps (with sampling_step and gap), "
                       "got steps 0 to 20 of a series of 20; use a longer series or a smaller lookback or horizon",
                       DataError);
  CHECK(make({.lookback = 4, .sampling_step = 4, .gap = 0}).size() == 4);
  CHECK_THROWS_WITH_AS(
      make({.lookback = 20}),
      "[Windows] expected a part with room for a window of 20 + 1 steps, got steps 0 to 20 of a series of 20; use "
      "a longer series or a smaller lookback or horizon",
      DataError);
  CHECK(make({.lookback = 19}).size() == 1);
  CHECK_THROWS_AS(make({.lookback = 3, .horizon = 6}, {15, 20}), DataError);
  CHECK_THROWS_WITH_AS(make({.lookback = 3}, {0, 21}),
                       "[Windows] expected a part of the series, got steps 0 to 21 of [time=20, batch=1, features=2]",
                       ConfigError);
  const Sequence<double> empty({0, 1, 1});
  CHECK_THROWS_AS(Windows<double>(empty, {.lookback = 1}), DataError);
  static_assert(!std::is_constructible_v<Windows<double>, Sequence<double>&&, WindowOptions>,
                "the series would be gone");
  series(17, 0, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(make({.lookback = 3}),
                       "[Windows] expected finite values, got inf in row 17, feature 1 of the series (counted from 0)",
                       DataError);
  CHECK(make({.lookback = 3}, {0, 17}).size() == 14);
}
