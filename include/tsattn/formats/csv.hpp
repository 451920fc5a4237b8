#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/shown_text.hpp>

/// Text with a row per line and cells apart by a separator: its cells, its numbers and its separator, whatever they
/// mean (data/csv.hpp makes tables of them).
/// Source: RFC 4180, "Common Format and MIME Type for CSV Files", 2005.
namespace tsattn {

/// Returns the text without the blanks and tabs around it.
inline std::string_view without_blanks(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the cells out of a text, one after the other. A copy of it looks ahead.
class CsvCells {
 public:
  /// `text`, which must outlive it, ends with its last cell, not with a line break.
  CsvCells(std::string_view where, std::string_view text, char separator)
      : where_(where), at_(text.data()), end_(text.data() + text.size()), separator_(separator) {}

  /// Returns the line of the next cell, counted from 1.
  Index line() const { return line_; }
  /// Whether the cell before was the last one of its row.
  bool row_has_ended() const { return row_has_ended_; }
  /// Whether the cell before was the last one of all.
  bool at_end() const { return at_ == end_ && row_has_ended_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  bool at_blank_line() const { return at_ == end_ || *at_ == '\n' || (*at_ == '\r' && is_line_end(at_)); }
  std::string_view rest() const { return {at_, remaining()}; }

  /// Returns the next cell, without the quotes around it. It stays as it is until the next call.
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

/// Reads the cells of the next row.
inline std::vector<std::string> next_csv_row(CsvCells& reader) {
  std::vector<std::string> cells;
  do cells.emplace_back(reader.next());
  while (!reader.row_has_ended());
  return cells;
}

/// What a cell is as a number.
enum class CsvNumber { number, none, out_of_range };

/// Reads the number that all of `text` is. `decimal_mark` is '\0' until a number shows it.
inline CsvNumber parse_csv_number(std::string_view text, char& decimal_mark, double& value) {
  std::string with_point;
  const bool has_comma = text.find(',') != std::string_view::npos, has_point = text.find('.') != std::string_view::npos;
  const char mark = decimal_mark != '\0' ? decimal_mark : has_comma ? ',' : '.';
  if ((has_comma && mark != ',') || (has_point && mark != '.')) return CsvNumber::none;
  if (has_comma) {
    with_point = text;
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    text = with_point;
  }
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return CsvNumber::none;
  if (error != std::errc() || std::isinf(value)) return CsvNumber::out_of_range;
  if (std::isnan(value)) return CsvNumber::none;
  if (has_comma || has_point) decimal_mark = mark;
  return CsvNumber::number;
}

/// Returns `text` without its byte-order mark and the line breaks at its end. Throws DataError if it is no text, or has
/// no line.
inline std::string_view csv_lines(std::string_view where, std::string_view text) {
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

namespace csv_separator_parts {

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

}  // namespace csv_separator_parts

/// Finds the separator that the first two rows have in common; if there is none, the most frequent one of the first
/// row.
inline char find_csv_separator(std::string_view text) {
  char most_frequent = ',';
  Index most = 0;
  using csv_separator_parts::count_in_line;
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

}  // namespace tsattn
