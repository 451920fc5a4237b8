// Forecasts the next value of a noisy sine wave from the 50 values before it, with a recurrent layer and attention.
//
//   50 x 1 -> Lstm(64), all steps -> attention pooling -> Dense(1)        17,026 parameters

#include <chrono>
#include <iostream>

#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "results.hpp"

namespace ts = tsattn;

namespace {

constexpr ts::Index kLookback = 50;
constexpr ts::Index kPeriod = 50;

ts::Sequential<float> build_model(const Options& options) {
  ts::Sequential<float> model(ts::SampleShape{.time = kLookback, .features = 1}, options.seed);
  if (options.cell == "lstm") model.add(ts::Lstm{options.hidden});
  if (options.cell == "gru") model.add(ts::Gru{options.hidden});
  if (options.cell == "rnn") model.add(ts::Rnn{options.hidden});
  if (options.attention == "pooling") {
    model.add(ts::AttentionPooling{.name = "attention"});
  } else if (options.attention == "pooling-tanh") {
    model.add(ts::AttentionPooling{.score = ts::PoolingScore::tanh, .name = "attention"});
  } else if (options.attention == "none") {
    model.add(ts::LastStep{});
  } else {
    model.add(ts::LastStepAttention{.score = ts::from_name<ts::Score>(options.attention), .name = "attention"});
  }
  model.add(ts::Dense{1});
  return model;
}

std::vector<float> values(const ts::Sequence<float>& x) { return {x.data(), x.data() + x.size()}; }

Results run(const Options& options) {
  Results results;
  results.wave =
      ts::sine_wave<float>({.length = options.length, .period = kPeriod, .noise = options.noise, .seed = options.seed});
  prepare_output(options, results.wave);

  // The scaler learns from the training part alone, and every window's target lies in one part.
  const auto parts = ts::chronological_split(results.wave.time(), {0.8, 0.2});
  const auto scaler = ts::Scaler::fit(ts::Scaling::standard, results.wave, parts[0]);
  const auto scaled = scaler.transform(results.wave);
  const ts::Windows<float> training(scaled, {.lookback = kLookback}, parts[0]);
  const ts::Windows<float> validation(scaled, {.lookback = kLookback}, parts[1]);

  ts::Sequential<float> model = build_model(options);
  results.parameters = model.parameter_count();
  std::cout << ts::summary(model) << '\n'
            << training.size() << " windows to train on, " << validation.size() << " to validate with\n\n";

  ts::Trainer<float> trainer(model, ts::Adam{.learning_rate = 5e-4});
  results.history =
      trainer.fit(training, validation,
                  {.epochs = options.epochs,
                   .batch_size = 32,
                   .seed = options.seed,
                   .threads = options.threads,
                   .callbacks = {ts::ProgressBar{}, ts::EarlyStopping{.patience = 10}, ts::EpochLog{std::cout}}});

  const ts::EvaluationOptions evaluation{.threads = options.threads};
  results.validation = {validation.target_step(0), validation.target_step(validation.size() - 1) + 1};
  results.predicted = values(scaler.inverse_transform(trainer.predict(validation, evaluation)));
  const std::vector<float> wave = values(results.wave);
  results.actual.assign(wave.begin() + results.validation.begin, wave.begin() + results.validation.end);
  results.last_value = ts::last_value_forecast(wave, results.validation);
  results.one_period_ago = ts::seasonal_naive_forecast(wave, kPeriod, results.validation);
  results.metrics = {
      {options.cell + ", attention " + options.attention, ts::regression_metrics(results.actual, results.predicted)},
      {"last value", ts::regression_metrics(results.actual, results.last_value)},
      {"one period ago", ts::regression_metrics(results.actual, results.one_period_ago)}};
  if (options.attention != "none") {
    const auto weights =
        ts::attention_weights(model, model.find("attention"), validation, evaluation);  // [1, windows, steps]
    results.attention = weights.step(0).transpose();
    results.first_window.assign(wave.begin() + results.validation.begin - kLookback,
                                wave.begin() + results.validation.begin);
  }
  return results;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  int exit_code = 0;
  if (!parse_command_line(argc, argv, options, exit_code)) return exit_code;
  try {
    const auto begin = std::chrono::steady_clock::now();
    const Results results = run(options);
    std::cout << "\nOn the validation part, in the unit of the wave:\n" << ts::metrics_table(results.metrics) << '\n';
    for (const std::string& note : write_results(options, results)) std::cout << note << '\n';
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::cout << "Results are in " << options.output.string() << ", after " << ts::duration_text(seconds) << ".\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "sine_wave: " << error.what() << '\n';
    return 2;
  }
}
