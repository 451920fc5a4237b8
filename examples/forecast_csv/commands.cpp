#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "support/forecast_report.hpp"

namespace ts = tsattn;
using examples::ReadSeries, examples::ReportedSeries, examples::ResultsFolder, examples::SeriesChoice;

namespace {

constexpr const char* kKey = "forecast_csv";  // of what a saved forecaster must know about its file

/// The rows of training, validation and test.
ts::SeriesParts parts_of(const FitChoice& choice, ts::Index rows) {
  if (!choice.borders.empty())
    return ts::series_parts_at(rows, choice.borders[0], choice.borders[1], choice.borders[2]);
  return ts::series_parts(rows, choice.split[0], choice.split[1], choice.split[2]);
}

/// Reads the file and says what it holds.
ReadSeries read_and_say(const SeriesChoice& choice) {
  ReadSeries series = examples::read_series(choice);
  std::cout << examples::text_of(choice.data.filename().string(), series) << '\n';
  return series;
}

ReportedSeries reported(const ReadSeries& series) {
  return {.values = series.table.values,
          .names = series.table.names,
          .times = series.table.times,
          .step_name = series.period && ts::text_of(*series.period) == "1 hour"    ? "hour"
                       : series.period && ts::text_of(*series.period) == "1 day"   ? "day"
                       : series.period && ts::text_of(*series.period) == "1 month" ? "month"
                                                                                   : "step"};
}

void print_metrics(const ts::ForecastEvaluation& evaluation) {
  std::cout << "\nOn " << evaluation.windows << " windows of the test part, in the units of the file:\n"
            << ts::metrics_table(evaluation.metrics) << "\nOf the scaled values:\n"
            << ts::metrics_table(evaluation.scaled) << '\n';
}

ts::Metadata metadata_of(const FitChoice& choice, const ReadSeries& series, std::size_t targets) {
  const nlohmann::json json = {{"columns", std::vector<std::string>(series.table.names)},
                               {"targets", targets},
                               {"time_features", choice.series.time_features},
                               {"time_column", choice.series.time_column},
                               {"missing_values", choice.series.missing_values},
                               {"missing_markers", choice.series.missing_markers},
                               {"any_sampling", choice.series.any_sampling},
                               {"split", choice.split},
                               {"borders", choice.borders}};
  try {
    return {{kKey, json.dump()}};
  } catch (const nlohmann::json::exception&) {
    ts::fail<ts::DataError>(choice.series.data.string(),
                            "expected names of columns in UTF-8, with which a model can be ",
                            "saved; mend the header, or choose other columns with --target and --features");
  }
}

/// A saved forecaster, and how its file is to be read.
struct Saved {
  ts::Forecaster<float> forecaster;
  SeriesChoice series;
  FitChoice parts;
};

Saved load(const UseChoice& use) {
  ts::LoadedForecaster<float> loaded = ts::load_forecaster<float>(use.model);
  const auto found = loaded.metadata.find(kKey);
  if (found == loaded.metadata.end())
    ts::fail<ts::IoError>(use.model.string(), "expected a forecaster that forecast_csv fit saved, got another one");
  Saved saved{std::move(loaded.forecaster), {}, {}};
  try {
    const nlohmann::json json = nlohmann::json::parse(found->second);
    std::vector<std::string> columns = json.at("columns");
    const std::vector<std::string> time_features = json.at("time_features");
    columns.resize(columns.size() - 2 * time_features.size());
    saved.series = {.data = use.data,
                    .targets = columns,
                    .time_features = time_features,
                    .time_column = json.at("time_column"),
                    .missing_values = json.at("missing_values"),
                    .missing_markers = json.at("missing_markers"),
                    .any_sampling = json.at("any_sampling")};
    saved.parts.split = json.at("split").get<std::vector<double>>();
    saved.parts.borders = json.at("borders").get<std::vector<ts::Index>>();
  } catch (const std::exception& error) {
    ts::fail<ts::IoError>(use.model.string(), "expected what forecast_csv fit saved: ", error.what());
  }
  return saved;
}

}  // namespace

void run_fit(const FitChoice& choice) {
  const examples::Stopwatch stopwatch;
  ReadSeries series = read_and_say(choice.series);
  examples::append_time_features(series.table, choice.series.time_features);
  const ts::SeriesParts parts = parts_of(choice, series.table.rows());
  const auto say = [&](const char* name, const ts::IndexRange& part) {
    std::cout << name << examples::text_of(series.table, part) << '\n';
  };
  say("  training    ", parts.training);
  if (parts.validation.size() > 0) say("  validation  ", parts.validation);
  if (parts.test.size() == 0) ts::fail<ts::ConfigError>("--split", "expected a test part that is not empty");
  say("  test        ", parts.test);
  std::cout << '\n';

  const ts::ForecastOptions options{.scaling = ts::from_name<ts::Scaling>(choice.scaling),
                                    .normalization = ts::from_name<ts::InstanceNormalization>(choice.normalization),
                                    .channels = ts::from_name<ts::Channels>(choice.channels),
                                    .strategy = ts::from_name<ts::Strategy>(choice.strategy)};
  ts::WindowOptions windows = examples::windows_of(choice.series, series.table);
  windows.lookback = choice.lookback;
  windows.horizon = choice.horizon;
  windows.stride = choice.stride;
  windows.sampling_step = choice.sampling_step;
  const bool is_independent = options.channels == ts::Channels::independent;
  const auto inputs =
      static_cast<ts::Index>((is_independent ? 1 : windows.inputs.size()) + windows.known_future.size());
  const auto outputs = static_cast<ts::Index>(is_independent ? 1 : windows.targets.size()) *
                       (options.strategy == ts::Strategy::recursive ? 1 : choice.horizon);
  ts::Forecaster<float> forecaster(
      examples::build_model(choice.model, choice.lookback, inputs, outputs, choice.training.seed), windows, options);
  const ResultsFolder folder(choice.output);
  std::cout << ts::summary(forecaster.model()) << '\n';

  const ts::Metadata metadata = metadata_of(choice, series, windows.targets.size());
  const auto save = [&](const std::filesystem::path& path) { ts::save_forecaster(path, forecaster, metadata); };
  const ts::History history = examples::fit(forecaster, series.table.values, parts, choice.training,
                                            examples::fit_options(choice.training, folder, save));
  save(folder.final_model());

  const ts::ForecastEvaluation evaluation =
      forecaster.evaluate(series.table.values, parts,
                          {.period = choice.period, .run = {.batch_size = 256, .threads = choice.training.threads}});
  print_metrics(evaluation);
  examples::write_metrics(folder, evaluation,
                          {{"data", choice.series.data.filename().string()},
                           {"rows", series.table.rows()},
                           {"columns", series.table.columns()},
                           {"parts_end_at", {parts.training.end, parts.validation.end, parts.test.end}},
                           {"model", choice.model.title()},
                           {"parameters", forecaster.model().parameter_count()},
                           {"lookback", choice.lookback},
                           {"scaling", choice.scaling},
                           {"normalization", choice.normalization},
                           {"channels", choice.channels},
                           {"strategy", choice.strategy},
                           {"epochs", history.epochs.size()},
                           {"seed", choice.training.seed}});
  examples::report_pictures({examples::draw_history(folder, history),
                             examples::report_forecasts(folder, forecaster, reported(series), parts.test, evaluation,
                                                        choice.training.threads)});
  examples::say_where_results_are(folder, stopwatch);
}

void run_evaluate(const UseChoice& use) {
  const Saved saved = load(use);
  ReadSeries series = read_and_say(saved.series);
  examples::append_time_features(series.table, saved.series.time_features);
  const ts::SeriesParts parts = parts_of(saved.parts, series.table.rows());
  const ResultsFolder folder(use.output);
  const ts::ForecastEvaluation evaluation = saved.forecaster.evaluate(
      series.table.values, parts, {.period = use.period, .run = {.batch_size = 256, .threads = use.threads}});
  print_metrics(evaluation);
  examples::write_metrics(folder, evaluation,
                          {{"data", use.data.filename().string()},
                           {"rows", series.table.rows()},
                           {"test_rows", {parts.test.begin, parts.test.end}},
                           {"forecaster", use.model.filename().string()},
                           {"parameters", saved.forecaster.model().parameter_count()}});
  examples::report_pictures(
      {examples::report_forecasts(folder, saved.forecaster, reported(series), parts.test, evaluation, use.threads)});
  examples::say_where_results_are(folder);
}

void run_forecast(const UseChoice& use) {
  const Saved saved = load(use);
  ReadSeries series = read_and_say(saved.series);
  const ResultsFolder folder(use.output);
  const ts::WindowOptions& windows = saved.forecaster.windows();
  const ts::Index rows = series.table.rows(), step = windows.sampling_step;
  examples::append_unknown_rows(series.table, series.period, windows.horizon * step);
  examples::append_time_features(series.table, saved.series.time_features);
  const ts::Sequence<double> forecast = saved.forecaster.forecast(series.table.values, rows);

  std::vector<ts::TimeStamp> times;
  for (ts::Index h = 1; series.table.has_times() && h <= windows.horizon; ++h)
    times.push_back(series.table.times[static_cast<std::size_t>(rows - 1 + h * step)]);
  const std::string csv =
      examples::forecast_csv(forecast, examples::target_names(saved.forecaster, series.table.names), times);
  folder.write("predictions/forecast.csv", csv);
  std::cout << csv;
  examples::report_pictures({{examples::draw_forecast(folder, saved.forecaster, reported(series), rows, forecast)}});
  examples::say_where_results_are(folder);
}
