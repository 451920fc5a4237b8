#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/data/split.hpp>
#include <tsattn/training/history.hpp>

#include "forecasts.hpp"
#include "options.hpp"
#include "support/results_folder.hpp"

namespace airline_passengers {

/// Forecasts of the test part and how good they are, the model's first.
struct Results {
  struct Row {
    std::string name;
    std::vector<double> from_origin, one_step;  ///< of the months of the test part
  };
  std::vector<Row> rows;
  std::vector<tsattn::NamedMetrics> from_origin, one_step;
  std::vector<std::string> left_out;  ///< a sentence for each forecast that runs away
};

/// Throws tsattn::DataError if the first forecast, the model's, runs away.
Results test_results(const std::vector<Forecast>& forecasts, const MonthlySeries& series,
                     const tsattn::IndexRange& test);

/// The metrics and, where they are of the same months, those that others have published.
void print_results(const Results& results, const MonthlySeries& series, const tsattn::IndexRange& test);

/// What metrics.json says before the metrics.
nlohmann::ordered_json facts_of(const Options& options, const MonthlySeries& series, const tsattn::SeriesParts& parts,
                                const tsattn::Forecaster<float>& forecaster, const tsattn::History& history);

/// metrics.json, metrics.txt and predictions/test_forecasts.csv.
void write_results(const examples::ResultsFolder& folder, const Results& results, const MonthlySeries& series,
                   const tsattn::SeriesParts& parts, nlohmann::ordered_json facts);

/// plots/forecast_plot, all from one origin behind the months before, and plots/one_step_ahead.
std::vector<tsattn::PlotResult> draw_results(const examples::ResultsFolder& folder, const Results& results,
                                             const MonthlySeries& series, const tsattn::IndexRange& test);

}  // namespace airline_passengers
