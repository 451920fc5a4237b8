#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <tsattn/data/csv.hpp>
#include <tsattn/data/sampling.hpp>
#include <tsattn/data/table.hpp>
#include <tsattn/data/windows.hpp>

namespace examples {

/// Which columns of which file are read, as it is chosen on the command line.
struct SeriesChoice {
  std::filesystem::path data;
  std::vector<std::string> targets;             ///< columns to forecast; none: all that are read
  std::vector<std::string> features = {};       ///< columns to read besides; "all": every column of numbers
  std::vector<std::string> time_features = {};  ///< of tsattn::TimeFeature, known in advance
  std::string time_column = {};
  std::string missing_values = "error";
  std::vector<std::string> missing_markers = {};
  bool any_sampling = false;  ///< whether rows may be missing or occur twice
};

/// The options --data, --target, --features, --time-features, --time-column, --missing-values, --missing-markers and
/// --any-sampling.
void add_series_options(CLI::App& app, SeriesChoice& choice);

/// A table of the chosen columns, targets first, without missing values; `period` is the time between its rows.
struct ReadSeries {
  tsattn::Table table;
  std::optional<tsattn::Period> period;
};

/// Reads a CSV file, packed by gzip or not. Throws tsattn::Error for what read_csv, fill_missing_values and, unless
/// any_sampling is chosen, require_regular refuse.
ReadSeries read_series(const SeriesChoice& choice);

/// read_csv_or_gzip, or read_csv where the programs were built without zlib.
tsattn::Table read_table(const std::filesystem::path& path, const tsattn::CsvOptions& options);

/// Adds `rows` rows behind the last one, whose values are not known, with the times that come next if there are times.
void append_unknown_rows(tsattn::Table& table, const std::optional<tsattn::Period>& period, tsattn::Index rows);

/// Adds the columns of the chosen time features behind those that were read, two for each.
void append_time_features(tsattn::Table& table, const std::vector<std::string>& time_features);

/// Which columns of such a table are targets, inputs and known in advance.
tsattn::WindowOptions windows_of(const SeriesChoice& choice, const tsattn::Table& table);

/// "load.csv: 240 rows, 2 columns, a row every 1 hour"
std::string text_of(const std::string& name, const ReadSeries& series);

/// "rows 0 to 9", with their times, if there are times, in brackets.
std::string text_of(const tsattn::Table& table, const tsattn::IndexRange& rows);

}  // namespace examples
