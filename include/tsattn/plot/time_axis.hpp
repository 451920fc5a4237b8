#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/plot/gnuplot.hpp>

/// An axis of times in seconds since 1970-01-01 00:00, shown as they are, without a zone. The labels are made here, of
/// digits only (ISO 8601): gnuplot's names of months depend on the locale, and its distances know no months.
namespace tsattn {

/// A label of an axis of times.
struct TimeTic {
  double seconds;
  std::vector<std::string> label;  ///< its lines
};

/// Labels at round times from `first` to `last`, years 1 to 9999, so far apart that at most `most` + 1 fit: seconds,
/// minutes, hours, days, weeks, months or years. A single time gets its own label.
std::vector<TimeTic> time_tics(double first, double last, int most);

/// The command that puts the labels of the times from `first` to `last` on the x axis, and room for them below it.
std::string time_x_axis(double first, double last);

/// Throws DataError unless the times, called `what` in the message, are finite, in the years 1 to 9999, and increase.
void require_times(std::string_view where, std::string_view what, const PlotValues& times);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/time_axis.inl>
#endif
