#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/table.hpp>

namespace tsattn {

/// What becomes of missing values. error: they are refused.  forward_fill: the last known value before them.  linear:
/// on the straight line, row by row, from the last known value before to the first one behind them.
enum class MissingValues { error, forward_fill, linear };

template <>
struct EnumNames<MissingValues> {
  static constexpr std::string_view kOption = "missing_values";
  static constexpr std::pair<std::string_view, MissingValues> kNames[] = {{"error", MissingValues::error},
                                                                          {"forward_fill", MissingValues::forward_fill},
                                                                          {"linear", MissingValues::linear}};
};

/// The number of missing values in each column.
std::vector<Index> count_missing(const Table& table);

/// Does what `how` says with the missing values of all columns of numbers, and returns how many there were. Rows should
/// be evenly apart (require_regular): forward_fill and linear look at rows, not at times. Throws DataError, and changes
/// nothing, if there are any for `error`, if a column begins with one, or, for linear, ends with one.
Index fill_missing_values(Table& table, MissingValues how);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/missing_values.inl>
#endif
