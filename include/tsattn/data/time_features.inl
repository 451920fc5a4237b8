#pragma once

#include <chrono>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_features.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION double share_of_cycle(TimeFeature feature, TimeStamp time) {
  using namespace std::chrono;
  const auto share = [](microseconds passed, microseconds cycle) {
    return static_cast<double>(passed.count()) / static_cast<double>(cycle.count());
  };
  const auto day = floor<days>(time);
  const year_month_day date(day);
  switch (feature) {
    case TimeFeature::minute:
      return share(time - floor<hours>(time), hours(1));
    case TimeFeature::hour:
      return share(time - day, days(1));
    case TimeFeature::weekday:
      return share(time - day + (weekday(day) - Monday), days(7));
    case TimeFeature::day_of_month: {
      const local_days first(date.year() / date.month() / 1);
      return share(time - first, local_days(date.year() / date.month() / last) + days(1) - first);
    }
    case TimeFeature::month:
      return (static_cast<unsigned>(date.month()) - 1) / 12.0;
    case TimeFeature::day_of_year: {
      const local_days first(date.year() / January / 1);
      return share(time - first, local_days((date.year() + years(1)) / January / 1) - first);
    }
  }
  fail<ConfigError>("share_of_cycle", "expected a time feature, got the value ", static_cast<int>(feature));
}

TSATTN_LIBRARY_FUNCTION void append_time_features(Table& table, std::span<const TimeFeature> features) {
  if (!table.has_times())
    fail<DataError>("append_time_features",
                    "expected a table with times, got one without; name its column in CsvOptions::time_column");
  std::vector<std::string> names;
  for (const TimeFeature feature : features)
    for (const std::string_view function : {" sin", " cos"})
      names.push_back(std::string(name_of(feature)).append(function));
  Sequence<double> columns({table.rows(), 1, static_cast<Index>(names.size())});
  double* to = columns.data();
  for (const TimeStamp time : table.times) {
    for (const TimeFeature feature : features) {
      const double angle = 2 * std::numbers::pi * share_of_cycle(feature, time);
      *to++ = std::sin(angle);
      *to++ = std::cos(angle);
    }
  }
  table.append_columns(std::move(names), columns);
}

TSATTN_LIBRARY_FUNCTION void append_time_features(Table& table, std::initializer_list<TimeFeature> features) {
  append_time_features(table, std::span(features.begin(), features.size()));
}

TSATTN_LIBRARY_FUNCTION void append_time_features(Table& table, std::span<const std::string> names) {
  std::vector<TimeFeature> features;
  for (const std::string& name : names) features.push_back(from_name<TimeFeature>(name));
  append_time_features(table, features);
}

TSATTN_LIBRARY_FUNCTION void append_wind_vectors(Table& table, std::span<const WindColumns> winds) {
  std::vector<std::string> names;
  Sequence<double> columns({table.rows(), 1, 2 * static_cast<Index>(winds.size())});
  for (Index wind = 0; wind < static_cast<Index>(winds.size()); ++wind) {
    const WindColumns& wanted = winds[static_cast<std::size_t>(wind)];
    const Index speed_column = table.index_of(wanted.speed), direction_column = table.index_of(wanted.direction);
    names.insert(names.end(), {wanted.speed + " x", wanted.speed + " y"});
    for (Index row = 0; row < table.rows(); ++row) {
      const double speed = table.values(row, 0, speed_column);
      const double angle = table.values(row, 0, direction_column) * std::numbers::pi / 180;
      if (speed < 0)
        fail<DataError>("append_wind_vectors", "expected speeds of at least 0, got ", speed, " in row ", row,
                        ", counted from 0, column ", shown_text(wanted.speed),
                        "; name what stands for a missing value in CsvOptions::missing_markers");
      columns(row, 0, 2 * wind) = speed * std::cos(angle);
      columns(row, 0, 2 * wind + 1) = speed * std::sin(angle);
    }
  }
  table.append_columns(std::move(names), columns);
}

TSATTN_LIBRARY_FUNCTION void append_wind_vectors(Table& table, std::initializer_list<WindColumns> winds) {
  append_wind_vectors(table, std::span(winds.begin(), winds.size()));
}

}  // namespace tsattn
