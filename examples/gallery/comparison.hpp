#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "trials.hpp"

/// A line for each model, then one for each forecast without a model: mean metrics on the test part, of several seeds
/// the standard deviation of the MSE in percent of it, parameters, and the seconds of a training.
std::string comparison_table(const Gallery& gallery);

/// The same and every single training, as JSON.
nlohmann::ordered_json comparison_json(const Gallery& gallery);
