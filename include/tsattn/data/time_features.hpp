#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_stamp.hpp>

/// Columns that are computed: where a row stands in the cycles of the calendar, and the wind as a vector. Both are
/// angles, which a model sees better as points of the circle: 23:59 is near 00:00, and 359 degrees near 1.
namespace tsattn {

/// A cycle of the calendar, of which a time has passed the share
///   minute        the time since the full hour / 1 hour
///   hour          the time since midnight / 1 day
///   weekday       the time since Monday 00:00 / 7 days
///   day_of_month  the time since the first of the month / the days of that month
///   month         (the month, 1 to 12, - 1) / 12
///   day_of_year   the time since January 1 / the days of that year
enum class TimeFeature { minute, hour, weekday, day_of_month, month, day_of_year };

template <>
struct EnumNames<TimeFeature> {
  static constexpr std::string_view kOption = "time_feature";
  static constexpr std::pair<std::string_view, TimeFeature> kNames[] = {
      {"minute", TimeFeature::minute},   {"hour", TimeFeature::hour},
      {"weekday", TimeFeature::weekday}, {"day_of_month", TimeFeature::day_of_month},
      {"month", TimeFeature::month},     {"day_of_year", TimeFeature::day_of_year}};
};

/// The share of its cycle that has passed at `time`, from 0 to below 1.
double share_of_cycle(TimeFeature feature, TimeStamp time);

/// Appends two columns for each of `features`, sin and cos of 2 pi times the share of its cycle, named "hour sin" and
/// "hour cos". Throws DataError without times, ConfigError if a column is there already.
void append_time_features(Table& table, std::span<const TimeFeature> features);

void append_time_features(Table& table, std::initializer_list<TimeFeature> features);

/// Appends time features by their names. Throws ConfigError, with those there are, for an unknown one.
void append_time_features(Table& table, std::span<const std::string> names);

/// A wind of a speed and a direction in degrees, as two columns of a table.
struct WindColumns {
  std::string speed;
  std::string direction;
};

/// Appends the vector of each wind, x = speed cos(direction) and y = speed sin(direction), named after its speed: "wv
/// (m/s) x" and "wv (m/s) y". With directions clockwise from north from where the wind blows, as stations give them, x
/// is its part from the north and y its part from the east. A missing value gives missing ones. Throws ConfigError for
/// an unknown column or a new one that is there already, DataError for a speed below 0.
void append_wind_vectors(Table& table, std::span<const WindColumns> winds);

void append_wind_vectors(Table& table, std::initializer_list<WindColumns> winds);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/time_features.inl>
#endif
