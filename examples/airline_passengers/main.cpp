// Forecasts three years of monthly airline passengers from the month before them, as published comparisons do, with a
// recurrent network and attention. docs/examples/airline_passengers.md shows it at work.

#include <algorithm>
#include <iostream>
#include <utility>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/tsattn.hpp>

#include "forecasts.hpp"
#include "options.hpp"
#include "results.hpp"
#include "support/forecast_report.hpp"
#include "support/program.hpp"

namespace ts = tsattn;
using namespace airline_passengers;

namespace {

Transform transform_of(const Options& options) {
  return {.curve = ts::from_name<Curve>(options.transform),
          .lag = options.difference == "year"    ? kSeason
                 : options.difference == "month" ? 1
                                                 : 0};
}

ts::SeriesParts parts_of(const Options& options, ts::Index months) {
  const ts::Index test = months - options.test_months, validation = test - options.validation_months;
  if (validation < 1)
    ts::fail<ts::DataError>("--test-months", "expected a series of more than ", options.test_months, " + ",
                            options.validation_months, " months for the test and the validation part, got ", months);
  return ts::series_parts_at(months, validation, test, months);
}

void say_what_is_used(const MonthlySeries& series, const ts::SeriesParts& parts) {
  const auto say = [&](const std::string& name, const ts::IndexRange& part) {
    std::cout << name << part.size() << (part.size() == 1 ? " month, " : " months, ") << series.month_text(part.begin)
              << " to " << series.month_text(part.end - 1) << '\n';
  };
  say(series.source + ": ", {0, parts.test.end});
  say("  training    ", parts.training);
  say("  validation  ", parts.validation);
  say("  test        ", parts.test);
  std::cout << '\n';
}

ts::Forecaster<float> build_forecaster(const Options& options, const ModelInput& input) {
  const ts::Index features = input.values.features();
  return {examples::build_model(options.model, options.lookback, features, 1, options.training.seed),
          {.lookback = options.lookback,
           .targets = {0},
           .inputs = {0},
           .known_future = features == 3 ? std::vector<ts::Index>{1, 2} : std::vector<ts::Index>{}},
          {.scaling = ts::from_name<ts::Scaling>(options.scaling),
           .normalization = ts::from_name<ts::InstanceNormalization>(options.normalization)}};
}

/// The same parts in rows of the input, of which there are none for months before its first.
ts::SeriesParts rows_of(const ts::SeriesParts& parts, const ModelInput& input) {
  const auto rows = [&](const ts::IndexRange& part) {
    return ts::IndexRange{std::max<ts::Index>(input.row(part.begin), 0), input.row(part.end)};
  };
  return {rows(parts.training), rows(parts.validation), rows(parts.test)};
}

/// Trains on the validation part too, whose months are the most like those to come, for a number of epochs that was
/// found before.
void train_again(examples::TrainingChoice training, ts::Index epochs, const ModelInput& input,
                 const ts::SeriesParts& rows, ts::Forecaster<float>& forecaster) {
  training.epochs = training.patience = epochs;
  const ts::IndexRange known{rows.training.begin, rows.validation.end}, none{known.end, known.end};
  examples::fit(forecaster, input.values, {known, none, rows.test}, training, examples::quiet_fit_options(training));
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  const MonthlySeries series = options.data.empty() ? box_jenkins_series() : read_series(options.data, options.column);
  const ts::SeriesParts parts = parts_of(options, static_cast<ts::Index>(series.values.size()));
  const ModelInput input = model_input(series, transform_of(options), options.knows_month);
  if (input.row(parts.training.end) <= options.lookback)
    ts::fail<ts::DataError>("--lookback", "expected more than ", options.lookback + input.transform.lag,
                            " months to train on, as this lookback and transform need, got ", parts.training.end,
                            " in the training part of ", series.source);
  say_what_is_used(series, parts);
  const examples::ResultsFolder folder(options.output);

  ts::Forecaster<float> forecaster = build_forecaster(options, input);
  std::cout << ts::summary(forecaster.model()) << '\n';
  const auto save = [&](const std::filesystem::path& path) {
    ts::save_forecaster(
        path, forecaster,
        {{"transform", options.transform}, {"difference", options.difference}, {"column", series.name}});
  };
  const ts::SeriesParts rows = rows_of(parts, input);
  const ts::History history = examples::fit(forecaster, input.values, rows, options.training,
                                            examples::fit_options(options.training, folder, save));
  if (options.trains_again) {
    const ts::Index epochs = history.best_epoch.value_or(options.training.epochs);
    std::cout << "training again for " << epochs << (epochs == 1 ? " epoch" : " epochs")
              << ", on the validation part too\n";
    forecaster = build_forecaster(options, input);
    train_again(options.training, epochs, input, rows, forecaster);
  }
  save(folder.final_model());

  std::vector<Forecast> forecasts{model_forecast(options.model.title(), forecaster, input)};
  for (Forecast& baseline :
       baseline_forecasts(std::span(series.values).first(static_cast<std::size_t>(parts.test.begin)), input.transform,
                          options.lookback))
    forecasts.push_back(std::move(baseline));
  const Results results = test_results(forecasts, series, parts.test);
  print_results(results, series, parts.test);
  write_results(folder, results, series, parts, facts_of(options, series, parts, forecaster, history));

  examples::report_pictures(
      {examples::draw_history(folder, history), draw_results(folder, results, series, parts.test)});
  examples::say_where_results_are(folder, stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a recurrent network with attention on monthly airline passengers, forecasts the last three years from\n"
      "the month before them, and compares that with forecasts that need no network. Writes logs, models, predictions\n"
      "and pictures to the output folder.",
      "airline_passengers");
  Options options;
  add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
