#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/missing_values.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Columns a, with gaps of one and two rows, b, without, and c, with a gap of one row.
Table table_with_gaps() {
  return {.values = sequence_of({6, 1, 3}, {1., 10., 5., kMissing, 20., 6., 3., 30., kMissing, kMissing, 40., 8.,
                                            kMissing, 50., 9., 6., 60., 7.}),
          .names = {"a", "b", "c"}};
}

std::string error_of(Table table, MissingValues how) {
  const Sequence<double> before = table.values;
  try {
    fill_missing_values(table, how);
  } catch (const DataError& error) {
    CHECK(same_bits(table.values, before));
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("count_missing") { CHECK(count_missing(table_with_gaps()) == std::vector<Index>{3, 0, 1}); }

TEST_CASE("fill_missing_values: forward_fill repeats the last known value") {
  Table table = table_with_gaps();
  CHECK(fill_missing_values(table, MissingValues::forward_fill) == 4);
  CHECK(same_bits(table.values, sequence_of({6, 1, 3}, {1., 10., 5., 1., 20., 6., 3., 30., 6., 3., 40., 8., 3., 50., 9.,
                                                        6., 60., 7.})));
  table.values(5, 0, 0) = kMissing;
  CHECK(fill_missing_values(table, MissingValues::forward_fill) == 1);
  CHECK(table.values(5, 0, 0) == 3);
}

TEST_CASE("fill_missing_values: linear is the straight line between known values") {
  Table table = table_with_gaps();
  CHECK(fill_missing_values(table, MissingValues::linear) == 4);
  CHECK(table.values(1, 0, 0) == 2);
  CHECK(table.values(3, 0, 0) == doctest::Approx(4));
  CHECK(table.values(4, 0, 0) == doctest::Approx(5));
  CHECK(table.values(2, 0, 2) == 7);
  CHECK(table.values(5, 0, 0) == 6);
  // Differences of values near the ends of the range are no doubles.
  Table large{.values = sequence_of({3, 1, 1}, {-1.7e308, kMissing, 1.7e308}), .names = {"a"}};
  fill_missing_values(large, MissingValues::linear);
  CHECK(large.values(1, 0, 0) == 0);
}

TEST_CASE("fill_missing_values: nothing missing, nothing changed") {
  for (const MissingValues how : {MissingValues::error, MissingValues::forward_fill, MissingValues::linear}) {
    Table table{.values = sequence_of({2, 1, 1}, {1., 2.}), .names = {"a"}}, empty;
    CHECK(fill_missing_values(table, how) == 0);
    CHECK(same_bits(table.values, sequence_of({2, 1, 1}, {1., 2.})));
    CHECK(fill_missing_values(empty, how) == 0);
  }
}

TEST_CASE("fill_missing_values: errors name column and row, and nothing is changed") {
  const std::string what_to_do = "; use forward_fill or linear, or leave the column out";
  Table table = table_with_gaps();
  CHECK(error_of(table, MissingValues::error) ==
        "[fill_missing_values] expected no missing values, got 3 in column \"a\", the first in row 1, counted from 0, "
        "and 1 in 1 other column" +
            what_to_do);
  table.values(0, 0, 1) = kMissing;
  for (int day = 1; day <= 6; ++day) table.times.push_back(parse_time_stamp("2020-01-0" + std::to_string(day)));
  CHECK(error_of(table, MissingValues::error) ==
        "[fill_missing_values] expected no missing values, got 3 in column \"a\", the first in row 1, counted from 0 "
        "(2020-01-02 00:00:00), and 2 in 2 other columns" +
            what_to_do);
  for (const MissingValues how : {MissingValues::forward_fill, MissingValues::linear})
    CHECK(error_of(table, how) ==
          "[fill_missing_values] expected a known value before missing ones, got none in column \"b\", row 0, counted "
          "from 0 (2020-01-01 00:00:00); leave out the rows before its first known value, or the column");
  table = table_with_gaps();
  table.values(5, 0, 2) = kMissing;
  CHECK(
      error_of(table, MissingValues::linear) ==
      "[fill_missing_values] expected a known value behind missing ones, got none in column \"c\", row 5, counted from "
      "0; use forward_fill, or leave out the rows behind its last known value");
  Table one{.values = sequence_of({2, 1, 1}, {1., kMissing}), .names = {"a"}};
  CHECK(error_of(one, MissingValues::error) ==
        "[fill_missing_values] expected no missing values, got 1 in column \"a\", the first in row 1, counted from 0" +
            what_to_do);
}

TEST_CASE("MissingValues: names") {
  CHECK(from_name<MissingValues>("linear") == MissingValues::linear);
  CHECK_THROWS_WITH_AS(from_name<MissingValues>("zero"),
                       "[missing_values] expected one of error, forward_fill, linear, got \"zero\"", ConfigError);
}
