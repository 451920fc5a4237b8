#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tsattn/forecasting/forecaster.hpp>

#include "options.hpp"
#include "problem.hpp"
#include "support/model_choice.hpp"
#include "support/results_folder.hpp"

/// One training of a model.
struct Trial {
  std::uint64_t seed = 0;
  tsattn::History history = {};
  double validation_loss = 0;              ///< of the best epoch, on the scaled values
  double seconds = 0;                      ///< of training
  tsattn::RegressionMetrics metrics = {};  ///< on the test part, in the units of the series
};

/// A model of the gallery and its trainings, one for each seed.
struct Entry {
  std::string name;
  tsattn::Index parameters = 0;
  std::vector<Trial> trials;

  /// Over the trials: the mean of a metric, its standard deviation (0 of one trial), the smallest and the largest.
  double mean(double tsattn::RegressionMetrics::*metric) const;
  double spread(double tsattn::RegressionMetrics::*metric) const;
  double smallest(double tsattn::RegressionMetrics::*metric) const;
  double largest(double tsattn::RegressionMetrics::*metric) const;
};

/// The training with the smallest validation loss of all.
struct BestTrial {
  std::string name;
  Trial trial;
  tsattn::Forecaster<float> forecaster;
  tsattn::ForecastEvaluation evaluation;
};

/// The validation loss of the best epoch.
double best_validation_loss(const tsattn::History& history);

struct Gallery {
  std::vector<Entry> models;
  std::vector<tsattn::NamedMetrics> baselines;  ///< forecasts of the same windows without a model
  std::optional<BestTrial> best;
};

/// Trains every model with every seed. `on_trial` is told of each training that is done. Writes the losses of all
/// epochs to logs/ and the best weights of all trainings so far to models/best_model.safetensors.
Gallery run_trials(const Problem& problem, const Options& options, const examples::ResultsFolder& folder,
                   const std::function<void(const Entry&)>& on_trial);

/// Saves the best forecaster of the gallery with what it was trained on. Throws tsattn::IoError.
void save(const std::filesystem::path& path, const tsattn::Forecaster<float>& forecaster, const std::string& name,
          const Problem& problem);
