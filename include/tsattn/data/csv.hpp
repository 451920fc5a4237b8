#pragma once

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/formats/shown_text.hpp>

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

namespace csv_parts {

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the cells out of a text, one after the other. A copy of it looks ahead.
class CellReader {
 public:
  /// `text`, which must outlive it, ends with its last cell, not with a line break.
  CellReader(std::string_view where, std::string_view text, char separator)
      : where_(where), at_(text.data()), end_(text.data() + text.size()), separator_(separator) {}

  /// Counted from 1, of the next cell.
  Index line() const { return line_; }
  /// Whether the cell before was the last one of its row.
  bool row_has_ended() const { return row_has_ended_; }
  /// Whether the cell before was the last one of all.
  bool at_end() const { return at_ == end_ && row_has_ended_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  bool at_blank_line() const { return at_ == end_ || *at_ == '\n' || (*at_ == '\r' && is_line_end(at_)); }
  std::string_view rest() const { return {at_, remaining()}; }

  /// The next cell, without the quotes around it. It stays as it is until the next call.
  std::string_view next() {
    if (at_ != end_ && *at_ == '"') return next_quoted();
    const char* const begin = at_;
    while (at_ != end_ && *at_ != separator_ && *at_ != '\n') ++at_;
    const char* cell_end = at_;
    if (cell_end != begin && cell_end[-1] == '\r' && (at_ == end_ || *at_ == '\n')) --cell_end;
    skip_mark();
    return {begin, static_cast<std::size_t>(cell_end - begin)};
  }

  /// Puts the next cell into `value` if it is a finite number with a decimal point and nothing else; otherwise returns
  /// false and stays in front of it. It is how nearly all cells are read.
  bool next_number(double& value) {
    const auto [number_end, error] = std::from_chars(at_, end_, value);
    const bool is_cell =
        number_end == end_ || *number_end == separator_ || *number_end == '\n' || is_line_end(number_end);
    if (error != std::errc() || !is_cell || !std::isfinite(value)) return false;
    at_ = number_end;
    if (at_ != end_ && *at_ == '\r') ++at_;
    skip_mark();
    return true;
  }

 private:
  /// Whether CR at `place` belongs to a line break.
  bool is_line_end(const char* place) const { return *place == '\r' && (place + 1 == end_ || place[1] == '\n'); }

  /// Steps over the separator or line break behind a cell.
  void skip_mark() {
    row_has_ended_ = at_ == end_ || *at_ == '\n';
    if (at_ == end_) return;
    if (*at_ == '\n') ++line_;
    ++at_;
  }

  std::string_view next_quoted() {
    const Index first_line = line_;
    unquoted_.clear();
    while (true) {
      const char* const begin = ++at_;  // behind the quote that opens the cell, or the second one of a pair
      while (at_ != end_ && *at_ != '"') line_ += *at_++ == '\n' ? 1 : 0;
      if (at_ == end_)
        fail<DataError>(where_, "expected a quote that ends the cell whose quote begins in line ", first_line,
                        ", got the end of the text");
      unquoted_.append(begin, at_);
      if (++at_ == end_ || *at_ != '"') break;
      unquoted_.push_back('"');
    }
    if (at_ != end_ && is_line_end(at_)) ++at_;
    if (at_ != end_ && *at_ != separator_ && *at_ != '\n')
      fail<DataError>(where_, "expected a separator or the end of line ", line_, " behind the quoted cell ",
                      shown_text(unquoted_), ", got ", shown_text(rest().substr(0, rest().find('\n')), 20),
                      "; a quote inside a quoted cell is written twice");
    skip_mark();
    return unquoted_;
  }

  std::string_view where_;
  const char* at_;
  const char* end_;
  char separator_;
  Index line_ = 1;
  bool row_has_ended_ = true;
  std::string unquoted_;
};

/// The cells of the next row.
inline std::vector<std::string> next_row(CellReader& reader) {
  std::vector<std::string> cells;
  do cells.emplace_back(reader.next());
  while (!reader.row_has_ended());
  return cells;
}

enum class NumberStatus { number, none, out_of_range };

/// The number that all of `text` is. `decimal_mark` is '\0' until a number shows it.
inline NumberStatus parse_number(std::string_view text, char& decimal_mark, double& value) {
  std::string with_point;
  const bool has_comma = text.find(',') != std::string_view::npos, has_point = text.find('.') != std::string_view::npos;
  const char mark = decimal_mark != '\0' ? decimal_mark : has_comma ? ',' : '.';
  if ((has_comma && mark != ',') || (has_point && mark != '.')) return NumberStatus::none;
  if (has_comma) {
    with_point = text;
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    text = with_point;
  }
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return NumberStatus::none;
  if (error != std::errc() || std::isinf(value)) return NumberStatus::out_of_range;
  if (std::isnan(value)) return NumberStatus::none;
  if (has_comma || has_point) decimal_mark = mark;
  return NumberStatus::number;
}

/// What stands for a missing value.
class MissingMarkers {
 public:
  explicit MissingMarkers(const std::vector<std::string>& more) {
    for (const std::string& marker : more) {
      char mark = '\0';
      double value = 0;
      if (parse_number(marker, mark, value) == NumberStatus::number) {
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

/// `text` without its byte-order mark and the line breaks at its end. Throws DataError if it is no text, or has no
/// line.
inline std::string_view lines_of(std::string_view where, std::string_view text) {
  if (text.starts_with("\x1F\x8B"))
    fail<DataError>(where, "expected text, got a gzip file; read_csv_or_gzip (data/csv_gzip.hpp) reads it");
  if (text.starts_with("PK\x03\x04")) fail<DataError>(where, "expected text, got a zip archive; unpack it first");
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    fail<DataError>(where, "expected text in UTF-8 or another code of one byte, got UTF-16; save it as UTF-8");
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.empty()) fail<DataError>(where, "expected a table, got an empty text");
  return text;
}

/// Takes the first line from `text`, which is not in quotes where it begins, and counts `wanted` in it outside quotes.
inline Index count_in_line(std::string_view& text, char wanted) {
  Index count = 0;
  bool in_quotes = false;
  std::size_t i = 0;
  for (; i < text.size() && (in_quotes || text[i] != '\n'); ++i) {
    in_quotes ^= text[i] == '"';
    count += !in_quotes && text[i] == wanted ? 1 : 0;
  }
  text.remove_prefix((std::min)(i + 1, text.size()));
  return count;
}

/// The separator that the first two rows have in common; if there is none, the most frequent one of the first row.
inline char find_separator(std::string_view text) {
  char most_frequent = ',';
  Index most = 0;
  for (const char candidate : {';', '\t', '|', ','}) {
    std::string_view rest = text;
    const Index count = count_in_line(rest, candidate);
    if (count > 0 && !rest.empty() && count_in_line(rest, candidate) == count) return candidate;
    if (count > most) {
      most = count;
      most_frequent = candidate;
    }
  }
  return most_frequent;
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
      : TableReader(where, text, options, options.separator != '\0' ? options.separator : find_separator(text)) {}

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
    CellReader behind = reader_;
    names_ = next_row(behind);
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
      const bool is_number = parse_number(cell, mark, value) == NumberStatus::number;
      if (!is_number && !markers_.contains(cell) && !try_parse_time_stamp(cell)) return false;
      has_number = has_number || is_number;
    }
    return has_number;
  }

  /// The place of the time column in the text, if there is one.
  std::optional<Index> find_time_column() const {
    if (!options_.time_column.empty()) return index_of_name(where_, names_, options_.time_column);
    CellReader ahead = reader_;
    const std::vector<std::string> first_row = next_row(ahead);
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
    switch (parse_number(cell, decimal_mark_, value)) {
      case NumberStatus::number:
        return markers_.contains(value) ? kMissing : value;
      case NumberStatus::out_of_range:
        fail<DataError>(where_, "expected a finite number that a double can hold ", place(line, column), ", got ",
                        shown_text(text));
      case NumberStatus::none:
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
  CellReader reader_;
  std::vector<std::string> names_;
  std::vector<Role> roles_;  // of the columns of the text
  bool has_times_ = false;
  Table table_;
  std::vector<double> row_;  // the numbers of the row that is being read
  Index rows_ = 0;           // that have been read
};

/// All bytes of a file. Throws IoError, with the system's reason, if it cannot be read.
inline std::string read_file(std::string_view where, const std::filesystem::path& path) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  const auto fail_to_read = [&] {
    const std::error_code reason(errno, std::generic_category());
    fail<IoError>(where, "cannot read the file: ", errno == 0 ? "unknown reason" : reason.message());
  };
  std::string bytes;
  std::error_code has_no_size;  // a pipe, which can be read
  const std::uintmax_t size = std::filesystem::file_size(path, has_no_size);
  if (!has_no_size) bytes.reserve(static_cast<std::size_t>(size) + kBlock);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) fail_to_read();
  while (in) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kBlock);
    in.read(bytes.data() + before, static_cast<std::streamsize>(kBlock));
    bytes.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) fail_to_read();
  return bytes;
}

}  // namespace csv_parts

/// The table in `text`; `where` begins the messages of its errors. Cells may be in quotes, and then hold separators,
/// line breaks and, doubled, quotes; lines end in LF or CRLF, the last one in any number of them. Blanks around
/// numbers and times do not count. Missing values become NaN (missing_values.hpp). Throws ConfigError for options that
/// contradict each other or name an unknown column, DataError, with line and column, for everything that is wrong with
/// the text: no header, no rows, equal names, blank lines, rows of other lengths, cells that are no finite number or no
/// time.
inline Table parse_csv(std::string_view text, std::string_view where = "parse_csv", const CsvOptions& options = {}) {
  csv_parts::check_options(where, options);
  return csv_parts::TableReader(where, csv_parts::lines_of(where, text), options).read();
}

/// The table in a file. Throws IoError if it cannot be read, and as parse_csv.
inline Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  const std::string where = "read_csv " + shown_text(path.string(), std::string::npos);
  return parse_csv(csv_parts::read_file(where, path), where, options);
}

}  // namespace tsattn
