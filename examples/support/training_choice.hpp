#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include <tsattn/data/split.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/optimizers/optimizer.hpp>
#include <tsattn/training/trainer.hpp>

#include "results_folder.hpp"

namespace examples {

/// How a model is trained, as it is chosen on the command line.
struct TrainingChoice {
  tsattn::Index epochs = 30;
  tsattn::Index batch_size = 32;
  double learning_rate = 1e-3;
  std::string optimizer = "adam";
  std::string schedule = "constant";
  std::string loss = "mse";
  tsattn::Index patience = 5;
  double clip_norm = 1;
  std::uint64_t seed = 1;
  int threads = 0;
  bool tensorboard = false;
};

/// The options --epochs, --batch-size, --learning-rate, --optimizer, --schedule, --loss, --patience, --clip-norm,
/// --seed, --threads and --tensorboard, with what `choice` holds as default.
void add_training_options(CLI::App& app, TrainingChoice& choice);

tsattn::AnyOptimizer<float> optimizer_of(const TrainingChoice& choice);
tsattn::AnyLoss loss_of(const TrainingChoice& choice);

/// Training that says and writes nothing: the schedule of the learning rate and early stopping.
tsattn::FitOptions quiet_fit_options(const TrainingChoice& choice);

/// Training with a progress bar, early stopping, a line on standard output for every epoch, and in `folder` the log of
/// every epoch (logs/history.csv, with --tensorboard event files too) and models/best_model.safetensors whenever the
/// validation loss is the best so far. `save_best` writes that file.
tsattn::FitOptions fit_options(const TrainingChoice& choice, const ResultsFolder& folder,
                               const std::function<void(const std::filesystem::path&)>& save_best);

/// Trains a forecaster with the chosen optimizer and loss.
tsattn::History fit(tsattn::Forecaster<float>& forecaster, const tsattn::Sequence<double>& series,
                    const tsattn::SeriesParts& parts, const TrainingChoice& choice, const tsattn::FitOptions& options);

}  // namespace examples
