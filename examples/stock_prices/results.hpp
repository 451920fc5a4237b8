#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/data/split.hpp>
#include <tsattn/training/history.hpp>

#include "evaluation.hpp"
#include "options.hpp"
#include "prices.hpp"
#include "support/results_folder.hpp"

namespace stock_prices {

/// What is known after training.
struct Results {
  PartForecasts validation, test;
  Comparison with_same_as_today;  ///< on the test part
  std::string verdict;
};

void print_results(const Results& results);

/// What metrics.json says before the metrics.
nlohmann::ordered_json facts_of(const Options& options, const Prices& prices, const tsattn::SeriesParts& parts,
                                const tsattn::Forecaster<float>& forecaster, const tsattn::History& history);

/// metrics.json, metrics.txt and predictions/test_forecasts.csv.
void write_results(const examples::ResultsFolder& folder, const Results& results, const Prices& prices,
                   nlohmann::ordered_json facts);

/// plots/forecast_plot, one day ahead over the last days of the test part, and for several days plots/error_by_step.
std::vector<tsattn::PlotResult> draw_results(const examples::ResultsFolder& folder, const Results& results,
                                             const Prices& prices);

}  // namespace stock_prices
