#pragma once

#include <filesystem>

#include <CLI/CLI.hpp>

#include "support/series_choice.hpp"
#include "support/training_choice.hpp"

/// What can be chosen on the command line. All models are trained alike.
struct Options {
  examples::SeriesChoice series = {};  ///< without a file: a sine wave
  tsattn::Index length = 3000;         ///< of the wave
  double noise = 0.05;                 ///< of the wave
  tsattn::Index lookback = 50;
  tsattn::Index horizon = 1;
  tsattn::Index hidden = 32;
  tsattn::Index seeds = 3;  ///< trainings of each model, with the seeds from training.seed on
  examples::TrainingChoice training = {.epochs = 40, .learning_rate = 2e-3, .patience = 8};
  std::filesystem::path output = "outputs/gallery";
};

void add_options(CLI::App& app, Options& options);
