#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/csv.hpp>
#include <tsattn/data/sampling.hpp>

#include "support/real_data.hpp"

namespace sampling_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;
using namespace std::chrono_literals;

using Rows = std::vector<Index>;

std::vector<TimeStamp> times_of(const std::vector<std::string>& texts) {
  std::vector<TimeStamp> times;
  for (const std::string& text : texts) times.push_back(parse_time_stamp(text));
  return times;
}

std::string period_of(const std::vector<std::string>& texts) { return text_of(sampling_of(times_of(texts)).period); }

/// A table with those times, whose values count its rows and whose texts name them.
Table table_of(const std::vector<std::string>& texts) {
  Table table{.values = Sequence<double>({static_cast<Index>(texts.size()), 1, 1}),
              .names = {"a"},
              .times = times_of(texts),
              .time_name = "t",
              .texts = {{"text", {}}}};
  for (std::size_t row = 0; row < texts.size(); ++row) {
    table.values.data()[row] = static_cast<double>(row);
    table.texts[0].values.push_back("row " + std::to_string(row));
  }
  return table;
}

template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("sampling_of: the period is the most common difference") {
  CHECK(period_of({"2020-01-01 00:00", "2020-01-01 00:10", "2020-01-01 00:20"}) == "10 minutes");
  CHECK(period_of({"2020-01-01 00:00", "2020-01-01 02:00", "2020-01-01 03:00", "2020-01-01 04:00"}) == "1 hour");
  CHECK(period_of({"2020-01-01", "2020-01-02"}) == "1 day");
  CHECK(period_of({"2020-01-01", "2020-01-08"}) == "1 week");
  CHECK(period_of({"2020-01-01 00:00", "2020-01-01 01:30"}) == "90 minutes");
  CHECK(period_of({"2020-01-01 00:00:00", "2020-01-01 00:00:01"}) == "1 second");
  CHECK(period_of({"2020-01-01 00:00:00", "2020-01-01 00:00:00.25"}) == "250 milliseconds");
  CHECK(period_of({"2020-01-01 00:00:00", "2020-01-01 00:00:00.000001"}) == "1 microsecond");
  CHECK(period_of({"2020-01-01", "2020-01-03", "2020-01-04"}) == "1 day");  // the smaller one of two
}

TEST_CASE("sampling_of: calendar months") {
  CHECK(period_of({"1949-01", "1949-02", "1949-03", "1949-04"}) == "1 month");
  CHECK(period_of({"1949-01", "1949-02"}) == "1 month");
  CHECK(period_of({"2019-01-31", "2019-02-28", "2019-03-31", "2019-04-30"}) == "1 month");
  CHECK(period_of({"2019-01-15 06:00", "2019-04-15 06:00", "2019-07-15 06:00"}) == "3 months");
  CHECK(period_of({"2019-01-01", "2020-01-01", "2021-01-01"}) == "1 year");
  CHECK(period_of({"2019-02-01", "2019-03-01", "2019-03-29", "2019-04-26"}) == "4 weeks");
  CHECK(period_of({"2019-01-01 00:00", "2019-02-01 01:00"}) == "745 hours");
  const Sampling sampling = sampling_of(times_of({"2019-01-31", "2019-02-28", "2019-05-31"}));
  CHECK(sampling.period == Period{.months = 1, .at_month_end = true});
  CHECK(sampling.gaps == std::vector<Gap>{{2, 2}});
  CHECK(sampling.irregular.empty());
}

TEST_CASE("later: periods from a time on") {
  const auto after = [](const std::string& text, const Period& period, Index steps) {
    return text_of(later(parse_time_stamp(text), period, steps));
  };
  CHECK(after("2020-02-28 23:00", {.time = 1h}, 2) == "2020-02-29 01:00:00");
  CHECK(after("2020-02-28 23:00", {.time = 1h}, -24) == "2020-02-27 23:00:00");
  CHECK(after("1960-12-01", {.months = 1}, 1) == "1961-01-01 00:00:00");
  CHECK(after("1960-12-05 06:00", {.months = 3}, 5) == "1962-03-05 06:00:00");
  CHECK(after("1960-12-01", {.months = 1}, -12) == "1959-12-01 00:00:00");
  CHECK(after("2020-01-31", {.months = 1}, 1) == "2020-02-29 00:00:00");
  CHECK(after("2020-01-31", {.months = 1}, 2) == "2020-03-31 00:00:00");
  CHECK(after("2020-02-29", {.months = 1}, 1) == "2020-03-29 00:00:00");
  CHECK(after("2020-02-29", {.months = 1, .at_month_end = true}, 1) == "2020-03-31 00:00:00");
}

TEST_CASE("sampling_of: what is not regular") {
  const Sampling sampling =
      sampling_of(times_of({"2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:00", "2020-01-01 02:00",
                            "2020-01-01 05:00", "2020-01-01 05:30", "2020-01-01 04:00", "2020-01-01 05:00"}));
  CHECK(sampling.period == Period{.time = 1h});
  CHECK(sampling.duplicates == Rows{3});
  CHECK(sampling.gaps == std::vector<Gap>{{4, 2}});
  CHECK(sampling.irregular == Rows{5});
  CHECK(sampling.unsorted == Rows{6});
  CHECK_FALSE(sampling.is_regular());
  CHECK(sampling_of(times_of({"2020-01-01", "2020-01-02", "2020-01-03"})).is_regular());
  // The 28th of February is a last day, the 31st of March is none that follows it here.
  CHECK(sampling_of(times_of({"2019-01-28", "2019-02-28", "2019-03-31", "2019-04-28", "2019-05-28"})).irregular ==
        Rows{2, 3});
}

TEST_CASE("sampling_of: too few times") {
  CHECK(error_of([] { sampling_of(times_of({})); }) ==
        "[sampling_of] expected at least two times in rising order, got 0 times");
  CHECK(error_of([] { sampling_of(times_of({"2020-01-01"})); }) ==
        "[sampling_of] expected at least two times in rising order, got 1 time");
  CHECK(error_of([] {
          sampling_of(times_of({"2020-01-01", "2020-01-01"}));
        }) == "[sampling_of] expected at least two times in rising order, got 2 times that never rise");
}

TEST_CASE("require_regular: the first problem and what helps") {
  const auto error = [](const std::vector<std::string>& texts) {
    return error_of([&] { require_regular("load", table_of(texts)); });
  };
  CHECK(require_regular("load", table_of({"2020-01-01", "2020-01-02"})) == Period{.time = 24h});
  CHECK(
      error({"2020-01-01", "2020-01-03", "2020-01-02", "2020-01-02"}) ==
      "[load] expected rows in the order of time, got 2020-01-02 00:00:00 in row 2, counted from 0, behind 2020-01-03 "
      "00:00:00; sorted_by_time sorts them");
  CHECK(
      error({"2020-01-01", "2020-01-03", "2020-01-02", "2020-01-01"}) ==
      "[load] expected rows in the order of time, got 2020-01-02 00:00:00 in row 2, counted from 0, behind 2020-01-03 "
      "00:00:00 (2 such rows); sorted_by_time sorts them");
  CHECK(
      error({"2020-01-01", "2020-01-02", "2020-01-02"}) ==
      "[load] expected every time once, got 2020-01-02 00:00:00 in row 2, counted from 0, behind 2020-01-02 00:00:00; "
      "without_repeated_rows drops those that are the same as a whole");
  CHECK(error({"2020-01-01", "2020-01-02", "2020-01-03", "2020-01-03 12:00"}) ==
        "[load] expected rows 1 day apart, got 2020-01-03 12:00:00 in row 3, counted from 0, behind 2020-01-03 "
        "00:00:00; leave such rows out, or use a part of the table that has none");
  CHECK(error({"2020-01-01", "2020-01-02", "2020-01-04"}) ==
        "[load] expected rows 1 day apart, got 2020-01-04 00:00:00 in row 2, counted from 0, behind 2020-01-02 "
        "00:00:00, 1 row is missing; with_missing_rows inserts them, fill_missing_values gives them values");
  CHECK(error({"2020-01-01", "2020-01-04", "2020-01-05", "2020-01-06", "2020-01-08"}) ==
        "[load] expected rows 1 day apart, got 2020-01-04 00:00:00 in row 1, counted from 0, behind 2020-01-01 "
        "00:00:00, 2 rows are missing (3 missing in 2 gaps); with_missing_rows inserts them, fill_missing_values gives "
        "them values");
  CHECK(error_of([] { require_regular("load", Table{}); }) ==
        "[load] expected a table with times, got one without; name its column in CsvOptions::time_column");
}

TEST_CASE("sorted_by_time: rows of one time keep their order") {
  const Table sorted = sorted_by_time(table_of({"2020-01-03", "2020-01-01", "2020-01-02", "2020-01-01"}));
  CHECK(sorted.column("a") == Eigen::Vector4d(1, 3, 2, 0));
  CHECK(sorted.times == times_of({"2020-01-01", "2020-01-01", "2020-01-02", "2020-01-03"}));
  CHECK(sorted.text("text").values == std::vector<std::string>{"row 1", "row 3", "row 2", "row 0"});
  CHECK(error_of([] { sorted_by_time(Table{}); }) ==
        "[sorted_by_time] expected a table with times, got one without; name its column in CsvOptions::time_column");
}

TEST_CASE("without_repeated_rows: only rows that are the same as a whole") {
  Table table = table_of({"2020-01-01", "2020-01-02", "2020-01-02", "2020-01-02", "2020-01-02", "2020-01-03"});
  table.texts[0].values.assign(6, "x");
  table.values(1, 0, 0) = std::nan("");
  table.values(2, 0, 0) = 7;
  table.values(3, 0, 0) = std::nan("");  // as row 1, though not the one before
  table.values(5, 0, 0) = table.values(4, 0, 0);
  const Table kept = without_repeated_rows(table);
  CHECK(kept.times == times_of({"2020-01-01", "2020-01-02", "2020-01-02", "2020-01-02", "2020-01-03"}));
  CHECK(kept.values(2, 0, 0) == 7);
  CHECK(kept.values(3, 0, 0) == 4);
  table.texts[0].values[3] = "y";
  CHECK(without_repeated_rows(table).rows() == 6);
  CHECK_THROWS_AS(without_repeated_rows(Table{}), DataError);
}

TEST_CASE("with_missing_rows: a row for every step") {
  const Table table =
      with_missing_rows(table_of({"2019-11-30", "2020-01-31", "2020-02-29", "2020-03-31", "2020-05-31"}));
  CHECK(table.times ==
        times_of({"2019-11-30", "2019-12-31", "2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30", "2020-05-31"}));
  CHECK(table.text("text").values == std::vector<std::string>{"row 0", "", "row 1", "row 2", "row 3", "", "row 4"});
  CHECK(table.values(0, 0, 0) == 0);
  CHECK(std::isnan(table.values(1, 0, 0)));
  CHECK(table.values(4, 0, 0) == 3);
  CHECK(std::isnan(table.values(5, 0, 0)));
  CHECK(table.values(6, 0, 0) == 4);
  CHECK(require_regular("x", table) == Period{.months = 1, .at_month_end = true});
  CHECK(with_missing_rows(table_of({"2020-01-01", "2020-01-02"})).rows() == 2);
}

TEST_CASE("with_missing_rows: what it refuses") {
  CHECK(error_of([] {
          with_missing_rows(table_of({"2020-01-01", "2020-01-02", "9999-01-01"}));
        }) ==
        "[with_missing_rows] expected no more missing rows than the 3 there are, got 2914268 for rows 1 day apart; use "
        "a part of the table");
  CHECK(error_of([] {
          with_missing_rows(table_of({"2020-01-01", "2020-01-02", "2020-01-02"}));
        }) ==
        "[with_missing_rows] expected every time once, got 2020-01-02 00:00:00 in row 2, counted from 0, behind "
        "2020-01-02 00:00:00; without_repeated_rows drops those that are the same as a whole");
  CHECK_THROWS_AS(with_missing_rows(Table{}), DataError);
}

TEST_CASE("every_nth_row") {
  const Table table = table_of({"2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "2020-01-05"});
  CHECK(every_nth_row(table, 2).column("a") == Eigen::Vector3d(0, 2, 4));
  CHECK(every_nth_row(table, 2, 1).column("a") == Eigen::Vector2d(1, 3));
  CHECK(every_nth_row(table, 1).rows() == 5);
  CHECK(every_nth_row(table, PTRDIFF_MAX, 4).rows() == 1);
  CHECK(text_of(require_regular("x", every_nth_row(table, 2))) == "2 days");
  CHECK_THROWS_WITH_AS(every_nth_row(table, 0), "[every_nth_row] expected n of at least 1, got 0", ConfigError);
  for (const Index first : {Index{-1}, Index{5}})
    CHECK_THROWS_WITH_AS(every_nth_row(table, 1, first),
                         ("[every_nth_row] expected a first row of a table of 5 rows, got row " +
                          std::to_string(first) + " (counted from 0)")
                             .c_str(),
                         ConfigError);
}

TEST_CASE("sampling of the real data") {
  if (const auto path = real_file("ETTh1.csv")) CHECK(text_of(require_regular("x", read_csv(*path))) == "1 hour");
  if (const auto path = real_file("airline-passengers.csv"))
    CHECK(text_of(require_regular("x", read_csv(*path))) == "1 month");
  if (const auto path = real_file("jena_climate_jan2009.csv")) {
    const Table table = read_csv(*path);
    CHECK(text_of(require_regular("x", table)) == "10 minutes");
    CHECK(text_of(require_regular("x", every_nth_row(table, 6, 5))) == "1 hour");
  }
  if (const auto path = real_file("AMZN_train.csv")) {
    const Sampling sampling = sampling_of(read_csv(*path).times);  // days of trade
    CHECK(text_of(sampling.period) == "1 day");
    CHECK(sampling.gaps.size() == 1035);
  }
}

}  // namespace
}  // namespace sampling_test
