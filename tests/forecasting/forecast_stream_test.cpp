#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/random_values.hpp"

namespace forecast_stream_test {

namespace {

using namespace tsattn;

constexpr Index kRows = 60, kFeatures = 3;

/// A series whose features have different levels and sizes.
Sequence<double> series() {
  Random random(3);
  auto values = test::random_sequence<double>({kRows, 1, kFeatures}, random);
  for (Index t = 0; t < kRows; ++t)
    for (Index f = 0; f < kFeatures; ++f)
      values(t, 0, f) = 100 * static_cast<double>(f) + (1 + 10 * static_cast<double>(f)) * values(t, 0, f);
  return values;
}

template <class S>
Forecaster<S> forecaster(const WindowOptions& windows, const ForecastOptions& options, bool has_segments = false) {
  const bool is_independent = options.channels == Channels::independent;
  const auto targets = static_cast<Index>(is_independent ? 1 : windows.targets.size());
  const Index steps =
      (windows.include_input ? windows.lookback : 0) + (options.strategy == Strategy::recursive ? 1 : windows.horizon);
  Sequential<S> model(SampleShape{windows.lookback, is_independent ? 1 : static_cast<Index>(windows.inputs.size())},
                      /*seed=*/2);
  if (has_segments) model.add(Segments{.width = 2});
  model.add(Lstm{.units = 6}).add(Gru{.units = 5}).add(AttentionPooling{}).add(Dense{steps * targets});
  const Sequence<double> values = series();
  return {std::move(model), windows, options, Scaler::fit(options.scaling, values, {0, 40})};
}

template <class S>
void check(const Forecaster<S>& forecaster) {
  const Sequence<double> values = series();
  auto stream = forecaster.stream();
  const WindowOptions& windows = forecaster.windows();
  const Index past = (windows.lookback - 1) * windows.sampling_step + 1;
  CHECK(stream.features() == kFeatures);
  CHECK(stream.horizon() == windows.horizon);
  CHECK(stream.targets() == static_cast<Index>(windows.targets.size()));
  std::vector<double> forecast(static_cast<std::size_t>(stream.horizon() * stream.targets()), -7);
  for (int pass = 0; pass < 2; ++pass, stream.reset())
    for (Index rows = 1; rows <= kRows; ++rows) {
      CAPTURE(rows);
      const bool is_new = stream.step(values.step_data(rows - 1), forecast.data());
      CHECK(stream.rows() == rows);
      CHECK(is_new == (rows >= past));
      if (!is_new) continue;
      const Sequence<double> expected = forecaster.forecast(values, rows);
      for (Index i = 0; i < expected.size(); ++i) {
        // Only sums of attention are added in another order; a forecast is at most some 300.
        CHECK(std::abs(forecast[static_cast<std::size_t>(i)] - expected.data()[i]) <=
              300 * (sizeof(S) == 4 ? 1e-6 : 1e-13));
      }
    }
}

TEST_CASE_TEMPLATE("a forecast stream gives what forecast gives, row by row", S, float, double) {
  for (const InstanceNormalization normalization :
       {InstanceNormalization::none, InstanceNormalization::last_value, InstanceNormalization::standard})
    for (const Channels channels : {Channels::together, Channels::independent})
      for (const Index sampling_step : {1, 3})
        for (const bool include_input : {false, true}) {
          CAPTURE(name_of(normalization));
          CAPTURE(name_of(channels));
          CAPTURE(sampling_step);
          CAPTURE(include_input);
          const WindowOptions windows{.lookback = 6,
                                      .horizon = 4,
                                      .targets = {2, 0},
                                      .inputs = {0, 1, 2},
                                      .sampling_step = sampling_step,
                                      .gap = include_input ? 0 : 2,
                                      .include_input = include_input};
          check(forecaster<S>(windows, {.normalization = normalization, .channels = channels}));
          if (normalization == InstanceNormalization::none)
            check(forecaster<S>({.lookback = 6, .horizon = 2, .targets = {2}, .inputs = {0, 1}},
                                {.scaling = Scaling::min_max}));
        }
}

TEST_CASE_TEMPLATE("a recursive forecast goes on from its own steps, beyond the window too", S, float, double) {
  for (const InstanceNormalization normalization :
       {InstanceNormalization::none, InstanceNormalization::last_value, InstanceNormalization::standard})
    for (const Channels channels : {Channels::together, Channels::independent})
      for (const Index horizon : {1, 3, 9}) {
        CAPTURE(horizon);
        const WindowOptions windows{
            .lookback = 6, .horizon = horizon, .targets = {2, 0}, .inputs = {0, 2}, .sampling_step = 2};
        check(forecaster<S>(windows,
                            {.normalization = normalization, .channels = channels, .strategy = Strategy::recursive}));
      }
}

TEST_CASE("a model with segments forecasts row by row too") {
  check(forecaster<double>({.lookback = 6, .horizon = 4, .targets = {0}, .inputs = {0, 1}}, {}, /*has_segments=*/true));
}

TEST_CASE("a NaN makes forecasts NaN while it lies in the window") {
  const auto model = forecaster<float>({.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0, 1}}, {});
  Sequence<double> values = series();
  values(20, 0, 1) = std::numeric_limits<double>::quiet_NaN();
  values(40, 0, 1) = std::numeric_limits<double>::infinity();
  values(50, 0, 2) = std::numeric_limits<double>::quiet_NaN();  // which the model does not read
  auto stream = model.stream();
  std::vector<double> forecast(2);
  for (Index row = 0; row < kRows; ++row)
    if (stream.step(values.step_data(row), forecast.data()))
      for (const double value : forecast)
        CHECK(std::isnan(value) == ((row >= 20 && row < 26) || (row >= 40 && row < 46)));
}

TEST_CASE("a saved state goes on with the same bits, and that of another forecaster is refused") {
  const auto model = forecaster<float>({.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0, 1}}, {});
  const Sequence<double> values = series();
  for (const Index cut : {0, 3, 6, 25}) {
    CAPTURE(cut);
    auto whole = model.stream(), second = model.stream();
    std::vector<double> expected(2, -7), forecast = expected;
    for (Index row = 0; row < cut; ++row) whole.step(values.step_data(row), expected.data());
    second.step(values.step_data(50), forecast.data());
    forecast = expected;
    second.load_state(whole.save_state());
    CHECK(second.rows() == cut);
    for (Index row = cut; row < kRows; ++row) {
      const bool is_new = whole.step(values.step_data(row), expected.data());
      CHECK(second.step(values.step_data(row), forecast.data()) == is_new);
      CHECK(forecast == expected);
    }
  }
  auto stream = model.stream();
  const auto other =
      forecaster<float>({.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0, 1}}, {.scaling = Scaling::min_max});
  CHECK_THROWS_WITH_AS(
      stream.load_state(other.stream().save_state()),
      "[ForecastStream::load_state] expected the state of a stream of this forecaster, got that of another", DataError);
}

TEST_CASE("what cannot forecast row by row says so") {
  const auto error = [](const Forecaster<float>& of) -> std::string {
    try {
      of.stream();
    } catch (const std::exception& thrown) {
      return thrown.what();
    }
    return "";
  };
  const auto scaler = Scaler::fit(Scaling::standard, series(), {0, 40});
  Sequential<float> model(SampleShape{6, 1}), ahead(SampleShape{6, 1}), wide(SampleShape{6, 2});
  model.add(Gru{.units = 3}).add(LastStep{}).add(Dense{2});
  CHECK(error({model, {.lookback = 6, .horizon = 2}, {}}) ==
        "[Forecaster] expected a forecaster that was fitted; call fit first");
  CHECK(error({model, {.lookback = 6, .horizon = 2, .known_future = {1}}, {}, scaler}) ==
        "[Forecaster::stream] expected no features that are known in advance, for rows come one by one, got 1");
  CHECK(error({model, {.lookback = 6, .horizon = 3, .targets = {0}, .inputs = {0}}, {}, scaler}) ==
        "[Forecaster::stream] expected a model from 1 features to 3, got one from 1 to 2");
  wide.add(Gru{.units = 3}).add(LastStep{}).add(Dense{2});
  CHECK(error({wide, {.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0}}, {}, scaler}) ==
        "[Forecaster::stream] expected a model from 1 features to 2, got one from 2 to 2");
  ahead.add(Bidirectional{Gru{.units = 3, .returns = Returns::last_step}}).add(Dense{2});
  CHECK(error({ahead, {.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0}}, {}, scaler}) ==
        "[bidirectional_gru, layer 1] expected layers that look back only, to run step by step; a bidirectional layer "
        "reads the series from its end too");
}

}  // namespace

}  // namespace forecast_stream_test
