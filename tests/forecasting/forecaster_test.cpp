#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::random_sequence, test::same_bits;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// y = w x_T, without training.
Sequential<double> last_step_times(double w) {
  Sequential<double> model(1);
  model.add(LastStep{}).add(Dense{.units = 1, .bias = false});
  model.parameters()[0].data[0] = w;
  return model;
}

Sequential<double> small_model(Index features, Index outputs) {
  Sequential<double> model(features, 7);
  model.add(Gru{6}).add(AttentionPooling{}).add(Dense{outputs});
  return model;
}

/// Around 10, so that scaling shows.
Sequence<double> series_of(Index steps, Index features) {
  Random random(5);
  Sequence<double> series = random_sequence<double>({steps, 1, features}, random);
  series.flat().array() = series.flat().array() * 3 + 10;
  return series;
}

TEST_CASE("a test part of 1e9 changes no bit of what is learned") {
  for (const auto normalization :
       {InstanceNormalization::none, InstanceNormalization::last_value, InstanceNormalization::standard}) {
    INFO(name_of(normalization));
    const Sequence<double> series = series_of(120, 2);
    Sequence<double> poisoned = series;
    for (Index t = 96; t < 120; ++t) poisoned.step(t).setConstant(1e9);
    const auto fitted = [&, how = normalization](const Sequence<double>& on) {
      Forecaster<float> forecaster(
          [] {
            Sequential<float> model(2, 7);
            model.add(Gru{6}).add(AttentionPooling{}).add(Dense{6});
            return model;
          }(),
          {.lookback = 8, .horizon = 3}, {.normalization = how});
      const History history = forecaster.fit(on, {.epochs = 3});
      CHECK(history.epochs.back().validation_loss.has_value());
      return forecaster;
    };
    Forecaster<float> clean = fitted(series), other = fitted(poisoned);
    CHECK(same_bits(clean.model().parameters(), other.model().parameters()));
    CHECK(clean.scaler().shift(1) == other.scaler().shift(1));
    CHECK(clean.scaler().scale(1) == other.scaler().scale(1));
    // The same values in the training part do change them.
    poisoned = series;
    poisoned(83, 0, 0) += 1;
    CHECK_FALSE(same_bits(fitted(poisoned).model().parameters(), clean.model().parameters()));
  }
}

TEST_CASE("a model that repeats the last value is as good as the last value") {
  const Sequence<double> series = series_of(100, 1);
  Forecaster<double> forecaster(last_step_times(1), {.lookback = 4}, {},
                                Scaler::fit(Scaling::standard, series, {0, 70}));
  const ForecastEvaluation evaluation = forecaster.evaluate(series, {.period = 5});
  CHECK(evaluation.windows == 20);
  CHECK(evaluation.horizon == 1);
  CHECK(evaluation.targets == 1);
  REQUIRE(evaluation.metrics.size() == 5);
  const char* const names[] = {"model", "last value", "seasonal naive", "drift", "linear regression"};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(evaluation.metrics[i].name == names[i]);
    CHECK(evaluation.scaled[i].name == names[i]);
    CHECK(evaluation.by_step[i].name == names[i]);
    CHECK(evaluation.by_step[i].mae[0] == doctest::Approx(evaluation.metrics[i].metrics.mae).epsilon(1e-14));
    // Scaling is affine: errors are in proportion.
    const double scale = forecaster.scaler().scale(0);
    CHECK(evaluation.metrics[i].metrics.rmse ==
          doctest::Approx(evaluation.scaled[i].metrics.rmse * scale).epsilon(1e-13));
  }
  CHECK(evaluation.metrics[0].metrics.mse == evaluation.metrics[1].metrics.mse);
  double expected = 0;
  for (Index t = 80; t < 100; ++t) expected += std::abs(series(t, 0, 0) - series(t - 5, 0, 0)) / 20;
  CHECK(evaluation.metrics[2].metrics.mae == doctest::Approx(expected).epsilon(1e-13));
  std::ostringstream text;
  text << evaluation;
  CHECK(text.str() == metrics_table(evaluation.metrics));
}

TEST_CASE("recursive: a model of one step goes on from its own forecasts") {
  const Sequence<double> series = series_of(30, 1);
  const Scaler unscaled = Scaler::fit(Scaling::none, series, {0, 30});
  const Forecaster<double> forecaster(last_step_times(0.5), {.lookback = 3, .horizon = 5},
                                      {.scaling = Scaling::none, .strategy = Strategy::recursive}, unscaled);
  const Sequence<double> next = forecaster.forecast(series);
  CHECK(next.shape() == SequenceShape{5, 1, 1});
  for (Index h = 0; h < 5; ++h) CHECK(next(h, 0, 0) == series(29, 0, 0) * std::pow(0.5, h + 1));

  const ForecastPairs<double> all = forecaster.predict(series, {10, 20});
  CHECK(all.forecast.shape() == SequenceShape{5, 6, 1});
  for (Index window = 0; window < 6; ++window)
    for (Index h = 0; h < 5; ++h) {
      CHECK(all.forecast(h, window, 0) == series(9 + window, 0, 0) * std::pow(0.5, h + 1));
      CHECK(all.actual(h, window, 0) == series(10 + window + h, 0, 0));
    }
}

TEST_CASE("recursive: with normalization, channels by themselves and features that are known in advance") {
  const Sequence<double> series = series_of(60, 3);
  for (const Index lookback : {6, 2})  // 2: one step at a time is known in advance, and that suffices
    for (const Channels channels : {Channels::together, Channels::independent}) {
      CAPTURE(lookback);
      const bool together = channels == Channels::together;
      Forecaster<double> forecaster(
          small_model(together ? 3 : 2, together ? 2 : 1), {.lookback = lookback, .horizon = 4, .known_future = {1}},
          {.normalization = InstanceNormalization::standard, .channels = channels, .strategy = Strategy::recursive});
      forecaster.fit(series, {.epochs = 1});
      // By hand: forecast a step, write it into the series, forecast the next one.
      Forecaster<double> one_step(forecaster.model(), {.lookback = lookback, .known_future = {1}},
                                  {.normalization = InstanceNormalization::standard, .channels = channels},
                                  forecaster.scaler());
      Sequence<double> extended = series;
      for (Index h = 0; h < 4; ++h) {
        const Sequence<double> next = one_step.forecast(extended, 50 + h);
        extended(50 + h, 0, 0) = next(0, 0, 0), extended(50 + h, 0, 2) = next(0, 0, 1);
      }
      const Sequence<double> found = forecaster.forecast(series, 50);
      for (Index h = 0; h < 4; ++h) {
        // There the forecasts were scaled back and forth.
        CHECK(found(h, 0, 0) == doctest::Approx(extended(50 + h, 0, 0)).epsilon(1e-12));
        CHECK(found(h, 0, 1) == doctest::Approx(extended(50 + h, 0, 2)).epsilon(1e-12));
      }
      CHECK(forecaster.evaluate(series).windows == 9);
    }
}

TEST_CASE("recursive: inputs that no forecast can become are refused before training") {
  const Sequence<double> series = series_of(60, 2);
  Forecaster<double> forecaster(small_model(2, 1), {.lookback = 6, .horizon = 2, .targets = {0}, .inputs = {0, 1}},
                                {.strategy = Strategy::recursive});
  Index epochs = 0;
  CHECK_THROWS_WITH_AS(forecaster.fit(series, {.epochs = 1, .callbacks = {[&](TrainingRun&) { ++epochs; }}}),
                       "[ForecastWindows] expected every input to be a target or known in advance, for forecasts "
                       "become inputs; got 2 inputs for 1 targets",
                       ConfigError);
  CHECK(epochs == 0);
  // A single step needs none of its forecasts.
  Forecaster<double> one_step(small_model(2, 1), {.lookback = 6, .targets = {0}, .inputs = {0, 1}},
                              {.strategy = Strategy::recursive});
  one_step.fit(series, {.epochs = 1});
  CHECK(one_step.forecast(series).shape() == SequenceShape{1, 1, 1});
}

TEST_CASE("a forecast looks at nothing that is not known yet") {
  const Sequence<double> series = series_of(60, 2);
  Forecaster<double> forecaster(small_model(2, 3),
                                {.lookback = 6, .horizon = 3, .known_future = {1}, .sampling_step = 2, .gap = 1});
  forecaster.fit(series, {.epochs = 1});
  Sequence<double> cut = series;
  for (Index t = 40; t < 60; ++t) cut(t, 0, 0) = kNaN;
  for (Index t = 0; t < 29; ++t) cut(t, 0, 0) = kNaN;   // rows 29 to 39 are the six input steps
  for (Index t = 48; t < 60; ++t) cut(t, 0, 1) = kNaN;  // the last step that is forecast is row 47
  const Sequence<double> forecast = forecaster.forecast(cut, 40);
  CHECK(same_bits(forecast, forecaster.forecast(series, 40)));
  CHECK(forecast.flat().allFinite());

  // The windows of an evaluation forecast the same.
  const ForecastPairs<double> pairs = forecaster.predict(series, {43, 48});
  REQUIRE(pairs.forecast.batch() == 1);
  for (Index h = 0; h < 3; ++h)
    CHECK(forecaster.scaler().shift(0) + forecaster.scaler().scale(0) * pairs.forecast(h, 0, 0) == forecast(h, 0, 0));

  CHECK_THROWS_WITH_AS(forecaster.forecast(series, 10),
                       "[Forecaster::forecast] expected at least 11 rows to forecast from, got 10", DataError);
  CHECK_THROWS_WITH_AS(forecaster.forecast(series, 61),
                       "[Forecaster::forecast] expected rows of the series, got 61 of 60", ConfigError);
  CHECK_THROWS_WITH_AS(
      forecaster.forecast(series, 53),
      "[Forecaster::forecast] expected the features that are known in advance up to 8 rows ahead, got 7", DataError);
  cut(30, 0, 1) = kNaN;
  CHECK_THROWS_AS(forecaster.forecast(cut, 40), DataError);
}

TEST_CASE("a model that learns beats the naive forecasts of a sine") {
  const Sequence<float> wave = sine_wave<float>({.length = 600, .period = 25, .noise = 0.02, .seed = 3});
  Sequential<float> model(1, 1);
  model.add(Gru{12}).add(AttentionPooling{}).add(Dense{16 + 2});
  Forecaster<float> forecaster(model, {.lookback = 16, .horizon = 2, .include_input = true});
  const History history = forecaster.fit(wave, {.epochs = 30, .batch_size = 16});
  CHECK(history.epochs.back().loss < 0.1 * history.epochs.front().loss);
  const ForecastEvaluation evaluation = forecaster.evaluate(wave);
  CHECK(evaluation.period == 25);
  CHECK(evaluation.metrics[0].metrics.rmse < 0.5 * evaluation.metrics[1].metrics.rmse);
  CHECK(evaluation.by_step[1].mae[1] > 1.5 * evaluation.by_step[1].mae[0]);  // the last value gets worse with time
}

TEST_CASE("parts of a series") {
  const SeriesParts parts = series_parts(100);
  CHECK(parts.training == IndexRange{0, 70});
  CHECK(parts.validation == IndexRange{70, 80});
  CHECK(parts.test == IndexRange{80, 100});
  CHECK(series_parts(10, 0.8, 0, 0.2).validation.size() == 0);
  CHECK(series_parts(10, 0.8, 0, 0.2).test == IndexRange{8, 10});
  CHECK(series_parts(10, 0.8, 0.2, 0).test.size() == 0);
  CHECK(series_parts(10, 0.8, 0.2, 0).validation == IndexRange{8, 10});
  const SeriesParts at = series_parts_at(20, 8, 8, 15);
  CHECK(at.training == IndexRange{0, 8});
  CHECK(at.validation.size() == 0);
  CHECK(at.test == IndexRange{8, 15});
  CHECK_THROWS_WITH_AS(series_parts_at(20, 8, 7, 15),
                       "[series_parts_at] expected borders in their order, above 0 and up to the 20 steps of the "
                       "series, got 8, 7, 15",
                       ConfigError);
  CHECK_THROWS_AS(series_parts_at(20, 8, 9, 21), ConfigError);
  CHECK_THROWS_AS(series_parts(10, 0, 0.5, 0.5), ConfigError);
}

TEST_CASE("a forecaster says what does not fit") {
  const Sequence<double> series = series_of(60, 2);
  CHECK_THROWS_WITH_AS(
      Forecaster<double>(small_model(2, 2), {.lookback = 6, .gap = 1}, {.strategy = Strategy::recursive}),
      "[Forecaster] expected no gap and no include_input with a recursive strategy, got gap = 1, "
      "include_input = false",
      ConfigError);
  CHECK_THROWS_WITH_AS(Forecaster<double>(small_model(2, 4), {.lookback = 3, .horizon = 4, .known_future = {1}}),
                       "[Forecaster] expected a lookback of at least the horizon 4 to read features that are known in "
                       "advance, got 3; a recursive strategy reads them one step at a time",
                       ConfigError);
  Forecaster<double> forecaster(small_model(2, 2), {.lookback = 6, .horizon = 2});
  CHECK_THROWS_WITH_AS(forecaster.forecast(series),
                       "[Forecaster] expected a forecaster that was fitted; call fit first", ConfigError);
  CHECK_THROWS_WITH_AS(forecaster.fit(series, {}),
                       "[Trainer::fit] expected a model whose output has the shape of the targets, [time=1, "
                       "features=4], got output [time=1, features=2]; the last layer decides it",
                       ShapeError);
}

TEST_CASE("a forecast is refused for another series than the one of the fit") {
  const Sequence<double> series = series_of(60, 3);
  Forecaster<double> forecaster(small_model(3, 4), {.lookback = 6, .horizon = 2, .known_future = {2}});
  forecaster.fit(series, {.epochs = 1});
  CHECK_THROWS_WITH_AS(forecaster.forecast(series_of(60, 1), 50),
                       "[Scaler] expected 3 features, got [time=8, batch=1, features=1]", ShapeError);
  CHECK_THROWS_WITH_AS(forecaster.forecast(Sequence<double>({60, 2, 3}), 50),
                       "[Forecaster::forecast] expected one series (batch 1), got [time=60, batch=2, features=3]",
                       ShapeError);
  const Forecaster<double> wrong(small_model(3, 4), {.lookback = 6, .horizon = 2, .known_future = {99}}, {},
                                 forecaster.scaler());
  CHECK_THROWS_WITH_AS(wrong.forecast(series, 50), "[Windows] expected known_future features from 0 to 2, got 99",
                       ConfigError);
}

TEST_CASE("a fit that is refused leaves the scaling of the one before") {
  const Sequence<double> series = series_of(60, 1);
  Forecaster<double> forecaster(small_model(1, 1), {.lookback = 6});
  forecaster.fit(series, {.epochs = 1});
  const double shift = forecaster.scaler().shift(0);
  Sequence<double> other = series;
  other.flat().array() += 1000;
  other(45, 0, 0) = kNaN;  // in the validation part
  CHECK_THROWS_AS(forecaster.fit(other, {.epochs = 1}), DataError);
  CHECK(forecaster.scaler().shift(0) == shift);
}

}  // namespace
