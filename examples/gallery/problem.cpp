#include "problem.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include <tsattn/tsattn.hpp>

namespace ts = tsattn;
using examples::ReadSeries;

namespace {

ReadSeries make_sine_wave(const Options& options) {
  ReadSeries series;
  series.table.values = ts::sine_wave<double>({.length = options.length, .noise = options.noise, .seed = options.seed});
  series.table.names = {"sine wave"};
  return series;
}

std::string rows_text(const ts::Table& table, const ts::IndexRange& rows) {
  const ts::Index last = rows.end - 1;
  std::string text = "rows " + std::to_string(rows.begin) + " to " + std::to_string(last);
  if (table.has_times())
    text += " (" + ts::text_of(table.times[static_cast<std::size_t>(rows.begin)]) + " to " +
            ts::text_of(table.times[static_cast<std::size_t>(last)]) + ')';
  return text;
}

}  // namespace

Problem make_problem(const Options& options) {
  const bool is_file = !options.series.data.empty();
  Problem problem{.name = is_file ? options.series.data.filename().string() : "sine wave",
                  .series = is_file ? examples::read_series(options.series) : make_sine_wave(options),
                  .parts = {},
                  .windows = {.lookback = options.lookback, .horizon = options.horizon}};
  ts::Table& table = problem.series.table;
  const std::size_t columns = table.names.size();
  if (!options.series.time_features.empty())
    ts::append_time_features(table, std::span<const std::string>(options.series.time_features));
  problem.windows.targets =
      examples::features_from(0, options.series.targets.empty() ? columns : options.series.targets.size());
  problem.windows.inputs = examples::features_from(0, columns);
  problem.windows.known_future = examples::features_from(static_cast<ts::Index>(columns), table.names.size() - columns);
  problem.parts = ts::series_parts(table.rows());
  for (const ts::IndexRange& part : {problem.parts.training, problem.parts.validation, problem.parts.test})
    const ts::Windows<double> windows(table.values, problem.windows, part);  // throws where there is no room for one
  return problem;
}

std::string text_of(const Problem& problem) {
  const ts::Table& table = problem.series.table;
  std::string text = problem.name + ": " + std::to_string(table.rows()) + " rows, " + std::to_string(table.columns()) +
                     (table.columns() == 1 ? " column" : " columns");
  if (problem.series.period) text += ", a row every " + ts::text_of(*problem.series.period);
  return text + "\n  training    " + rows_text(table, problem.parts.training) + "\n  validation  " +
         rows_text(table, problem.parts.validation) + "\n  test        " + rows_text(table, problem.parts.test) + '\n';
}
