#include "trials.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/training/logs/csv_logger.hpp>
#include <tsattn/tsattn.hpp>

#include "encoder_decoder.hpp"

namespace ts = tsattn;

namespace {

/// A model by its name in tables.
struct Exhibit {
  std::string name;
  examples::ModelChoice model;
};

std::vector<Exhibit> exhibits(ts::Index hidden) {
  const auto with = [&](const char* model, const char* attention) {
    return examples::ModelChoice{.model = model, .attention = attention, .hidden = hidden};
  };
  return {{"rnn", with("rnn", "")},
          {"lstm", with("lstm", "")},
          {"gru", with("gru", "")},
          {"lstm + pooling", with("attention-lstm", "pooling")},
          {"lstm + dot", with("attention-lstm", "dot")},
          {"lstm + scaled dot", with("attention-lstm", "scaled_dot")},
          {"lstm + general", with("attention-lstm", "general")},
          {"lstm + additive", with("attention-lstm", "additive")}};
}

/// "lstm + dot" as "lstm_dot".
std::string file_name(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (c == '+' || (c == ' ' && result.back() == '_')) continue;
    result += c == ' ' ? '_' : c;
  }
  return result;
}

std::vector<double> values_of(const std::vector<Trial>& trials, double ts::RegressionMetrics::*metric) {
  std::vector<double> values;
  for (const Trial& trial : trials) values.push_back(trial.metrics.*metric);
  return values;
}

/// Trains; `on_best` is called whenever the validation loss is the best of this training so far.
Trial train(ts::Forecaster<float>& forecaster, const Problem& problem, const Options& options, std::uint64_t seed,
            const std::filesystem::path& log, const std::function<void(double)>& on_best) {
  const auto report_best = [&](const ts::TrainingRun& run) {
    if (run.history.best_epoch == run.epoch) on_best(best_validation_loss(run.history));
  };
  examples::TrainingChoice training = options.training;
  training.seed = seed;
  ts::FitOptions fit_options = examples::quiet_fit_options(training);
  fit_options.callbacks.push_back(ts::ProgressBar{});
  fit_options.callbacks.push_back(report_best);
  fit_options.callbacks.push_back(ts::CsvLogger(log));
  Trial trial{.seed = seed};
  const examples::Stopwatch stopwatch;
  trial.history = examples::fit(forecaster, problem.series.table.values, problem.parts, training, fit_options);
  trial.seconds = stopwatch.seconds();
  trial.validation_loss = best_validation_loss(trial.history);
  return trial;
}

/// Trains and scores the forecaster, and keeps it if it is the best so far.
void run_trial(const Problem& problem, const Options& options, ts::Forecaster<float> forecaster, std::uint64_t seed,
               const examples::ResultsFolder& folder, Gallery& gallery, Entry& entry) {
  const double best = gallery.best ? gallery.best->trial.validation_loss : std::numeric_limits<double>::infinity();
  const std::string log = file_name(entry.name) + "_seed_" + std::to_string(seed) + ".csv";
  Trial trial = train(forecaster, problem, options, seed, folder.logs() / log, [&](double loss) {
    if (loss < best) save(folder.best_model(), forecaster, entry.name, problem);
  });
  // The forecasts without a model are the same for all; the linear one takes a while.
  const bool is_first = gallery.baselines.empty();
  ts::ForecastEvaluation evaluation = forecaster.evaluate(
      problem.series.table.values, problem.parts,
      {.linear_autoregression = is_first, .run = {.batch_size = 256, .threads = options.training.threads}});
  if (is_first) gallery.baselines.assign(evaluation.metrics.begin() + 1, evaluation.metrics.end());
  trial.metrics = evaluation.metrics.front().metrics;
  entry.trials.push_back(trial);
  if (trial.validation_loss < best)
    gallery.best.emplace(BestTrial{entry.name, std::move(trial), std::move(forecaster), std::move(evaluation)});
}

}  // namespace

double best_validation_loss(const ts::History& history) {
  return history.epochs[static_cast<std::size_t>(history.best_epoch.value() - 1)].validation_loss.value();
}

double Entry::mean(double ts::RegressionMetrics::*metric) const {
  double sum = 0;
  for (const double value : values_of(trials, metric)) sum += value;
  return sum / static_cast<double>(trials.size());
}

double Entry::spread(double ts::RegressionMetrics::*metric) const {
  if (trials.size() < 2) return 0;
  const double middle = mean(metric);
  double squares = 0;
  for (const double value : values_of(trials, metric)) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(trials.size() - 1));
}

double Entry::smallest(double ts::RegressionMetrics::*metric) const {
  const std::vector<double> values = values_of(trials, metric);
  return *std::min_element(values.begin(), values.end());
}

double Entry::largest(double ts::RegressionMetrics::*metric) const {
  const std::vector<double> values = values_of(trials, metric);
  return *std::max_element(values.begin(), values.end());
}

Gallery run_trials(const Problem& problem, const Options& options, const examples::ResultsFolder& folder,
                   const std::function<void(const Entry&)>& on_trial) {
  Gallery gallery;
  const std::uint64_t first = options.training.seed, end = first + static_cast<std::uint64_t>(options.seeds);
  for (const Exhibit& exhibit : exhibits(options.hidden)) {
    Entry& entry = gallery.models.emplace_back(Entry{.name = exhibit.name, .trials = {}});
    for (std::uint64_t seed = first; seed < end; ++seed) {
      ts::Forecaster<float> forecaster(
          examples::build_model(exhibit.model, options.lookback, problem.inputs(), problem.outputs(), seed),
          problem.windows);
      entry.parameters = forecaster.model().parameter_count();
      run_trial(problem, options, std::move(forecaster), seed, folder, gallery, entry);
      on_trial(entry);
    }
  }
  Entry& entry = gallery.models.emplace_back(Entry{.name = "encoder-decoder", .trials = {}});
  for (std::uint64_t seed = first; seed < end; ++seed) {
    const std::string log = "encoder_decoder_seed_" + std::to_string(seed) + ".csv";
    ts::Graph<float> model =
        encoder_decoder(problem.inputs(), static_cast<ts::Index>(problem.windows.targets.size()), options.hidden, seed);
    entry.parameters = model.parameter_count();
    entry.trials.push_back(encoder_decoder_trial(problem, options, model, seed, folder.logs() / log));
    on_trial(entry);
  }
  return gallery;
}

void save(const std::filesystem::path& path, const ts::Forecaster<float>& forecaster, const std::string& name,
          const Problem& problem) {
  const nlohmann::json columns = problem.series.table.names;
  const std::string text = columns.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  ts::save_forecaster(path, forecaster,
                      {{"example", "gallery"}, {"model", name}, {"data", problem.name}, {"columns", text}});
}
