#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <tsattn/forecasting/forecast_evaluation.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/training/history.hpp>

#include "options.hpp"
#include "protocol.hpp"
#include "weather.hpp"

namespace jena_climate {

/// The time of a row.
std::string time_of(const Weather& weather, tsattn::Index row);

/// Says on standard output how good the forecasts of a part are: the first row of metrics is the model's, the second
/// one that of the last value.
void print_metrics(const std::string& part, const tsattn::ForecastEvaluation& evaluation);

/// What metrics.json says of data, protocol, model and training.
nlohmann::ordered_json facts_of(const Options& options, const Weather& weather, const Protocol& protocol,
                                const tsattn::Forecaster<float>& forecaster, const tsattn::History& history,
                                const tsattn::ForecastEvaluation& validation);

/// What a saved forecaster keeps: the names of the columns that it reads.
tsattn::Metadata metadata_of(const Weather& weather);

}  // namespace jena_climate
