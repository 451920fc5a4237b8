#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/time_axis.hpp>

namespace tsattn {

namespace time_axis_parts {

inline constexpr double kDay = 86400, kYear = 365.2425 * kDay;

/// The round distances of labels: first of seconds, of whole days from a Monday on, then of months.
inline constexpr std::array kSeconds{1,   2,   5,    10,   15,   30,    60,    120,  300,
                                     600, 900, 1800, 3600, 7200, 10800, 21600, 43200};
inline constexpr std::array kDays{1, 2, 7, 14};
inline constexpr std::array kMonths{1, 2, 3, 6};

inline std::chrono::year_month_day date_of(double seconds) {
  return std::chrono::sys_days(std::chrono::days(static_cast<int>(std::floor(seconds / kDay))));
}

inline std::string padded(long long value, std::size_t digits) {
  const std::string text = std::to_string(value);
  return std::string(digits - (std::min)(digits, text.size()), '0') + text;
}

inline std::string date_text(double seconds) {
  const std::chrono::year_month_day date = date_of(seconds);
  return padded(static_cast<int>(date.year()), 4) + '-' + padded(static_cast<unsigned>(date.month()), 2) + '-' +
         padded(static_cast<unsigned>(date.day()), 2);
}

/// The time of day with so many decimals of its seconds; less than 0: without seconds.
inline std::string clock_text(double seconds, int decimals) {
  const auto per_second = static_cast<long long>(std::pow(10, (std::max)(0, decimals)));
  const long long fractions =
      std::llround((seconds - kDay * std::floor(seconds / kDay)) * static_cast<double>(per_second));
  const long long whole = fractions / per_second;
  std::string text = padded(whole / 3600, 2) + ':' + padded(whole / 60 % 60, 2);
  if (decimals >= 0) text += ':' + padded(whole % 60, 2);
  if (decimals > 0) text += '.' + padded(fractions % per_second, static_cast<std::size_t>(decimals));
  return text;
}

/// Labels of the time of day at the multiples of `distance` seconds, each with its date if the one before has another.
inline std::vector<TimeTic> clock_tics(double first, double last, double distance) {
  int decimals = distance >= 60 ? -1 : 0;
  if (distance < 1) decimals = static_cast<int>(std::ceil(-std::log10(distance) - 1e-9));
  std::vector<TimeTic> tics;
  std::string shown;
  for (double count = std::ceil(first / distance); count * distance <= last; ++count) {
    const double seconds = distance < 1 ? count / std::round(1 / distance) : count * distance;
    TimeTic tic{seconds, {clock_text(seconds, decimals)}};
    if (const std::string date = date_text(seconds); date != shown) tic.label.push_back(shown = date);
    tics.push_back(tic);
  }
  return tics;
}

/// Labels of the date at midnight, every `distance` days.
inline std::vector<TimeTic> day_tics(double first, double last, int distance) {
  constexpr double kMonday = 4 * kDay;  // 1970-01-05
  const double step = distance * kDay;
  std::vector<TimeTic> tics;
  for (double count = std::ceil((first - kMonday) / step); kMonday + count * step <= last; ++count)
    tics.push_back({kMonday + count * step, {date_text(kMonday + count * step)}});
  return tics;
}

/// Labels of the month, or for whole years of the year, at its beginning, every `distance` months.
inline std::vector<TimeTic> month_tics(double first, double last, int distance) {
  using namespace std::chrono;
  std::vector<TimeTic> tics;
  const int begin = static_cast<int>(date_of(first).year()) * 12 / distance * distance;
  for (int count = begin;; count += distance) {
    const year_month_day date = year(count / 12) / month(static_cast<unsigned>(count % 12 + 1)) / 1;
    const double seconds = kDay * static_cast<double>(sys_days(date).time_since_epoch().count());
    if (seconds > last) return tics;
    if (seconds >= first) tics.push_back({seconds, {date_text(seconds).substr(0, distance % 12 == 0 ? 4 : 7)}});
  }
}

/// The smallest of `distances` that is at least `exact`.
template <std::size_t count>
std::optional<int> round_distance(const std::array<int, count>& distances, double exact) {
  const auto found = std::find_if(distances.begin(), distances.end(), [&](int distance) { return distance >= exact; });
  return found != distances.end() ? std::optional(*found) : std::nullopt;
}

}  // namespace time_axis_parts

TSATTN_LIBRARY_FUNCTION std::vector<TimeTic> time_tics(double first, double last, int most) {
  using namespace time_axis_parts;
  if (first == last) return {{first, {clock_text(first, 0), date_text(first)}}};
  const double exact = (last - first) / most;
  if (exact < 0.5) return clock_tics(first, last, (std::max)(distance_of_tics(last - first, most), 1e-6));
  if (const auto seconds = round_distance(kSeconds, exact)) return clock_tics(first, last, *seconds);
  if (const auto days = round_distance(kDays, exact / kDay)) return day_tics(first, last, *days);
  if (const auto months = round_distance(kMonths, exact / (kYear / 12))) return month_tics(first, last, *months);
  return month_tics(first, last,
                    12 * static_cast<int>((std::max)(1.0, distance_of_tics((last - first) / kYear, most))));
}

TSATTN_LIBRARY_FUNCTION std::string time_x_axis(double first, double last) {
  constexpr int kMost = 7;  // labels of a date with room between them, in 1050 pixels
  std::ostringstream command;
  command.imbue(std::locale::classic());
  command.precision((std::numeric_limits<double>::digits10));
  command << "set xtics (";
  const char* separator = "";
  std::size_t lines = 1;
  for (const TimeTic& tic : time_tics(first, last, kMost)) {
    command << separator << gnuplot_lines(tic.label) << ' ' << tic.seconds;
    separator = ", ";
    lines = (std::max)(lines, tic.label.size());
  }
  command << ")\n";
  if (lines > 1) command << "set xlabel offset 0, -1\nset bmargin 5\n";  // gnuplot leaves room for one line only
  return command.str();
}

TSATTN_LIBRARY_FUNCTION void require_times(std::string_view where, std::string_view what, const PlotValues& times) {
  constexpr double kFirst = -62135596800, kEnd = 253402300800;
  for (Index i = 0; i < times.size(); ++i) {
    if (!(times[i] >= kFirst && times[i] < kEnd))
      fail<DataError>(where, "expected ", what, " in seconds since 1970-01-01, in the years 1 to 9999, got ",
                      number_text(times[i], 15), " at ", i, "; milliseconds are divided by 1000");
    if (i > 0 && !(times[i] > times[i - 1]))
      fail<DataError>(where, "expected ", what, " that increase, got ", number_text(times[i - 1], 15), " and ",
                      number_text(times[i], 15), " at ", i - 1, " and ", i, "; sort the series by time");
  }
}

}  // namespace tsattn
