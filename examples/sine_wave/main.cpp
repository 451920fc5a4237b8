// Forecasts the next value of a noisy sine wave from the 50 values before it, with a recurrent layer and attention.
//
//   50 x 1 -> Lstm(64), all steps -> attention pooling -> Dense(1)        17,026 parameters

#include <filesystem>
#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "results.hpp"
#include "support/model_choice.hpp"
#include "support/program.hpp"

namespace ts = tsattn;

namespace {

constexpr ts::Index kLookback = 50;
constexpr ts::Index kPeriod = 50;

/// The wave and its windows. The scaler learns from the training part alone, and every window's target lies in one
/// part.
struct Data {
  ts::Sequence<float> wave;  // [length, 1, 1]
  std::vector<ts::IndexRange> parts;
  ts::Scaler scaler;
  ts::Sequence<float> scaled;
  ts::Windows<float> training, validation;

  explicit Data(const Options& options)
      : wave(ts::sine_wave<float>(
            {.length = options.length, .period = kPeriod, .noise = options.noise, .seed = options.seed})),
        parts(ts::chronological_split(wave.time(), {0.8, 0.2})),
        scaler(ts::Scaler::fit(ts::Scaling::standard, wave, parts[0])),
        scaled(scaler.transform(wave)),
        training(scaled, {.lookback = kLookback}, parts[0]),
        validation(scaled, {.lookback = kLookback}, parts[1]) {}

  Data(const Data&) = delete;  // the windows look at `scaled`
  Data& operator=(const Data&) = delete;
};

ts::Sequential<float> build_model(const Options& options) {
  return examples::build_model({.model = (options.has_attention() ? "attention-" : "") + options.cell,
                                .attention = options.attention,
                                .hidden = options.hidden},
                               kLookback, /*features=*/1, /*outputs=*/1, options.seed);
}

/// A model with what it takes to forecast with it: tsattn::load_forecaster opens the file.
void save(const std::filesystem::path& path, const ts::Graph<float>& model, const Data& data, const Options& options) {
  ts::save_forecaster(path, ts::Forecaster<float>(model, {.lookback = kLookback}, {}, data.scaler),
                      {{"example", "sine_wave"}, {"model", options.title()}});
}

/// Leaves the model with the weights of its best epoch.
ts::History train(ts::Graph<float>& model, const Data& data, const Options& options,
                  const examples::ResultsFolder& folder) {
  const auto save_best = [&](const ts::TrainingRun& run) {
    if (run.history.best_epoch == run.epoch) save(folder.best_model(), model, data, options);
  };
  ts::Trainer<float> trainer(model, ts::Adam{.learning_rate = 5e-4});
  ts::History history = trainer.fit(
      data.training, data.validation,
      {.epochs = options.epochs,
       .batch_size = 32,
       .seed = options.seed,
       .threads = options.threads,
       .callbacks = {ts::ProgressBar{}, ts::EarlyStopping{.patience = 10}, save_best, ts::EpochLog{std::cout}}});
  save(folder.final_model(), model, data, options);
  return history;
}

std::vector<float> values(const ts::Sequence<float>& x) { return {x.data(), x.data() + x.size()}; }

/// What the model and the naive forecasts make of the validation part, in the unit of the wave.
Results evaluate(const ts::Graph<float>& model, const Data& data, const Options& options) {
  const ts::EvaluationOptions evaluation{.threads = options.threads};
  const ts::Windows<float>& windows = data.validation;
  const ts::IndexRange steps{windows.target_step(0), windows.target_step(windows.size() - 1) + 1};
  const std::vector<float> wave = values(data.wave);

  Results results{.lookback = kLookback, .validation = steps, .parameters = model.parameter_count()};
  results.predicted = values(data.scaler.inverse_transform(ts::predict(model, windows, evaluation)));
  results.actual.assign(wave.begin() + steps.begin, wave.begin() + steps.end);
  results.last_value = ts::last_value_forecast(wave, steps);
  results.seasonal_naive = ts::seasonal_naive_forecast(wave, kPeriod, steps);
  results.metrics = {{options.title(), ts::regression_metrics(results.actual, results.predicted)},
                     {"last value", ts::regression_metrics(results.actual, results.last_value)},
                     {"seasonal naive", ts::regression_metrics(results.actual, results.seasonal_naive)}};
  if (options.has_attention()) {
    const auto weights =
        ts::attention_weights(model, model.find("attention"), windows, evaluation);  // [1, windows, steps]
    results.attention = weights.step(0).transpose();
    results.first_window.assign(wave.begin() + steps.begin - kLookback, wave.begin() + steps.begin);
  }
  return results;
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  const Data data(options);
  ts::Sequential<float> model = build_model(options);
  const examples::ResultsFolder folder(options.output);
  write_preview(folder, data.wave);
  std::cout << ts::summary(model) << '\n'
            << data.training.size() << " windows to train on, " << data.validation.size() << " to validate with\n\n";

  const ts::History history = train(model, data, options, folder);
  const Results results = evaluate(model, data, options);
  std::cout << "\nOn the validation part, in the unit of the wave:\n" << ts::metrics_table(results.metrics) << '\n';
  write_results(folder, options, history, results);
  examples::say_where_results_are(folder, stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a recurrent network with attention to forecast the next value of a noisy sine wave, and compares it "
      "with\n"
      "two naive forecasts. Writes logs, models, metrics, predictions and pictures to the output folder.",
      "sine_wave");
  Options options;
  add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
