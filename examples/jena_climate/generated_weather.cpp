#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include <tsattn/core/random.hpp>
#include <tsattn/data/time_features.hpp>

#include "weather.hpp"

namespace jena_climate {

namespace ts = tsattn;

namespace {

constexpr double kRowsPerDay = 144;

/// x' = -x / (days a disturbance lasts) + noise, of mean 0 and standard deviation `spread`, one step per row.
class Fluctuation {
 public:
  Fluctuation(double days, double spread) : kept_(std::exp(-1 / (days * kRowsPerDay))), spread_(spread) {}

  double next(ts::Random& random) {
    value_ = kept_ * value_ + spread_ * std::sqrt(1 - kept_ * kept_) * random.normal();
    return value_;
  }

 private:
  double kept_, spread_, value_ = 0;
};

/// The pressure of saturated water vapour over water in mbar, of a temperature in degC.
/// Source: Alduchov & Eskridge 1996, "Improved Magnus form approximation of saturation vapor pressure".
double saturation_pressure(double celsius) { return 6.1094 * std::exp(17.625 * celsius / (243.04 + celsius)); }

double radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

Weather generate_weather(ts::Index rows, std::uint64_t seed) {
  constexpr double kWarmWind = 225;    // degrees: from the south-west
  constexpr double kDaysToWarm = 0.5;  // until the air has followed the wind
  constexpr double kWarming = 6;       // degC, in the end
  ts::Random random(seed);
  Fluctuation front(/*days=*/1, /*spread=*/80), gust(0.2, 0.8), dryness(1, 1.2), pressure(3, 6),
      thermometer(0.02, 0.15);
  Weather weather{.table = {.names = {"p (mbar)", kTemperature, "Tdew (degC)", "rh (%)", "wv (m/s)", "wd (deg)"},
                            .time_name = "Date Time"},
                  .period = {.time = std::chrono::minutes(10)},
                  .notes = {}};
  weather.table.values.resize({rows, 1, static_cast<ts::Index>(weather.table.names.size())});
  ts::TimeStamp time = ts::parse_time_stamp("2009-01-01 00:10:00");
  double air = 0;  // warmer than usual, in degC
  for (ts::Index row = 0; row < rows; ++row, time += weather.period.time) {
    const double year = 2 * std::numbers::pi * ts::share_of_cycle(ts::TimeFeature::day_of_year, time);
    const double day = 2 * std::numbers::pi * ts::share_of_cycle(ts::TimeFeature::hour, time);
    const double direction = kWarmWind + front.next(random);
    const double warmth = std::cos(radians(direction - kWarmWind));
    air += (kWarming * warmth - air) / (kDaysToWarm * kRowsPerDay);
    const double summer = -std::cos(year - 0.3), afternoon = -std::cos(day - 0.8);
    const double celsius = 8 + 10 * summer + (3 + 2 * summer) * afternoon + air + thermometer.next(random);
    const double dew_point = celsius - std::max(0.2, 4 + 2 * afternoon + dryness.next(random));
    const double speed = std::max(0.1, 2.2 + 0.6 * afternoon + gust.next(random));
    const double values[] = {989 + pressure.next(random) - 4 * warmth,
                             celsius,
                             dew_point,
                             100 * saturation_pressure(dew_point) / saturation_pressure(celsius),
                             speed,
                             direction - 360 * std::floor(direction / 360)};
    std::copy(std::begin(values), std::end(values), weather.table.values.step_data(row));
    weather.table.times.push_back(time);
  }
  return weather;
}

}  // namespace jena_climate
