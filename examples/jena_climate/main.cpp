// Forecasts the temperature of a weather station, a day or a row ahead, from all that the station measures.

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "protocol.hpp"
#include "results.hpp"
#include "support/forecast_report.hpp"
#include "support/program.hpp"
#include "weather.hpp"

namespace ts = tsattn;
using examples::ResultsFolder, jena_climate::Options, jena_climate::Protocol, jena_climate::Weather;

namespace {

/// Throws DataError for a part without room for a window, before anything is written.
void say_what_is_used(const Options& options, const Weather& weather, const Protocol& protocol) {
  const ts::Index rows = weather.table.rows();
  std::cout << (options.data.empty() ? "Generated weather (--data reads a file)" : options.data.filename().string())
            << ": " << rows << " rows, a row every " << ts::text_of(weather.period) << ", "
            << jena_climate::time_of(weather, 0) << " to " << jena_climate::time_of(weather, rows - 1) << '\n';
  for (const std::string& note : weather.notes) std::cout << note << '\n';
  std::cout << weather.table.columns() << (weather.table.columns() == 1 ? " input:" : " inputs:");
  for (const std::string& name : weather.table.names)
    std::cout << (name == weather.table.names.front() ? " " : ", ") << ts::printable_utf8(name);
  std::cout << "\n\n";

  const auto say_part = [&](const char* name, const ts::IndexRange& part, ts::Index stride) {
    ts::WindowOptions windows = protocol.windows;
    windows.stride = stride;
    std::cout << name << ts::Windows<double>(weather.table.values, windows, part).size()
              << " windows with targets from " << jena_climate::time_of(weather, part.begin) << " to "
              << jena_climate::time_of(weather, part.end - 1) << '\n';
  };
  say_part("training    ", protocol.parts.training, options.stride);
  say_part("validation  ", protocol.parts.validation, options.stride);
  say_part("test        ", protocol.parts.test, 1);
  std::cout << '\n';
}

/// The forecaster with windows `stride` rows apart.
ts::Forecaster<float> with_stride(const ts::Forecaster<float>& forecaster, ts::Index stride) {
  ts::WindowOptions windows = forecaster.windows();
  windows.stride = stride;
  return {forecaster.model(), windows, forecaster.options(), forecaster.scaler()};
}

/// How good the forecasts of a part are, under the names that they have here.
ts::ForecastEvaluation evaluate(const ts::Forecaster<float>& forecaster, const Weather& weather,
                                const Protocol& protocol, const ts::IndexRange& part, const Options& options,
                                bool linear_autoregression) {
  ts::ForecastEvaluation evaluation =
      forecaster.evaluate(weather.table.values, {protocol.parts.training, protocol.parts.validation, part},
                          {.period = protocol.season,
                           .linear_autoregression = linear_autoregression,
                           .run = {.batch_size = options.training.batch_size, .threads = options.training.threads}});
  const std::pair<std::size_t, std::string> names[] = {{0, options.model.title()}, {1, protocol.last_value_name}};
  for (const auto& [row, name] : names)
    evaluation.metrics[row].name = evaluation.scaled[row].name = evaluation.by_step[row].name = name;
  return evaluation;
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  Weather weather = options.data.empty() ? jena_climate::generate_weather(options.rows, options.training.seed)
                                         : jena_climate::read_weather(options.data, options.any_sampling);
  jena_climate::use_wind_vectors(weather);
  const auto protocol_of = options.protocol == "day-ahead" ? jena_climate::day_ahead : jena_climate::next_step;
  jena_climate::leave_out_constant_columns(weather, protocol_of(weather, options.lookback).parts.training);
  Protocol protocol = protocol_of(weather, options.lookback);
  if (options.normalization != "protocol")
    protocol.normalization = ts::from_name<ts::InstanceNormalization>(options.normalization);
  say_what_is_used(options, weather, protocol);
  const ResultsFolder folder(options.output);

  ts::WindowOptions windows = protocol.windows;
  windows.stride = options.stride;
  ts::Forecaster<float> forecaster(
      examples::build_model(options.model, windows.lookback, weather.table.columns(), 1, options.training.seed),
      windows, {.normalization = protocol.normalization});
  std::cout << ts::summary(forecaster.model()) << '\n';
  const auto save = [&](const std::filesystem::path& path) {
    ts::save_forecaster(path, with_stride(forecaster, 1), jena_climate::metadata_of(weather));
  };
  const ts::History history = examples::fit(forecaster, weather.table.values, protocol.parts, options.training,
                                            examples::fit_options(options.training, folder, save));
  save(folder.final_model());

  const ts::Forecaster<float> tested = with_stride(forecaster, 1);
  const auto validation = evaluate(tested, weather, protocol, protocol.parts.validation, options, false);
  const auto test = evaluate(tested, weather, protocol, protocol.parts.test, options, true);
  jena_climate::print_metrics("validation", validation);
  jena_climate::print_metrics("test", test);
  std::cout << '\n';
  examples::write_metrics(folder, test,
                          jena_climate::facts_of(options, weather, protocol, forecaster, history, validation));

  // Forecasts one step after the other, hours for example, not of every row.
  const ts::Forecaster<float> drawn = with_stride(forecaster, protocol.windows.sampling_step);
  const examples::ReportedSeries series{.values = weather.table.values,
                                        .names = weather.table.names,
                                        .times = weather.table.times,
                                        .step_name = protocol.step_name};
  examples::report_pictures(
      {examples::draw_history(folder, history),
       examples::report_forecasts(folder, drawn, series, protocol.parts.test, test, options.training.threads)});
  examples::say_where_results_are(folder, stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a recurrent network to forecast the temperature of a weather station from all that it measures, and\n"
      "compares it with naive forecasts. Writes logs, models, predictions and pictures to the output folder.",
      "jena_climate");
  Options options;
  jena_climate::add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
