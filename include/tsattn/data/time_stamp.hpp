#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>

/// Points in time as tables write them, read from and written as text.
/// Source: ISO 8601-1, 2019; the calendar is <chrono>'s, the proleptic Gregorian one.
namespace tsattn {

/// A point in local civil time, as it is written: there is no time zone, and a day has 24 hours. Microseconds since
/// 1970-01-01 00:00:00.
using TimeStamp = std::chrono::local_time<std::chrono::microseconds>;

/// Reads the time that `text` says; none if it says none. Text is one of
///   2016-07-01 00:10:00   2016-07-01T00:10   2016-07-01 00:10:00.25Z   2016-07-01   2016/07/01   2016-07
///   01.07.2016 00:10:00   01.07.2016
/// with a year of four digits, any of the times after any of the full dates, and month, day and hour also without their
/// leading zero. Z changes nothing; other time zones are refused, and so are hour 24, days that do not exist, and
/// fractions finer than a microsecond.
std::optional<TimeStamp> try_parse_time_stamp(std::string_view text);

/// Reads the time that `text` says. Throws DataError if it says none.
TimeStamp parse_time_stamp(std::string_view text);

/// Writes 2016-07-01 00:10:00, followed by a fraction of the second, such as .25, if it has one.
std::string text_of(TimeStamp time);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/time_stamp.inl>
#endif
