#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tsattn/data/sampling.hpp>
#include <tsattn/data/time_stamp.hpp>

namespace airline_passengers {

inline constexpr tsattn::Index kSeason = 12;  ///< months
inline constexpr tsattn::Period kMonth{.months = 1};

/// A value for each month.
struct MonthlySeries {
  std::string source;
  std::string name;            ///< of the values
  std::vector<double> values;  ///< at least one
  tsattn::TimeStamp first;     ///< the month of values[0]

  tsattn::TimeStamp time(tsattn::Index month) const { return tsattn::later(first, kMonth, month); }
  /// "1949-01"
  std::string month_text(tsattn::Index month) const { return tsattn::text_of(time(month)).substr(0, 7); }
};

/// Thousands of passengers of international airlines, January 1949 to December 1960.
/// Source: Box, Jenkins & Reinsel, "Time Series Analysis: Forecasting and Control", 3rd edition, 1994, series G.
MonthlySeries box_jenkins_series();

/// A column of a CSV file whose rows are one month apart. Throws tsattn::Error.
MonthlySeries read_series(const std::filesystem::path& path, const std::string& column);

}  // namespace airline_passengers
