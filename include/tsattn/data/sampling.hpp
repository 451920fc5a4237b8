#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_stamp.hpp>

/// How a table's rows follow each other in time, and what brings them into the even steps that models expect.
namespace tsattn {

/// What lies between one row and the next: a time, or calendar months, which are of unequal length.
struct Period {
  std::chrono::microseconds time{0};
  Index months = 0;           ///< if above 0, the period, and `time` is 0
  bool at_month_end = false;  ///< whether months go from the last day to the last day

  friend bool operator==(const Period&, const Period&) = default;
};

/// Steps that are missing between a row and the one before it.
struct Gap {
  Index row = 0;
  Index missing = 0;

  friend bool operator==(const Gap&, const Gap&) = default;
};

/// What the times of rows say, each row beside the one before it. Rows are counted from 0.
struct Sampling {
  Period period = {};
  std::vector<Index> unsorted = {};    ///< rows before the row before them
  std::vector<Index> duplicates = {};  ///< rows at the time of the row before them
  std::vector<Index> irregular = {};   ///< rows that are no whole number of periods later
  std::vector<Gap> gaps = {};          ///< rows that are more than one period later

  bool is_regular() const { return unsorted.empty() && duplicates.empty() && irregular.empty() && gaps.empty(); }
};

/// The time `steps` periods after `time`, or before it if that is negative. A day that a month does not have is its
/// last one.
TimeStamp later(TimeStamp time, const Period& period, Index steps = 1);

/// "10 minutes", "1 hour", "1 week", "1 month", "1 year": in the largest unit of which it is a whole number.
std::string text_of(const Period& period);

/// What `times` say. The period is the most common difference of rows that follow each other, the smaller one of two;
/// calendar months if these are as common. Throws DataError unless a time is later than the one before it.
Sampling sampling_of(std::span<const TimeStamp> times);

/// The period of a table whose rows are one period apart. Throws DataError, with the first row of what is wrong and
/// what may help, if they are not or have no times.
Period require_regular(std::string_view where, const Table& table);

/// The rows in the order of time, those of one time in the order they had. Throws DataError without times.
Table sorted_by_time(const Table& table);

/// Returns the table without the rows that are the same as an earlier one of the same time, missing values too; rows of
/// one time lie side by side, as in a table that is sorted. Throws DataError without times.
Table without_repeated_rows(const Table& table);

/// Returns the table with a row for every step that is missing: its values are missing values, its texts empty. Throws
/// DataError if rows are not sorted, occur twice, are no whole number of periods apart, or more are missing than there
/// are.
Table with_missing_rows(const Table& table);

/// Returns every `n`th row from row `first` on: hourly ones of a table with a row every 10 minutes for n = 6. Nothing
/// is averaged. Throws ConfigError for n below 1 or a first row that is not in the table.
Table every_nth_row(const Table& table, Index n, Index first = 0);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/sampling.inl>
#endif
