#pragma once

#include <filesystem>
#include <string>

#include "support/model_choice.hpp"
#include "support/training_choice.hpp"

/// What can be chosen on the command line. Neither `train` nor `data`: the series are made up.
struct Options {
  std::filesystem::path train, test;  ///< .ts files
  std::filesystem::path data;         ///< a CSV file, a series in each row
  std::string label;                  ///< its column with the classes
  double test_share = 0.3;            ///< of the series in `data`
  bool differences = true;            ///< whether the model also reads the change from the step before
  std::string head = "auto";          ///< auto, sigmoid or softmax
  std::string class_weights = "none";
  double validation = 0;    ///< share of the training series
  tsattn::Index folds = 0;  ///< of a cross-validation; 0: none
  tsattn::Index seeds = 1;  ///< trainings, with the seeds training.seed, training.seed + 1, ...
  examples::ModelChoice model{.model = "attention-gru", .segment = 5, .bidirectional = true};
  examples::TrainingChoice training{
      .epochs = 200, .batch_size = 16, .learning_rate = 5e-3, .schedule = "cosine", .patience = 1000, .threads = 1};
  std::filesystem::path output = "outputs/series_classification";
};
