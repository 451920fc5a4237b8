#include "protocol.hpp"

#include <chrono>

#include <tsattn/core/errors.hpp>

namespace jena_climate {

namespace ts = tsattn;

namespace {

/// How many rows make up `time`; 0 if that is no whole number.
ts::Index rows_in(std::chrono::microseconds time, const ts::Period& period) {
  return period.months == 0 && time % period.time == std::chrono::microseconds(0) ? time / period.time : 0;
}

}  // namespace

Protocol day_ahead(const Weather& weather, ts::Index lookback) {
  const ts::Index rows_of_hour = rows_in(std::chrono::hours(1), weather.period);
  if (rows_of_hour == 0)
    ts::fail<ts::DataError>("--protocol day-ahead",
                            "expected rows of which a whole number make an hour, got a row every ",
                            ts::text_of(weather.period));
  return {.name = "day-ahead",
          .windows = {.lookback = lookback > 0 ? lookback : 120,
                      .targets = {weather.table.index_of(kTemperature)},
                      .sampling_step = rows_of_hour,
                      .gap = 23},
          .parts = ts::series_parts(weather.table.rows(), 0.5, 0.25, 0.25),
          .season = 1,
          .normalization = ts::InstanceNormalization::last_value,
          .step_name = "hour",
          .last_value_name = "24 hours before"};
}

Protocol next_step(const Weather& weather, ts::Index lookback) {
  const ts::Index rows_of_day = rows_in(std::chrono::days(1), weather.period);
  return {.name = "next-step",
          .windows = {.lookback = lookback > 0 ? lookback : 18, .targets = {weather.table.index_of(kTemperature)}},
          .parts = ts::series_parts(weather.table.rows()),
          .season = rows_of_day > 0 ? rows_of_day : 1,
          // The next change is small beside all temperatures, but not beside those of a few hours.
          .normalization = ts::InstanceNormalization::standard,
          .step_name = "step",
          .last_value_name = "last value"};
}

}  // namespace jena_climate
