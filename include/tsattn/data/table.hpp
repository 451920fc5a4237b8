#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/time_stamp.hpp>

namespace tsattn {

/// The place of `name` among `names`. Throws ConfigError, with the names that may be meant or else with all, if it is
/// not there.
Index index_of_name(std::string_view where, std::span<const std::string> names, std::string_view name);

/// A column of labels or categories.
struct TextColumn {
  std::string name;
  std::vector<std::string> values;  ///< one of each row
};

/// Rows of named columns, in the order of time if they have times. No two columns have the same name; who changes the
/// members keeps their sizes alike. Names may hold any bytes; messages show them as valid UTF-8.
struct Table {
  using ColumnMap = Eigen::Map<Eigen::VectorXd, Eigen::Unaligned, Eigen::InnerStride<>>;
  using ConstColumnMap = Eigen::Map<const Eigen::VectorXd, Eigen::Unaligned, Eigen::InnerStride<>>;

  Sequence<double> values = Sequence<double>({0, 1, 0});  ///< [L, 1, columns]; a missing value is NaN
  std::vector<std::string> names = {};                    ///< of the columns of `values`
  std::vector<TimeStamp> times = {};                      ///< of the rows, or none
  std::string time_name = {};
  std::vector<TextColumn> texts = {};

  Index rows() const { return values.time(); }
  Index columns() const { return values.features(); }
  bool has_times() const { return !times.empty(); }

  /// The column of `values` with that name. Throws ConfigError, with the names that may be meant or else with all, if
  /// there is none.
  Index index_of(std::string_view name) const;

  /// A column as a vector [L]: a view into `values`, whose elements do not lie side by side. Throws as index_of.
  ColumnMap column(std::string_view name) {
    return {values.data() + index_of(name), rows(), Eigen::InnerStride<>(columns())};
  }
  ConstColumnMap column(std::string_view name) const {
    return {values.data() + index_of(name), rows(), Eigen::InnerStride<>(columns())};
  }

  /// The text column with that name. Throws ConfigError if there is none.
  const TextColumn& text(std::string_view name) const;

  /// Adds columns [L, 1, number of names]. All numbers are copied once per call, so add columns together. Throws
  /// ShapeError if `added` has another shape, ConfigError if a name is there already.
  void append_columns(std::vector<std::string> added_names, const Sequence<double>& added);
};

/// The columns `wanted`, in that order; times and texts as they are. Throws ConfigError for an unknown name or one that
/// occurs twice.
Table select_columns(const Table& table, std::span<const std::string> wanted);

/// Returns the table with all columns but those. Throws ConfigError for an unknown name.
Table without_columns(const Table& table, std::span<const std::string> unwanted);

/// The rows `wanted`, counted from 0, in that order; a row may occur more than once. Throws ConfigError for a row that
/// is not in the table.
Table select_rows(const Table& table, std::span<const Index> wanted);

/// The rows of a range. Throws ConfigError if it is not inside the table.
Table select_rows(const Table& table, const IndexRange& wanted);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/table.inl>
#endif
