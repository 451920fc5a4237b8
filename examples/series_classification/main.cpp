// Tells classes of series apart with a recurrent network, attention over the steps, and a sigmoid or softmax head.
// docs/examples/series_classification.md shows it at work.

#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>

#include <tsattn/model/summary.hpp>
#include <tsattn/training/progress.hpp>

#include "classifier.hpp"
#include "options.hpp"
#include "report.hpp"
#include "series_sets.hpp"
#include "stratified.hpp"
#include "support/forecast_report.hpp"
#include "support/program.hpp"

namespace ts = tsattn;
using examples::ResultsFolder;

namespace {

Options with_seed(Options options, std::uint64_t seed) {
  options.training.seed = seed;
  return options;
}

/// The training series of a run, and those that choose its epoch, if any do.
struct TrainingParts {
  ts::LabelledSeries training;
  std::optional<ts::LabelledSeries> validation;
};

TrainingParts training_parts(const Options& options, const ts::LabelledSeries& all) {
  if (options.validation <= 0) return {all, std::nullopt};
  const Split split = stratified_split(all, options.validation, options.training.seed);
  return {series_at(all, split.rest), series_at(all, split.part)};
}

Run judged(std::uint64_t seed, const Scores& scores) {
  return {seed, scores.metrics.accuracy, scores.metrics.macro_f1, scores.loss};
}

/// Says and writes nothing.
Scores train_and_score(const Options& options, const ts::LabelledSeries& training, const ts::LabelledSeries& judging) {
  const TrainingParts parts = training_parts(options, training);
  Classifier classifier(options, parts.training);
  classifier.fit(parts.training, parts.validation, examples::quiet_fit_options(options.training));
  return classifier.score(judging);
}

/// Trains on the rest and scores on the part, for every part of the training series. The test series stay unseen, so
/// this is what options are chosen by.
void cross_validate(const Options& options, const SeriesSets& sets, const ResultsFolder& folder) {
  std::cout << Classifier(options, sets.training).head() << " head; " << options.folds
            << "-fold cross-validation on the training series\n\n";
  std::vector<Run> runs;
  const auto all = static_cast<double>(sets.training.size());
  for (ts::Index i = 0; i < options.seeds; ++i) {
    const Options run_options = with_seed(options, options.training.seed + static_cast<std::uint64_t>(i));
    Run run{.seed = run_options.training.seed};
    for (const Split& split : stratified_folds(sets.training, options.folds, run.seed)) {
      const Scores scores =
          train_and_score(run_options, series_at(sets.training, split.rest), series_at(sets.training, split.part));
      const double share = static_cast<double>(split.part.size()) / all;
      run.accuracy += share * scores.metrics.accuracy;
      run.macro_f1 += share * scores.metrics.macro_f1;
      run.loss += share * scores.loss;
    }
    runs.push_back(run);
    std::cout << "seed " << run.seed << "  accuracy " << run.accuracy << "  loss " << run.loss << std::endl;
  }
  const std::string table = seeds_table(runs);
  std::cout << '\n' << table;
  nlohmann::ordered_json facts = facts_of(options, sets);
  facts["cross_validation_folds"] = options.folds;
  facts["cross_validation"] = to_json(runs);
  folder.write("metrics.json", facts);
  folder.write("metrics.txt", table);
}

/// The first run is told and shown in full, those with other seeds by their scores alone.
void train_and_report(const Options& options, const SeriesSets& sets, const ResultsFolder& folder) {
  const TrainingParts parts = training_parts(options, sets.training);
  Classifier classifier(options, parts.training);
  std::cout << classifier.head() << " head; the epoch is chosen by the "
            << (parts.validation ? "loss of " + std::to_string(parts.validation->size()) + " training series set apart"
                                 : std::string("training loss"))
            << "\n\n"
            << ts::summary(classifier.model()) << '\n';
  ts::FitOptions fit_options = examples::fit_options(options.training, folder,
                                                     [&](const std::filesystem::path& path) { classifier.save(path); });
  // Before early stopping puts the weights of the best epoch back.
  fit_options.callbacks.push_back([&](ts::TrainingRun& run) {
    if (run.epoch == run.epochs || run.is_stopping()) classifier.save(folder.final_model());
  });
  const ts::History history = classifier.fit(parts.training, parts.validation, fit_options);
  const Scores scores = classifier.score(sets.test);
  const std::vector<std::string>& classes = sets.test.classes;
  std::string text = "On the test series, with the weights of epoch " + std::to_string(*history.best_epoch) + ":\n" +
                     ts::classification_table(scores.metrics, classes) + '\n' +
                     ts::confusion_table(scores.metrics, classes);
  std::cout << '\n' << text << std::endl;

  std::vector<Run> runs{judged(options.training.seed, scores)};
  for (ts::Index i = 1; i < options.seeds; ++i) {
    const Options other = with_seed(options, options.training.seed + static_cast<std::uint64_t>(i));
    runs.push_back(judged(other.training.seed, train_and_score(other, sets.training, sets.test)));
  }
  const std::vector<Baseline> others = baselines(sets);
  const std::string comparison =
      (runs.size() > 1 ? seeds_table(runs) + '\n' : "") + comparison_table(options.model.title(), runs, others);
  std::cout << comparison << '\n';

  nlohmann::ordered_json facts = facts_of(options, sets);
  facts["head"] = classifier.head();
  facts["parameters"] = classifier.model().parameter_count();
  facts["chosen_epoch"] = *history.best_epoch;
  facts["metrics"] = to_json(scores.metrics, classes);
  facts["seeds"] = to_json(runs);
  for (const Baseline& baseline : others) facts["baselines"][baseline.name] = to_json(baseline.metrics, classes);
  folder.write("metrics.json", facts);
  folder.write("metrics.txt", text + '\n' + comparison);
  folder.write("predictions/test_predictions.csv", predictions_csv(sets, scores));
  examples::report_pictures(
      {examples::draw_history(folder, history), draw_classification(folder, sets, classifier, scores)});
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  const SeriesSets sets = read_sets(options);
  std::cout << description(sets);
  if (options.train.empty() && options.data.empty())
    std::cout << "These series are made up; --train and --test, or --data and --label, read some from files.\n";
  const ResultsFolder folder(options.output);
  if (options.folds > 0) {
    cross_validate(options, sets, folder);
  } else {
    train_and_report(options, sets, folder);
  }
  examples::say_where_results_are(folder, stopwatch);
}

void add_options(CLI::App& app, Options& options) {
  CLI::Option* train = app.add_option("--train", options.train, "a .ts file with the series to learn from");
  CLI::Option* test = app.add_option("--test", options.test, "a .ts file with the series to be judged by");
  CLI::Option* data = app.add_option("--data", options.data, "a CSV file instead, with a series in each row");
  CLI::Option* label = app.add_option("--label", options.label, "its column with the classes; all others are steps");
  train->needs(test), test->needs(train)->excludes(data), data->needs(label)->excludes(train), label->needs(data);
  app.add_option("--test-share", options.test_share, "of the rows of that file, drawn class by class")
      ->check(CLI::Range(0.01, 0.99));
  examples::add_model_options(app, options.model);
  app.add_flag("--differences,!--no-differences", options.differences,
               "the model also reads the change from the step before");
  app.add_option("--head", options.head, "sigmoid: one logit for two classes; softmax: one for every class")
      ->check(CLI::IsMember({"auto", "sigmoid", "softmax"}));
  app.add_option("--class-weights", options.class_weights, "balanced: rare classes count as much as common ones")
      ->check(CLI::IsMember({"none", "balanced"}));
  app.add_option("--validation", options.validation,
                 "share of the training series whose loss chooses the epoch; 0: the training loss does")
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--folds", options.folds,
                 "cross-validation in so many parts of the training series, without the test series")
      ->check(CLI::Range(2, 1'000'000));
  app.add_option("--seeds", options.seeds, "trainings, with --seed, --seed + 1, ...; the first is shown in full")
      ->check(CLI::Range(1, 1000));
  examples::add_training_options(app, options.training);
  app.remove_option(app.get_option("--loss"));
  app.get_option("--batch-size")->description("series in a step");
  app.get_option("--patience")
      ->description("epochs without a smaller loss, as --validation says, after which training ends");
  app.get_option("--seed")->description(
      "of the splits, the made-up series, the initial weights, the shuffling and dropout");
  app.add_option("--output", options.output, "folder for the results, made if it does not exist");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Tells classes of series apart with a recurrent network and attention over the steps.",
               "series_classification");
  app.option_defaults()->always_capture_default();
  Options options;
  add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
