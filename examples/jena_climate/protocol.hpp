#pragma once

#include <string>

#include <tsattn/data/split.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>

#include "weather.hpp"

namespace jena_climate {

/// What is forecast from what, and which rows train, validate and test.
struct Protocol {
  std::string name;
  tsattn::WindowOptions windows;
  tsattn::SeriesParts parts;
  tsattn::Index season = 0;  ///< steps of a day, for the seasonal naive forecast; 1: it would be the last value
  tsattn::InstanceNormalization normalization = tsattn::InstanceNormalization::none;
  std::string step_name;        ///< of a step
  std::string last_value_name;  ///< what the last value is to such a forecast
};

/// The temperature 24 hours after the last of `lookback` hours (0: 120), from every row that has so many before it; the
/// first half of the rows trains, the next quarter validates, the last one tests. Throws tsattn::DataError unless an
/// hour is a whole number of rows.
/// Source: Chollet, "Deep Learning with Python", 2nd edition 2021, section 10.2. There, but not here, the last day of
/// targets of a part lies in the next one.
Protocol day_ahead(const Weather& weather, tsattn::Index lookback);

/// The temperature of the next row, from the last `lookback` rows (0: 18); 70, 10 and 20 % of the rows.
Protocol next_step(const Weather& weather, tsattn::Index lookback);

}  // namespace jena_climate
