#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/training/history.hpp>

#include "baselines.hpp"
#include "classifier.hpp"
#include "series_sets.hpp"
#include "support/results_folder.hpp"

/// A training, judged on series that it has not seen.
struct Run {
  std::uint64_t seed = 0;
  double accuracy = 0, macro_f1 = 0, loss = 0;
};

/// Mean and standard deviation (with N - 1; of one number 0).
struct MeanAndSpread {
  double mean = 0, spread = 0;
};
MeanAndSpread mean_and_spread(const std::vector<double>& values);

/// The accuracies of several seeds, their mean and their spread: a line for each, or nothing for one seed.
std::string seeds_table(const std::vector<Run>& runs);

/// Accuracy and macro F1 of the model (with several seeds, their means) and of what needs no training.
std::string comparison_table(const std::string& model, const std::vector<Run>& runs,
                             const std::vector<Baseline>& baselines);

/// What metrics.json says of data and protocol.
nlohmann::ordered_json facts_of(const Options& options, const SeriesSets& sets);
nlohmann::ordered_json to_json(const std::vector<Run>& runs);
nlohmann::ordered_json to_json(const tsattn::ClassificationMetrics& metrics, const std::vector<std::string>& classes);

/// series, actual, predicted and a probability for every class, as CSV.
std::string predictions_csv(const SeriesSets& sets, const Scores& scores);

/// The confusion matrix and, with attention, its mean over the test series of each class.
std::vector<tsattn::PlotResult> draw_classification(const examples::ResultsFolder& folder, const SeriesSets& sets,
                                                    const Classifier& classifier, const Scores& scores);
