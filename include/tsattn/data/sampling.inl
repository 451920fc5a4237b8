#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/sampling.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/time_stamp.hpp>

namespace tsattn {

namespace sampling_parts {

using std::chrono::days;
using std::chrono::microseconds;

struct CalendarTime {
  explicit CalendarTime(TimeStamp time)
      : date(std::chrono::floor<days>(time)), of_day(time - std::chrono::floor<days>(time)) {}

  bool is_month_end() const {
    return date == std::chrono::year_month_day(date.year() / date.month() / std::chrono::last);
  }
  /// Counted from the year 0.
  Index month() const { return Index{12} * static_cast<int>(date.year()) + static_cast<unsigned>(date.month()) - 1; }

  std::chrono::year_month_day date;
  microseconds of_day;
};

/// The months from `a` to `b` if these are the same point of their months.
inline std::optional<Index> months_between(TimeStamp a, TimeStamp b) {
  const CalendarTime from(a), to(b);
  const bool is_same_day = from.date.day() == to.date.day() || (from.is_month_end() && to.is_month_end());
  if (!is_same_day || from.of_day != to.of_day) return std::nullopt;
  return to.month() - from.month();
}

/// The value that occurs most often in `values`, the smallest if there are several, and how often.
template <class Value>
std::pair<Value, Index> most_common(std::vector<Value> values) {
  std::sort(values.begin(), values.end());
  std::pair<Value, Index> best{};
  for (auto begin = values.begin(); begin != values.end();) {
    const auto end = std::upper_bound(begin, values.end(), *begin);
    if (end - begin > best.second) best = {*begin, end - begin};
    begin = end;
  }
  return best;
}

inline Period most_common_period(std::span<const TimeStamp> times) {
  std::vector<microseconds> differences;
  std::vector<Index> months;
  for (std::size_t row = 1; row < times.size(); ++row) {
    if (times[row] <= times[row - 1]) continue;
    differences.push_back(times[row] - times[row - 1]);
    if (differences.back() < days(28)) continue;
    if (const auto count = months_between(times[row - 1], times[row])) months.push_back(*count);
  }
  if (differences.empty())
    fail<DataError>("sampling_of", "expected at least two times in rising order, got ", times.size(),
                    times.size() == 1 ? " time" : " times", times.size() < 2 ? "" : " that never rise");
  const auto [time, time_count] = most_common(std::move(differences));
  const auto [month_count, count_of_months] = most_common(std::move(months));
  if (count_of_months < time_count) return {.time = time};
  const bool at_month_end =
      std::all_of(times.begin(), times.end(), [](TimeStamp stamp) { return CalendarTime(stamp).is_month_end(); });
  return {.months = month_count, .at_month_end = at_month_end};
}

}  // namespace sampling_parts

TSATTN_LIBRARY_FUNCTION TimeStamp later(TimeStamp time, const Period& period, Index steps) {
  if (period.months == 0) return time + period.time * steps;
  const sampling_parts::CalendarTime from(time);
  const auto month = std::chrono::year_month(from.date.year(), from.date.month()) +
                     std::chrono::months(static_cast<int>(period.months * steps));
  const std::chrono::year_month_day last(month / std::chrono::last);
  const auto date = period.at_month_end || from.date.day() > last.day() ? last : month / from.date.day();
  return std::chrono::local_days(date) + from.of_day;
}

namespace sampling_parts {

/// The whole number of periods from `a` to the later `b`.
inline std::optional<Index> steps_between(TimeStamp a, TimeStamp b, const Period& period) {
  const Index steps =
      period.months > 0 ? (CalendarTime(b).month() - CalendarTime(a).month()) / period.months : (b - a) / period.time;
  return steps > 0 && later(a, period, steps) == b ? std::optional<Index>(steps) : std::nullopt;
}

}  // namespace sampling_parts

TSATTN_LIBRARY_FUNCTION std::string text_of(const Period& period) {
  const auto counted = [](Index count, std::string_view unit) {
    return std::to_string(count).append(" ").append(unit).append(count == 1 ? "" : "s");
  };
  if (period.months > 0)
    return period.months % 12 == 0 ? counted(period.months / 12, "year") : counted(period.months, "month");
  constexpr std::pair<Index, std::string_view> kUnits[] = {{604'800'000'000, "week"}, {86'400'000'000, "day"},
                                                           {3'600'000'000, "hour"},   {60'000'000, "minute"},
                                                           {1'000'000, "second"},     {1'000, "millisecond"}};
  for (const auto& [size, unit] : kUnits)
    if (period.time.count() % size == 0) return counted(period.time.count() / size, unit);
  return counted(period.time.count(), "microsecond");
}

TSATTN_LIBRARY_FUNCTION Sampling sampling_of(std::span<const TimeStamp> times) {
  Sampling sampling{.period = sampling_parts::most_common_period(times)};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto row = static_cast<Index>(i);
    if (times[i] < times[i - 1]) {
      sampling.unsorted.push_back(row);
    } else if (times[i] == times[i - 1]) {
      sampling.duplicates.push_back(row);
    } else if (const auto steps = sampling_parts::steps_between(times[i - 1], times[i], sampling.period); !steps) {
      sampling.irregular.push_back(row);
    } else if (*steps > 1) {
      sampling.gaps.push_back({row, *steps - 1});
    }
  }
  return sampling;
}

namespace sampling_parts {

/// "2016-07-01 00:00:00 in row 7, counted from 0, behind 2016-07-01 01:00:00"
inline std::string pair_at(const Table& table, Index row) {
  const auto i = static_cast<std::size_t>(row);
  return text_of(table.times[i])
      .append(" in row ")
      .append(std::to_string(row))
      .append(", counted from 0, behind ")
      .append(text_of(table.times[i - 1]));
}

inline void require_times(std::string_view where, const Table& table) {
  if (!table.has_times())
    fail<DataError>(where, "expected a table with times, got one without; name its column in CsvOptions::time_column");
}

inline void require_rising(std::string_view where, const Table& table, const Sampling& sampling) {
  const auto rows_in_all = [](std::size_t count) {
    return count == 1 ? std::string() : " (" + std::to_string(count) + " such rows)";
  };
  if (!sampling.unsorted.empty())
    fail<DataError>(where, "expected rows in the order of time, got ", pair_at(table, sampling.unsorted.front()),
                    rows_in_all(sampling.unsorted.size()), "; sorted_by_time sorts them");
  if (!sampling.duplicates.empty())
    fail<DataError>(where, "expected every time once, got ", pair_at(table, sampling.duplicates.front()),
                    rows_in_all(sampling.duplicates.size()),
                    "; without_repeated_rows drops those that are the same as a whole");
  if (!sampling.irregular.empty())
    fail<DataError>(where, "expected rows ", text_of(sampling.period), " apart, got ",
                    pair_at(table, sampling.irregular.front()), rows_in_all(sampling.irregular.size()),
                    "; leave such rows out, or use a part of the table that has none");
}

inline Index missing_in(std::span<const Gap> gaps) {
  Index missing = 0;
  for (const Gap& gap : gaps) missing += gap.missing;
  return missing;
}

}  // namespace sampling_parts

TSATTN_LIBRARY_FUNCTION Period require_regular(std::string_view where, const Table& table) {
  sampling_parts::require_times(where, table);
  const Sampling sampling = sampling_of(table.times);
  sampling_parts::require_rising(where, table, sampling);
  if (sampling.gaps.empty()) return sampling.period;
  const Gap& gap = sampling.gaps.front();
  const std::string gaps = sampling.gaps.size() == 1
                               ? ""
                               : " (" + std::to_string(sampling_parts::missing_in(sampling.gaps)) + " missing in " +
                                     std::to_string(sampling.gaps.size()) + " gaps)";
  fail<DataError>(where, "expected rows ", text_of(sampling.period), " apart, got ",
                  sampling_parts::pair_at(table, gap.row), ", ", gap.missing,
                  gap.missing == 1 ? " row is" : " rows are", " missing", gaps,
                  "; with_missing_rows inserts them, fill_missing_values gives them values");
}

TSATTN_LIBRARY_FUNCTION Table sorted_by_time(const Table& table) {
  sampling_parts::require_times("sorted_by_time", table);
  std::vector<Index> rows(table.times.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Index>(i);
  std::stable_sort(rows.begin(), rows.end(), [&](Index a, Index b) {
    return table.times[static_cast<std::size_t>(a)] < table.times[static_cast<std::size_t>(b)];
  });
  return select_rows(table, rows);
}

TSATTN_LIBRARY_FUNCTION Table without_repeated_rows(const Table& table) {
  sampling_parts::require_times("without_repeated_rows", table);
  const auto time = [&](Index row) { return table.times[static_cast<std::size_t>(row)]; };
  const auto is_same = [&](Index a, Index b) {
    const double* const values = table.values.step_data(a);
    return std::equal(values, values + table.columns(), table.values.step_data(b),
                      [](double x, double y) { return x == y || (x != x && y != y); }) &&
           std::all_of(table.texts.begin(), table.texts.end(), [&](const TextColumn& text) {
             return text.values[static_cast<std::size_t>(a)] == text.values[static_cast<std::size_t>(b)];
           });
  };
  std::vector<Index> kept;
  for (Index row = 0; row < table.rows(); ++row) {
    bool is_repeated = false;
    for (auto earlier = kept.rbegin(); earlier != kept.rend() && time(*earlier) == time(row); ++earlier)
      is_repeated = is_repeated || is_same(*earlier, row);
    if (!is_repeated) kept.push_back(row);
  }
  return select_rows(table, kept);
}

TSATTN_LIBRARY_FUNCTION Table with_missing_rows(const Table& table) {
  constexpr std::string_view kWhere = "with_missing_rows";
  sampling_parts::require_times(kWhere, table);
  const Sampling sampling = sampling_of(table.times);
  sampling_parts::require_rising(kWhere, table, sampling);
  const Index missing = sampling_parts::missing_in(sampling.gaps);
  if (missing > table.rows())
    fail<DataError>(kWhere, "expected no more missing rows than the ", table.rows(), " there are, got ", missing,
                    " for rows ", text_of(sampling.period), " apart; use a part of the table");

  Table result{.names = table.names, .time_name = table.time_name};
  for (const TextColumn& text : table.texts) result.texts.push_back({text.name, {}});
  result.values.resize({table.rows() + missing, 1, table.columns()});
  double* to = result.values.data();
  auto gap = sampling.gaps.begin();
  for (Index row = 0; row < table.rows(); ++row) {
    const auto i = static_cast<std::size_t>(row);
    const Index before = gap != sampling.gaps.end() && gap->row == row ? gap++->missing : 0;
    for (Index step = 1; step <= before; ++step)
      result.times.push_back(later(table.times[i - 1], sampling.period, step));
    result.times.push_back(table.times[i]);
    for (std::size_t t = 0; t < table.texts.size(); ++t) {
      std::vector<std::string>& texts = result.texts[t].values;
      texts.resize(texts.size() + static_cast<std::size_t>(before));
      texts.push_back(table.texts[t].values[i]);
    }
    to = std::fill_n(to, before * table.columns(), std::numeric_limits<double>::quiet_NaN());
    to = std::copy_n(table.values.step_data(row), table.columns(), to);
  }
  return result;
}

TSATTN_LIBRARY_FUNCTION Table every_nth_row(const Table& table, Index n, Index first) {
  if (n < 1) fail<ConfigError>("every_nth_row", "expected n of at least 1, got ", n);
  if (first < 0 || first >= table.rows())
    fail<ConfigError>("every_nth_row", "expected a first row of a table of ", table.rows(), " rows, got row ", first,
                      " (counted from 0)");
  std::vector<Index> rows;
  for (Index row = first; row < table.rows(); row += (std::min)(n, table.rows() - row)) rows.push_back(row);
  return select_rows(table, rows);
}

}  // namespace tsattn
