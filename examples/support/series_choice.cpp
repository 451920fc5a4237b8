#include "series_choice.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#if defined(EXAMPLES_READ_GZIP)
#include <tsattn/data/csv_gzip.hpp>
#endif
#include <tsattn/tsattn.hpp>

namespace examples {

namespace ts = tsattn;

namespace {

/// Throws DataError for a feature that has one value alone: it can be neither scaled nor learned from.
void require_variation(const ts::Table& table) {
  for (const std::string& name : table.names) {
    const auto column = table.column(name);
    if (table.rows() > 1 && column.minCoeff() == column.maxCoeff())
      ts::fail<ts::DataError>("column " + ts::shown_text(name), "expected values that vary, got ", column(0),
                              " in all ", table.rows(), " rows; leave the column out with --features");
  }
}

/// The time between the rows. Throws DataError, naming the file, if they are not in the order of time or, unless any
/// sampling is chosen, not all as far apart.
ts::Period period_of(const SeriesChoice& choice, const ts::Table& table) {
  bool is_rising = false;
  try {
    const ts::Sampling sampling = ts::sampling_of(table.times);
    is_rising = sampling.unsorted.empty();
    if (!choice.any_sampling || !is_rising) ts::require_regular(choice.data.string(), table);
    return sampling.period;
  } catch (const ts::DataError& error) {
    ts::fail<ts::DataError>(choice.data.string(), ts::without_place(error),
                            is_rising ? "; --any-sampling takes the rows as they come" : "");
  }
}

/// The numbers of the columns from `first` up to `end`.
std::vector<ts::Index> columns_between(std::size_t first, std::size_t end) {
  std::vector<ts::Index> columns;
  for (std::size_t i = first; i < end; ++i) columns.push_back(static_cast<ts::Index>(i));
  return columns;
}

}  // namespace

void add_series_options(CLI::App& app, SeriesChoice& choice) {
  app.add_option("--data", choice.data, "a CSV file with a header, .gz or not")->required();
  app.add_option("--target", choice.targets, "columns to forecast, separated by commas; all that are read if absent")
      ->delimiter(',');
  app.add_option("--features", choice.features,
                 "columns that the model reads besides, separated by commas; all: every column")
      ->delimiter(',');
  app.add_option("--time-features", choice.time_features,
                 "known in advance: minute, hour, weekday, day_of_month, month, day_of_year")
      ->delimiter(',');
  app.add_option("--time-column", choice.time_column, "the column of time stamps; found by itself if absent");
  app.add_option("--missing-values", choice.missing_values, "what becomes of missing values")
      ->check(CLI::IsMember({"error", "forward_fill", "linear"}));
  app.add_option("--missing-markers", choice.missing_markers, "what stands for a missing value besides: -9999")
      ->delimiter(',');
  app.add_flag("--any-sampling", choice.any_sampling,
               "rows may be missing or have the time of the one before, as on weekends: they are taken as they come");
}

ts::Table read_table(const std::filesystem::path& path, const ts::CsvOptions& options) {
#if defined(EXAMPLES_READ_GZIP)
  return ts::read_csv_or_gzip(path, options);
#else
  return ts::read_csv(path, options);
#endif
}

ReadSeries read_series(const SeriesChoice& choice) {
  ts::CsvOptions options{.time_column = choice.time_column, .missing_markers = choice.missing_markers};
  const bool reads_all = choice.targets.empty() || choice.features == std::vector<std::string>{"all"};
  if (!reads_all) {
    options.columns = choice.targets;
    for (const std::string& name : choice.features)
      if (std::find(choice.targets.begin(), choice.targets.end(), name) == choice.targets.end())
        options.columns.push_back(name);
  }
  ReadSeries series{read_table(choice.data, options), std::nullopt};
  if (reads_all && !choice.targets.empty()) {
    std::vector<std::string> columns = choice.targets;
    for (const std::string& name : series.table.names)
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    series.table = ts::select_columns(series.table, columns);
  }
  if (series.table.has_times() && series.table.rows() > 1) series.period = period_of(choice, series.table);
  ts::fill_missing_values(series.table, ts::from_name<ts::MissingValues>(choice.missing_values));
  require_variation(series.table);
  return series;
}

void append_unknown_rows(ts::Table& table, const std::optional<ts::Period>& period, ts::Index rows) {
  ts::Sequence<double> longer({table.rows() + rows, 1, table.columns()});
  longer.fill(std::numeric_limits<double>::quiet_NaN());
  std::copy_n(table.values.data(), table.values.size(), longer.data());
  table.values.swap(longer);
  if (!period) return;
  const ts::TimeStamp last = table.times.back();
  for (ts::Index step = 1; step <= rows; ++step) table.times.push_back(ts::later(last, *period, step));
}

void append_time_features(ts::Table& table, const std::vector<std::string>& time_features) {
  if (!time_features.empty()) ts::append_time_features(table, std::span<const std::string>(time_features));
}

ts::WindowOptions windows_of(const SeriesChoice& choice, const ts::Table& table) {
  const std::size_t all = table.names.size(), read = all - 2 * choice.time_features.size();
  return {.targets = columns_between(0, choice.targets.empty() ? read : choice.targets.size()),
          .inputs = columns_between(0, read),
          .known_future = columns_between(read, all)};
}

std::string text_of(const std::string& name, const ReadSeries& series) {
  const ts::Index columns = series.table.columns();
  std::string text = name + ": " + std::to_string(series.table.rows()) + " rows, " + std::to_string(columns) +
                     (columns == 1 ? " column" : " columns");
  if (series.period) text += ", a row every " + ts::text_of(*series.period);
  return text;
}

std::string text_of(const ts::Table& table, const ts::IndexRange& rows) {
  const ts::Index last = rows.end - 1;
  std::string text = "rows " + std::to_string(rows.begin) + " to " + std::to_string(last);
  if (table.has_times())
    text += " (" + ts::text_of(table.times[static_cast<std::size_t>(rows.begin)]) + " to " +
            ts::text_of(table.times[static_cast<std::size_t>(last)]) + ')';
  return text;
}

}  // namespace examples
