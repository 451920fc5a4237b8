#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/csv.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/formats/csv.hpp>
#include <tsattn/formats/shown_text.hpp>
#include <tsattn/formats/whole_file.hpp>

namespace tsattn {

namespace csv_parts {

/// What stands for a missing value.
class MissingMarkers {
 public:
  explicit MissingMarkers(const std::vector<std::string>& more) {
    for (const std::string& marker : more) {
      char mark = '\0';
      double value = 0;
      if (parse_csv_number(marker, mark, value) == CsvNumber::number) {
        numbers_.push_back(value);
      } else {
        texts_.push_back(marker);
      }
    }
  }

  bool contains(double value) const { return std::find(numbers_.begin(), numbers_.end(), value) != numbers_.end(); }
  bool contains(std::string_view cell) const {
    constexpr std::string_view kUsual[] = {"", "?", "na", "n/a", "nan", "null", "none"};
    const auto is_same = [&](std::string_view marker) {
      return std::equal(cell.begin(), cell.end(), marker.begin(), marker.end(),
                        [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); });
    };
    return std::any_of(std::begin(kUsual), std::end(kUsual), is_same) ||
           std::find(texts_.begin(), texts_.end(), cell) != texts_.end();
  }

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

inline bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Throws ConfigError if the options contradict each other, whatever the text.
inline void check_options(std::string_view where, const CsvOptions& options) {
  const char separator = options.separator, mark = options.decimal_mark;
  constexpr std::string_view kImpossible = "\"\r\n.+-";
  const bool is_word = (separator >= '0' && separator <= '9') || (separator >= 'a' && separator <= 'z') ||
                       (separator >= 'A' && separator <= 'Z');
  if (is_word || (separator != '\0' && kImpossible.find(separator) != std::string_view::npos))
    fail<ConfigError>(where, "expected a separator that is no part of a number, a text or a line break, got ",
                      shown_text({&separator, 1}));
  if (mark != '\0' && mark != '.' && mark != ',')
    fail<ConfigError>(where, "expected the decimal mark \".\" or \",\", got ", shown_text({&mark, 1}));
  std::unordered_set<std::string_view> names;
  for (const auto* const list : {&options.columns, &options.text_columns})
    for (const std::string& name : *list)
      if (!names.insert(name).second)
        fail<ConfigError>(where, "expected every column once in columns and text_columns, got ", shown_text(name),
                          " twice");
  if (!options.time_column.empty() && contains(options.text_columns, options.time_column))
    fail<ConfigError>(where, "expected a time column that is no text column, got ", shown_text(options.time_column),
                      " for both");
}

/// What becomes of a column of the text.
struct Role {
  enum class Kind { skipped, number, time, text };

  Kind kind = Kind::skipped;
  Index place = 0;  ///< among the table's columns of that kind
};

/// Reads one text.
class TableReader {
 public:
  TableReader(std::string_view where, std::string_view text, const CsvOptions& options)
      : TableReader(where, text, options, options.separator != '\0' ? options.separator : find_csv_separator(text)) {}

  Table read() {
    read_names();
    if (reader_.at_end()) fail_without_rows();
    assign_roles();
    allocate();
    while (!reader_.at_end()) read_row();
    fit_to_rows();
    return std::move(table_);
  }

 private:
  TableReader(std::string_view where, std::string_view text, const CsvOptions& options, char separator)
      : where_(where),
        options_(options),
        markers_(options.missing_markers),
        decimal_mark_(options.decimal_mark != '\0' || separator == ';' ? options.decimal_mark : '.'),
        reader_(where, text, separator) {
    if (separator == ',' && decimal_mark_ == ',')
      fail<ConfigError>(where, "expected a decimal mark other than the separator, got \",\" for both");
  }

  void read_names() {
    require_no_blank_line();
    CsvCells behind = reader_;
    names_ = next_csv_row(behind);
    if (!options_.header) {
      for (std::size_t i = 0; i < names_.size(); ++i) names_[i] = "column_" + std::to_string(i);
      return;
    }
    if (is_data(names_))
      fail<DataError>(where_,
                      "expected a header with the names of the columns, got numbers in line 1; "
                      "use header = false if there is none");
    std::unordered_set<std::string_view> taken;
    for (const std::string& name : names_)
      if (!taken.insert(name).second)
        fail<DataError>(where_, "expected different names in the header, got ", shown_text(name), " twice");
    reader_ = behind;
  }

  /// Whether cells of a first line are values rather than names.
  bool is_data(const std::vector<std::string>& cells) const {
    bool has_number = false;
    for (const std::string& text : cells) {
      const std::string_view cell = without_blanks(text);
      char mark = decimal_mark_;
      double value = 0;
      const bool is_number = parse_csv_number(cell, mark, value) == CsvNumber::number;
      if (!is_number && !markers_.contains(cell) && !try_parse_time_stamp(cell)) return false;
      has_number = has_number || is_number;
    }
    return has_number;
  }

  /// The place of the time column in the text, if there is one.
  std::optional<Index> find_time_column() const {
    if (!options_.time_column.empty()) return index_of_name(where_, names_, options_.time_column);
    CsvCells ahead = reader_;
    const std::vector<std::string> first_row = next_csv_row(ahead);
    for (std::size_t i = 0; i < (std::min)(first_row.size(), names_.size()); ++i)
      if (!contains(options_.text_columns, names_[i]) && try_parse_time_stamp(without_blanks(first_row[i])))
        return static_cast<Index>(i);
    return std::nullopt;
  }

  void assign_roles() {
    roles_.resize(names_.size());
    const auto role_of = [&](Index column) -> Role& { return roles_[static_cast<std::size_t>(column)]; };
    if (const auto time = find_time_column()) {
      role_of(*time) = {Role::Kind::time, 0};
      table_.time_name = names_[static_cast<std::size_t>(*time)];
      has_times_ = true;
    }
    for (const std::string& name : options_.text_columns) {
      role_of(index_of_name(where_, names_, name)) = {Role::Kind::text, static_cast<Index>(table_.texts.size())};
      table_.texts.push_back({name, {}});
    }
    const auto add_number = [&](Index column) {
      if (role_of(column).kind != Role::Kind::skipped) return;  // a time column may be asked for beside the others
      role_of(column) = {Role::Kind::number, static_cast<Index>(table_.names.size())};
      table_.names.push_back(names_[static_cast<std::size_t>(column)]);
    };
    for (const std::string& name : options_.columns) add_number(index_of_name(where_, names_, name));
    if (options_.columns.empty())
      for (Index column = 0; column < static_cast<Index>(names_.size()); ++column) add_number(column);
    row_.resize(table_.names.size());
  }

  /// Room for all rows there can be: every row but the last has a line break, and each of its cells a byte behind it.
  void allocate() {
    const std::string_view rest = reader_.rest();
    const Index lines = std::count(rest.begin(), rest.end(), '\n') + 1;
    const Index possible = (std::min)(lines, static_cast<Index>((rest.size() + 1) / names_.size()));
    table_.values.resize({possible, 1, static_cast<Index>(row_.size())});
    if (has_times_) table_.times.reserve(static_cast<std::size_t>(possible));
    for (TextColumn& text : table_.texts) text.values.reserve(static_cast<std::size_t>(possible));
  }

  void read_row() {
    require_no_blank_line();
    const Index line = reader_.line();
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      read_cell(i);
      if (reader_.row_has_ended() != (i + 1 == roles_.size())) fail_with_cells(line, static_cast<Index>(i) + 1);
    }
    std::copy(row_.begin(), row_.end(), table_.values.step_data(rows_));
    ++rows_;
  }

  void read_cell(std::size_t i) {
    const Role& role = roles_[i];
    const auto place = static_cast<std::size_t>(role.place);
    switch (role.kind) {
      case Role::Kind::skipped:
        reader_.next();
        return;
      case Role::Kind::number:
        row_[place] = read_number(i);
        return;
      case Role::Kind::time:
        table_.times.push_back(read_time(i));
        return;
      case Role::Kind::text:
        table_.texts[place].values.emplace_back(reader_.next());
        return;
    }
  }

  double read_number(std::size_t column) {
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    if (decimal_mark_ == '.' && reader_.next_number(value)) return markers_.contains(value) ? kMissing : value;
    const Index line = reader_.line();
    const std::string_view text = reader_.next(), cell = without_blanks(text);
    if (markers_.contains(cell)) return kMissing;
    switch (parse_csv_number(cell, decimal_mark_, value)) {
      case CsvNumber::number:
        return markers_.contains(value) ? kMissing : value;
      case CsvNumber::out_of_range:
        fail<DataError>(where_, "expected a finite number that a double can hold ", place(line, column), ", got ",
                        shown_text(text));
      case CsvNumber::none:
        break;
    }
    if (try_parse_time_stamp(cell))
      fail<DataError>(where_, "expected a number ", place(line, column), ", got the time ", shown_text(text),
                      "; name the column in time_column, or those to read in columns");
    fail<DataError>(where_, "expected a number", decimal_mark_ == ',' ? " with a decimal comma " : " ",
                    place(line, column), ", got ", shown_text(text),
                    "; name what stands for a missing value in missing_markers, a column of text in text_columns, or "
                    "those to read in columns");
  }

  TimeStamp read_time(std::size_t column) {
    const Index line = reader_.line();
    const std::string_view text = reader_.next();
    if (const auto time = try_parse_time_stamp(without_blanks(text))) return *time;
    fail<DataError>(where_, "expected a time such as 2016-07-01 00:10:00 or 01.07.2016 00:10 ", place(line, column),
                    ", got ", shown_text(text));
  }

  [[noreturn]] void fail_without_rows() const {
    const bool has_cr = std::any_of(names_.begin(), names_.end(),
                                    [](const std::string& name) { return name.find('\r') != std::string::npos; });
    fail<DataError>(where_, "expected rows behind the header, got none",
                    has_cr ? "; lines that end in CR alone need LF or CRLF" : "");
  }

  std::string place(Index line, std::size_t column) const {
    return "in line " + std::to_string(line) + " (row " + std::to_string(rows_) + ", counted from 0), column " +
           shown_text(names_[column]);
  }

  void require_no_blank_line() const {
    if (reader_.at_blank_line())
      fail<DataError>(where_, "expected no blank line before the end, got one, line ", reader_.line(),
                      "; remove it, or write NA for a missing value");
  }

  /// For a row whose first `count` cells have been read.
  [[noreturn]] void fail_with_cells(Index line, Index count) {
    for (; !reader_.row_has_ended(); ++count) reader_.next();
    fail<DataError>(where_, "expected ", names_.size(), names_.size() == 1 ? " cell" : " cells", " in line ", line,
                    " (row ", rows_, ", counted from 0), as in line 1, got ", count);
  }

  /// There are fewer than there was room for if cells in quotes have line breaks.
  void fit_to_rows() {
    if (rows_ == table_.rows()) return;
    Sequence<double> fitting;
    fitting.resize({rows_, 1, table_.columns()});
    std::copy_n(table_.values.data(), fitting.size(), fitting.data());
    table_.values.swap(fitting);
  }

  std::string_view where_;
  const CsvOptions& options_;
  MissingMarkers markers_;
  char decimal_mark_;
  CsvCells reader_;
  std::vector<std::string> names_;
  std::vector<Role> roles_;  // of the columns of the text
  bool has_times_ = false;
  Table table_;
  std::vector<double> row_;  // the numbers of the row that is being read
  Index rows_ = 0;           // that have been read
};

}  // namespace csv_parts

TSATTN_LIBRARY_FUNCTION Table parse_csv(std::string_view text, std::string_view where, const CsvOptions& options) {
  csv_parts::check_options(where, options);
  return csv_parts::TableReader(where, csv_lines(where, text), options).read();
}

TSATTN_LIBRARY_FUNCTION Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  const std::string where = "read_csv " + shown_text(path.string(), std::string::npos);
  return parse_csv(whole_file(where, path), where, options);
}

}  // namespace tsattn
