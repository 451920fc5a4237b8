#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/data/sampling.hpp>
#include <tsattn/data/table.hpp>

namespace jena_climate {

inline constexpr const char* kTemperature = "T (degC)";

/// What a weather station measured, ready to be cut into windows.
struct Weather {
  tsattn::Table table;             ///< with times and kTemperature; no value is missing
  tsattn::Period period = {};      ///< from row to row
  std::vector<std::string> notes;  ///< what was changed in the file's rows and columns, a sentence each
};

/// Reads a CSV file, packed by gzip or not, with time stamps and any columns of numbers of which one is kTemperature.
/// -9999 is a missing value, and missing values become the last known ones.
///
/// Rows that are the same as an earlier one, time and all, are dropped, and rows that are missing are inserted, unless
/// `any_sampling` says to take the rows as they come. Throws tsattn::Error, naming the file, for whatever else is wrong
/// with it: other rows that are not in the order of time among them.
Weather read_weather(const std::filesystem::path& path, bool any_sampling);

/// Made-up weather, a row every 10 minutes from 2009-01-01 00:10 on: waves of a year and of a day, and fronts, whose
/// wind brings warm or cold air a day before it is felt.
Weather generate_weather(tsattn::Index rows, std::uint64_t seed);

/// The wind's direction becomes the two parts of its vector, if there are columns "wv (m/s)" and "wd (deg)": 359
/// degrees are near 1.
void use_wind_vectors(Weather& weather);

/// Leaves out the columns that have one value alone in the rows `training`, of which nothing can be learned. Throws
/// tsattn::DataError if the temperature is one of them.
void leave_out_constant_columns(Weather& weather, const tsattn::IndexRange& training);

}  // namespace jena_climate
