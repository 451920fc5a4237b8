#include "problem.hpp"

#include <tsattn/tsattn.hpp>

namespace ts = tsattn;
using examples::ReadSeries;

namespace {

ReadSeries make_sine_wave(const Options& options) {
  ReadSeries series;
  series.table.values =
      ts::sine_wave<double>({.length = options.length, .noise = options.noise, .seed = options.training.seed});
  series.table.names = {"sine wave"};
  return series;
}

}  // namespace

Problem make_problem(const Options& options) {
  const bool is_file = !options.series.data.empty();
  Problem problem{.name = is_file ? options.series.data.filename().string() : "sine wave",
                  .series = is_file ? examples::read_series(options.series) : make_sine_wave(options),
                  .parts = {},
                  .windows = {}};
  ts::Table& table = problem.series.table;
  examples::append_time_features(table, options.series.time_features);
  problem.windows = examples::windows_of(options.series, table);
  problem.windows.lookback = options.lookback;
  problem.windows.horizon = options.horizon;
  if (!problem.windows.known_future.empty() && options.lookback < options.horizon)
    ts::fail<ts::ConfigError>("--lookback", "expected at least the ", options.horizon,
                              " steps of the horizon, with --time-features, got ", options.lookback);
  problem.parts = ts::series_parts(table.rows());
  for (const ts::IndexRange& part : {problem.parts.training, problem.parts.validation, problem.parts.test})
    const ts::Windows<double> windows(table.values, problem.windows, part);  // throws where there is no room for one
  return problem;
}

std::string text_of(const Problem& problem) {
  const auto rows = [&](const ts::IndexRange& part) { return examples::text_of(problem.series.table, part) + '\n'; };
  return examples::text_of(problem.name, problem.series) + "\n  training    " + rows(problem.parts.training) +
         "  validation  " + rows(problem.parts.validation) + "  test        " + rows(problem.parts.test);
}
