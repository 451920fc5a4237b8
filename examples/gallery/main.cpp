// Trains recurrent models with and without attention on one series and compares them with each other and with forecasts
// that need no model. docs/examples/gallery.md shows it at work.

#include <iomanip>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include <tsattn/tsattn.hpp>

#include "comparison.hpp"
#include "options.hpp"
#include "picture.hpp"
#include "problem.hpp"
#include "support/forecast_report.hpp"
#include "support/program.hpp"
#include "trials.hpp"

namespace ts = tsattn;

namespace {

/// "lstm + dot          seed 1  epochs 23  best val_loss 5.9731e-03  0.8 s"
void print_trial(const Entry& entry) {
  const Trial& trial = entry.trials.back();
  std::ostringstream line;  // composed apart, so that the stream's own format stays as it was
  line << std::left << std::setw(18) << entry.name << std::right << "  seed " << trial.seed << "  epochs "
       << std::setw(3) << trial.history.epochs.size() << "  best val_loss " << std::scientific << std::setprecision(4)
       << trial.validation_loss << "  " << ts::duration_text(trial.seconds);
  std::cout << line.str() << std::endl;
}

nlohmann::ordered_json facts(const Problem& problem, const Options& options) {
  const ts::SeriesParts& parts = problem.parts;
  return {{"data", problem.name},
          {"rows", problem.series.table.rows()},
          {"columns", problem.series.table.names},
          {"parts_end_at", {parts.training.end, parts.validation.end, parts.test.end}},
          {"lookback", options.lookback},
          {"horizon", options.horizon},
          {"targets", problem.windows.targets.size()},
          {"hidden", options.hidden},
          {"most_epochs", options.training.epochs},
          {"batch_size", options.training.batch_size},
          {"learning_rate", options.training.learning_rate},
          {"patience", options.training.patience},
          {"first_seed", options.training.seed},
          {"seeds", options.seeds}};
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  const Problem problem = make_problem(options);
  const examples::ResultsFolder folder(options.output);
  if (options.series.data.empty()) std::cout << "No --data: a generated ";
  std::cout << text_of(problem) << '\n';

  const Gallery gallery = run_trials(problem, options, folder, print_trial);
  const BestTrial& best = gallery.best.value();
  save(folder.final_model(), best.forecaster, best.name, problem);

  const std::string table = comparison_table(gallery);
  std::cout << "\nOn " << best.evaluation.windows << " windows of the test part:\n"
            << table << "\nBest by the validation part: " << best.name << ", seed " << best.trial.seed << ".\n\n";
  nlohmann::ordered_json json = facts(problem, options);
  json["test_windows"] = best.evaluation.windows;
  json.update(comparison_json(gallery));
  folder.write("metrics.json", json);
  folder.write("metrics.txt", table);

  const ts::Table& read = problem.series.table;
  const examples::ReportedSeries series{.values = read.values, .names = read.names, .times = read.times};
  examples::report_pictures(
      {{draw_comparison(folder, gallery, "Recurrent models with and without attention: " + problem.name)},
       examples::draw_history(folder, best.trial.history),
       examples::report_forecasts(folder, best.forecaster, series, problem.parts.test, best.evaluation,
                                  options.training.threads)});
  examples::say_where_results_are(folder, stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains RNN, LSTM and GRU, and the LSTM with every kind of attention, on one series, and compares their "
      "forecasts\n"
      "with each other and with forecasts without a model. Writes metrics, pictures and the best model.",
      "gallery");
  Options options;
  add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
