#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/data/time_stamp.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace tsattn {

namespace time_stamp_parts {

/// Takes a text apart from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// The number of digits at the front.
  std::size_t digits() const {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    return count;
  }
  /// The number in the digits at the front; none unless there are `fewest` to `most` of them.
  std::optional<int> number(std::size_t fewest, std::size_t most) {
    const std::size_t count = digits();
    if (count < fewest || count > most) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) value = 10 * value + (rest_[i] - '0');
    rest_.remove_prefix(count);
    return value;
  }
  /// The digits at the front as those behind a decimal point, in millionths; none if that is no whole number.
  std::optional<int> millionths() {
    constexpr std::size_t kKept = 6;
    const std::size_t count = digits();
    if (count == 0) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < kKept; ++i) value = 10 * value + (i < count ? rest_[i] - '0' : 0);
    for (std::size_t i = kKept; i < count; ++i)
      if (rest_[i] != '0') return std::nullopt;
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

inline std::optional<std::chrono::local_days> to_day(std::optional<int> year, std::optional<int> month,
                                                     std::optional<int> day) {
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::local_days(date);
}

/// 2016-07-01, 2016/07/01, 2016-07 or 01.07.2016.
inline std::optional<std::chrono::local_days> parse_day(Cursor& in) {
  constexpr std::size_t kYear = 4;
  if (in.digits() == kYear) {
    const auto year = in.number(kYear, kYear);
    const char mark = in.skip('/') ? '/' : '-';
    if (mark == '-' && !in.skip('-')) return std::nullopt;
    const auto month = in.number(1, 2);
    if (mark == '-' && in.at_end()) return to_day(year, month, 1);
    if (!in.skip(mark)) return std::nullopt;
    return to_day(year, month, in.number(1, 2));
  }
  const auto day = in.number(1, 2);
  if (!in.skip('.')) return std::nullopt;
  const auto month = in.number(1, 2);
  if (!in.skip('.')) return std::nullopt;
  return to_day(in.number(kYear, kYear), month, day);
}

/// 00:10, 00:10:00 or 00:10:00.5, and Z after any of them.
inline std::optional<std::chrono::microseconds> parse_time_of_day(Cursor& in) {
  const auto hour = in.number(1, 2);
  if (!in.skip(':')) return std::nullopt;
  const auto minute = in.number(2, 2);
  std::optional<int> second = 0, fraction = 0;
  if (in.skip(':')) {
    second = in.number(2, 2);
    if (in.skip('.')) fraction = in.millionths();
  }
  in.skip('Z');
  if (!hour || !minute || !second || !fraction || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         std::chrono::microseconds(*fraction);
}

inline void append_padded(std::string& text, std::int64_t value, std::size_t digits) {
  const std::string number = std::to_string(value);
  text.append(digits > number.size() ? digits - number.size() : 0, '0').append(number);
}

}  // namespace time_stamp_parts

TSATTN_LIBRARY_FUNCTION std::optional<TimeStamp> try_parse_time_stamp(std::string_view text) {
  time_stamp_parts::Cursor in(text);
  const auto day = time_stamp_parts::parse_day(in);
  if (!day) return std::nullopt;
  if (in.at_end()) return TimeStamp(*day);
  if (!in.skip(' ') && !in.skip('T')) return std::nullopt;
  const auto time = time_stamp_parts::parse_time_of_day(in);
  if (!time || !in.at_end()) return std::nullopt;
  return *day + *time;
}

TSATTN_LIBRARY_FUNCTION TimeStamp parse_time_stamp(std::string_view text) {
  if (const auto time = try_parse_time_stamp(text)) return *time;
  fail<DataError>("parse_time_stamp",
                  "expected a time such as 2016-07-01 00:10:00, 2016-07-01 or 01.07.2016 00:10, got ",
                  shown_text(text));
}

TSATTN_LIBRARY_FUNCTION std::string text_of(TimeStamp time) {
  using time_stamp_parts::append_padded;
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss of_day(time - day);
  const int year = static_cast<int>(date.year());
  std::string text = year < 0 ? "-" : "";
  append_padded(text, year < 0 ? -year : year, 4);
  append_padded(text += '-', static_cast<unsigned>(date.month()), 2);
  append_padded(text += '-', static_cast<unsigned>(date.day()), 2);
  append_padded(text += ' ', of_day.hours().count(), 2);
  append_padded(text += ':', of_day.minutes().count(), 2);
  append_padded(text += ':', of_day.seconds().count(), 2);
  if (of_day.subseconds().count() != 0) {
    append_padded(text += '.', of_day.subseconds().count(), 6);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

}  // namespace tsattn
