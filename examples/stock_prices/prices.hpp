#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/data/time_stamp.hpp>

namespace stock_prices {

/// A price for every trading day, in the order of time. Trading days have no regular period.
struct Prices {
  std::string source;
  std::string column;
  std::vector<double> values;  ///< all above 0
  std::vector<tsattn::TimeStamp> days;
  std::vector<tsattn::Index> file_ends;  ///< of each file, the day after its last one

  tsattn::Index size() const { return static_cast<tsattn::Index>(values.size()); }
  /// "2018-05-15"
  std::string day_text(tsattn::Index day) const {
    return tsattn::text_of(days[static_cast<std::size_t>(day)]).substr(0, 10);
  }
};

/// A column of CSV files, one behind the other in time. Throws tsattn::Error, also if a day is not later than the one
/// before it or a price is not above 0.
Prices read_prices(const std::vector<std::filesystem::path>& files, const std::string& column);

/// A price that begins at 100 and changes by a random 2 % on every weekday, independent of all before:
///   log y_t = log y_{t-1} + 0.02 e_t        e_t normal
Prices random_walk(tsattn::Index days, std::uint64_t seed);

}  // namespace stock_prices
