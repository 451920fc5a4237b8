#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "support/model_choice.hpp"
#include "support/training_choice.hpp"

namespace airline_passengers {

/// What can be chosen on the command line. The defaults did best on the months before 1958;
/// docs/examples/airline_passengers.md says how.
struct Options {
  std::filesystem::path data = {};  ///< none: the series of Box & Jenkins
  std::string column = "Passengers";
  tsattn::Index test_months = 36, validation_months = 12;
  std::string transform = "log", difference = "year", scaling = "standard", normalization = "last_value";
  bool knows_month = false;
  bool trains_again = true;  ///< on the validation part too, for as many epochs as did best on it
  tsattn::Index lookback = 24;
  examples::ModelChoice model = {.attention = "additive"};
  examples::TrainingChoice training = {.epochs = 40, .batch_size = 16, .patience = 40};
  std::filesystem::path output = "outputs/airline_passengers";
};

void add_options(CLI::App& app, Options& options);

}  // namespace airline_passengers
