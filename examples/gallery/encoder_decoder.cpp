#include "encoder_decoder.hpp"

#include <utility>

#include <tsattn/training/logs/csv_logger.hpp>
#include <tsattn/tsattn.hpp>

#include "support/stopwatch.hpp"
#include "support/training_choice.hpp"

namespace ts = tsattn;

ts::Graph<float> encoder_decoder(ts::Index features, ts::Index targets, ts::Index hidden, std::uint64_t seed) {
  ts::Graph<float> model(seed);
  const ts::NodeId history = model.input({.features = features}, "history");
  const ts::NodeId previous = model.input({.features = targets}, "previous");
  const ts::NodeId encoder = model.add(ts::Lstm{.units = hidden, .name = "encoder"}, {history});
  const ts::NodeId decoder = model.add(ts::Lstm{.units = hidden, .name = "decoder"},
                                       {previous, model.value(encoder, "h"), model.value(encoder, "c")});
  model.add(ts::Dense{targets}, {decoder});
  return model;
}

Trial encoder_decoder_trial(const Problem& problem, const Options& options, ts::Graph<float>& model, std::uint64_t seed,
                            const std::filesystem::path& log) {
  const ts::Sequence<double>& series = problem.series.table.values;
  const ts::Scaler scaler = ts::Scaler::fit(ts::ForecastOptions{}.scaling, series, problem.parts.training);
  const auto scaled = scaler.transform<float>(series);
  const ts::Windows<float> training_windows(scaled, problem.windows, problem.parts.training),
      validation_windows(scaled, problem.windows, problem.parts.validation),
      test_windows(scaled, problem.windows, problem.parts.test);
  const ts::TeacherForcing<float> training(training_windows), validation(validation_windows), test(test_windows);

  examples::TrainingChoice choice = options.training;
  choice.seed = seed;
  ts::FitOptions fit_options = examples::quiet_fit_options(choice);
  fit_options.callbacks.push_back(ts::ProgressBar{});
  fit_options.callbacks.push_back(ts::CsvLogger(log));
  Trial trial{.seed = seed};
  const examples::Stopwatch stopwatch;
  ts::Trainer<float> trainer(model, examples::optimizer_of(choice), examples::loss_of(choice));
  trial.history = trainer.fit(training, validation, fit_options);
  trial.seconds = stopwatch.seconds();
  trial.validation_loss = best_validation_loss(trial.history);

  const ts::EvaluationOptions run{.batch_size = 256, .threads = choice.threads};
  trial.metrics = ts::evaluate_forecasts(test_windows, test.actual(), ts::decode_recursively(model, test, run), scaler,
                                         problem.parts.training, {.linear_autoregression = false, .run = run})
                      .metrics.front()
                      .metrics;
  return trial;
}
