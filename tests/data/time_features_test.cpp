#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/time_features.hpp>

#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

using Names = std::vector<std::string>;

// Angles are rounded when they are multiplied with pi, and sin and cos of angles up to 2 pi move by as much.
constexpr double kTolerance = 4 * std::numbers::pi * std::numeric_limits<double>::epsilon();

double share(TimeFeature feature, const std::string& time) { return share_of_cycle(feature, parse_time_stamp(time)); }

Table table_at(const std::string& time) {
  return {.values = sequence_of({1, 1, 1}, {5.}), .names = {"a"}, .times = {parse_time_stamp(time)}, .time_name = "t"};
}

}  // namespace

TEST_CASE("share_of_cycle: where a time stands in the cycles of the calendar") {
  CHECK(share(TimeFeature::minute, "2020-01-01 05:45:00") == 0.75);
  CHECK(share(TimeFeature::hour, "2020-01-01 00:00:00") == 0);
  CHECK(share(TimeFeature::hour, "2020-01-01 06:00:00") == 0.25);
  CHECK(share(TimeFeature::hour, "1969-12-31 18:00:00") == 0.75);     // before 1970 too
  CHECK(share(TimeFeature::weekday, "2020-01-06") == 0);              // a Monday
  CHECK(share(TimeFeature::weekday, "2020-01-12 12:00") == 6.5 / 7);  // a Sunday
  CHECK(share(TimeFeature::day_of_month, "2020-02-01") == 0);         //
  CHECK(share(TimeFeature::day_of_month, "2020-02-29 12:00") == 28.5 / 29);
  CHECK(share(TimeFeature::month, "2020-01-31") == 0);
  CHECK(share(TimeFeature::month, "2020-10-01") == 0.75);
  CHECK(share(TimeFeature::day_of_year, "2020-01-01") == 0);
  CHECK(share(TimeFeature::day_of_year, "2020-12-31") == 365.0 / 366);  // a leap year
  CHECK(share(TimeFeature::day_of_year, "2019-07-02 12:00") == 0.5);
}

TEST_CASE("append_time_features: sine and cosine of each, appended in the order wanted") {
  Table table = table_at("2020-10-06 06:00:00");
  append_time_features(table, {TimeFeature::month, TimeFeature::hour});
  CHECK(table.names == Names{"a", "month sin", "month cos", "hour sin", "hour cos"});
  CHECK(table.values(0, 0, 0) == 5);
  CHECK(std::abs(table.values(0, 0, 1) + 1) <= kTolerance);
  CHECK(std::abs(table.values(0, 0, 2)) <= kTolerance);
  CHECK(std::abs(table.values(0, 0, 3) - 1) <= kTolerance);
  CHECK(std::abs(table.values(0, 0, 4)) <= kTolerance);
}

TEST_CASE("append_time_features: by name, all of them") {
  Table table = table_at("2020-10-06 06:00:00");
  append_time_features(table, Names{"minute", "hour", "weekday", "day_of_month", "month", "day_of_year"});
  CHECK(table.columns() == 13);
  for (Index column = 1; column < 13; column += 2) {
    const double sine = table.values(0, 0, column), cosine = table.values(0, 0, column + 1);
    CHECK(std::abs(sine * sine + cosine * cosine - 1) <= kTolerance);
  }
}

TEST_CASE("append_time_features: errors") {
  Table table = table_at("2020-10-06");
  CHECK_THROWS_WITH_AS(append_time_features(table, Names{"hour", "week"}),
                       "[time_feature] expected one of minute, hour, weekday, day_of_month, month, day_of_year, got "
                       "\"week\"",
                       ConfigError);
  CHECK_THROWS_WITH_AS(append_time_features(table, {TimeFeature::hour, TimeFeature::hour}),
                       "[Table::append_columns] expected new names, got \"hour sin\", which is a column already",
                       ConfigError);
  CHECK(table.columns() == 1);
  table.times.clear();
  CHECK_THROWS_WITH_AS(append_time_features(table, {TimeFeature::hour}),
                       "[append_time_features] expected a table with times, got one without; name its column in "
                       "CsvOptions::time_column",
                       DataError);
}

TEST_CASE("append_wind_vectors: the parts of the wind") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  Table table{.values = sequence_of({4, 1, 3}, {2., 0., 3., 2., 90., 3., 4., 225., 3., missing, 10., 3.}),
              .names = {"wv", "wd", "gust"}};
  append_wind_vectors(table, {{"wv", "wd"}, {"gust", "wd"}});
  CHECK(table.names == Names{"wv", "wd", "gust", "wv x", "wv y", "gust x", "gust y"});
  const auto x = table.column("wv x"), y = table.column("wv y");
  CHECK(x(0) == 2);
  CHECK(y(0) == 0);
  CHECK(std::abs(x(1)) <= 2 * kTolerance);
  CHECK(y(1) == 2);
  CHECK(std::abs(x(2) + std::sqrt(8.0)) <= 4 * kTolerance);
  CHECK(std::abs(y(2) + std::sqrt(8.0)) <= 4 * kTolerance);
  CHECK(std::isnan(x(3)));
  CHECK(std::isnan(y(3)));
  CHECK(table.column("gust x")(0) == 3);
}

TEST_CASE("append_wind_vectors: errors") {
  Table table{.values = sequence_of({2, 1, 2}, {2., 0., -9999., 90.}), .names = {"wv", "wd"}};
  CHECK_THROWS_WITH_AS(
      append_wind_vectors(table, {{"wv", "wd"}}),
      "[append_wind_vectors] expected speeds of at least 0, got -9999 in row 1, counted from 0, column "
      "\"wv\"; name what stands for a missing value in CsvOptions::missing_markers",
      DataError);
  CHECK_THROWS_WITH_AS(append_wind_vectors(table, {{"wv", "WD"}}),
                       "[Table] expected a column, got \"WD\"; is \"wd\", \"wv\" meant?", ConfigError);
  CHECK(table.columns() == 2);
}
