#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "support/model_choice.hpp"
#include "support/training_choice.hpp"

namespace stock_prices {

/// What can be chosen on the command line.
struct Options {
  std::vector<std::filesystem::path> data = {};  ///< none: a generated random walk
  std::string column = "Close";
  tsattn::Index days = 1500;       ///< of the random walk
  std::vector<double> split = {};  ///< none: by the files if these are three, or else kSplit
  tsattn::Index sequence_length = 30, future_time_steps = 1;
  bool include_input = false;
  std::string prices = "log", normalization = "last_value";
  examples::ModelChoice model = {};
  examples::TrainingChoice training = {.epochs = 20, .batch_size = 64};
  std::filesystem::path output = "outputs/stock_prices";
};

inline const std::vector<double> kSplit = {0.7, 0.1, 0.2};

void add_options(CLI::App& app, Options& options);

}  // namespace stock_prices
