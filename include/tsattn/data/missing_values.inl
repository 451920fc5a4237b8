#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/missing_values.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::vector<Index> count_missing(const Table& table) {
  std::vector<Index> counts(static_cast<std::size_t>(table.columns()));
  for (Index row = 0; row < table.rows(); ++row)
    for (std::size_t column = 0; column < counts.size(); ++column)
      counts[column] += std::isnan(table.values.step_data(row)[column]) ? 1 : 0;
  return counts;
}

namespace missing_values_parts {

inline constexpr std::string_view kWhere = "fill_missing_values";

/// "row 7, counted from 0 (2016-07-01 07:00:00)"
inline std::string row_text(const Table& table, Index row) {
  std::string text = "row " + std::to_string(row) + ", counted from 0";
  if (table.has_times()) text.append(" (").append(text_of(table.times[static_cast<std::size_t>(row)])).append(")");
  return text;
}

inline const std::string& name_of_column(const Table& table, Index column) {
  return table.names[static_cast<std::size_t>(column)];
}

[[noreturn]] inline void fail_with_counts(const Table& table, const std::vector<Index>& counts) {
  Index first_column = -1, others = 0, in_others = 0;
  for (Index column = 0; column < table.columns(); ++column) {
    const Index count = counts[static_cast<std::size_t>(column)];
    if (count == 0) continue;
    if (first_column < 0) {
      first_column = column;
    } else {
      ++others;
      in_others += count;
    }
  }
  Index row = 0;
  while (!std::isnan(table.values(row, 0, first_column))) ++row;
  std::string more;
  if (others > 0)
    more = ", and " + std::to_string(in_others) + " in " + std::to_string(others) +
           (others == 1 ? " other column" : " other columns");
  fail<DataError>(kWhere, "expected no missing values, got ", counts[static_cast<std::size_t>(first_column)],
                  " in column ", shown_text(name_of_column(table, first_column)), ", the first in ",
                  row_text(table, row), more, "; use forward_fill or linear, or leave the column out");
}

/// Throws DataError unless there are known values where missing ones are to come from.
inline void require_ends(const Table& table, MissingValues how) {
  for (Index column = 0; column < table.columns(); ++column) {
    if (std::isnan(table.values(0, 0, column)))
      fail<DataError>(kWhere, "expected a known value before missing ones, got none in column ",
                      shown_text(name_of_column(table, column)), ", ", row_text(table, 0),
                      "; leave out the rows before its first known value, or the column");
    const Index last = table.rows() - 1;
    if (how == MissingValues::linear && std::isnan(table.values(last, 0, column)))
      fail<DataError>(kWhere, "expected a known value behind missing ones, got none in column ",
                      shown_text(name_of_column(table, column)), ", ", row_text(table, last),
                      "; use forward_fill, or leave out the rows behind its last known value");
  }
}

/// Fills the rows begin, ..., end - 1 of a column.
inline void fill_gap(Sequence<double>& values, Index column, const IndexRange& gap, MissingValues how) {
  const double before = values(gap.begin - 1, 0, column);
  if (how == MissingValues::forward_fill) {
    for (Index row = gap.begin; row < gap.end; ++row) values(row, 0, column) = before;
    return;
  }
  const double behind = values(gap.end, 0, column), steps = static_cast<double>(gap.size() + 1);
  for (Index row = gap.begin; row < gap.end; ++row) {
    const double share = static_cast<double>(row - gap.begin + 1) / steps;
    values(row, 0, column) = unfused_product(1 - share, before) + unfused_product(share, behind);
  }
}

}  // namespace missing_values_parts

TSATTN_LIBRARY_FUNCTION Index fill_missing_values(Table& table, MissingValues how) {
  using namespace missing_values_parts;
  const std::vector<Index> counts = count_missing(table);
  Index sum = 0;
  for (const Index count : counts) sum += count;
  if (sum == 0) return 0;
  if (how == MissingValues::error) fail_with_counts(table, counts);
  require_ends(table, how);
  for (Index column = 0; column < table.columns(); ++column) {
    for (Index row = 0; row < table.rows(); ++row) {
      if (!std::isnan(table.values(row, 0, column))) continue;
      IndexRange gap{row, row + 1};
      while (gap.end < table.rows() && std::isnan(table.values(gap.end, 0, column))) ++gap.end;
      fill_gap(table.values, column, gap, how);
      row = gap.end - 1;
    }
  }
  return sum;
}

}  // namespace tsattn
