#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include <tsattn/core/index.hpp>

#include "support/model_choice.hpp"
#include "support/training_choice.hpp"

namespace jena_climate {

/// What can be chosen on the command line.
struct Options {
  std::filesystem::path data;
  bool any_sampling = false;
  tsattn::Index rows = 105120;  ///< of generated weather: two years
  std::string protocol = "day-ahead";
  tsattn::Index lookback = 0;
  tsattn::Index stride = 6;
  std::string normalization = "protocol";
  examples::ModelChoice model = {.model = "gru", .hidden = 16, .dropout = 0.5};
  examples::TrainingChoice training = {.epochs = 25, .batch_size = 256};
  std::filesystem::path output = "outputs/jena_climate";
};

void add_options(CLI::App& app, Options& options);

}  // namespace jena_climate
