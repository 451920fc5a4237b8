#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/data/table.hpp>

/// Tables from text: a row per line, cells apart by a separator.
/// Source: RFC 4180, "Common Format and MIME Type for CSV Files", 2005.
namespace tsattn {

/// How a table is written, and what is wanted of it.
struct CsvOptions {
  /// Between cells. '\0': the first of ; tab | and , that occurs equally often in the first two lines.
  char separator = '\0';
  /// '.' or ','. '\0': '.', but where the separator is ; whichever of both comes first in a number.
  char decimal_mark = '\0';
  /// Whether the first line has the names; otherwise they are column_0, column_1, ...
  bool header = true;
  /// "": the first column, but for text columns, whose first value is a time; none if there is no such column.
  std::string time_column = {};
  /// Those to read as numbers, in this order; none: all but the time and text columns. Cells of others may hold any
  /// text.
  std::vector<std::string> columns = {};
  /// Those to keep as text, in this order.
  std::vector<std::string> text_columns = {};
  /// What stands for a missing value, beside an empty cell, NA, N/A, NaN, null, none (in any case) and ?. One that is a
  /// number stands for all ways to write it: -9999 also for -9999.00.
  std::vector<std::string> missing_markers = {};
};

/// The table in `text`; `where` begins the messages of its errors. Cells may be in quotes, and then hold separators,
/// line breaks and, doubled, quotes; lines end in LF or CRLF, the last one in any number of them. Blanks around
/// numbers and times do not count. Missing values become NaN (missing_values.hpp). Throws ConfigError for options that
/// contradict each other or name an unknown column, DataError, with line and column, for everything that is wrong with
/// the text: no header, no rows, equal names, blank lines, rows of other lengths, cells that are no finite number or no
/// time.
Table parse_csv(std::string_view text, std::string_view where = "parse_csv", const CsvOptions& options = {});

/// The table in a file. Throws IoError if it cannot be read, and as parse_csv.
Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/csv.inl>
#endif
