#pragma once

#include <vector>

#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "support/results_folder.hpp"

/// What a run finds out. All series are in the unit of the wave.
struct Results {
  tsattn::Index lookback = 0;
  tsattn::IndexRange validation = {};  ///< the steps that were held out
  tsattn::Index parameters = 0;
  std::vector<float> actual = {}, predicted = {};  ///< over the validation part
  std::vector<float> last_value = {}, seasonal_naive = {};
  std::vector<tsattn::NamedMetrics> metrics = {};  ///< of the model and the two naive forecasts
  tsattn::Matrix<float> attention = {};            ///< [windows of the validation part, steps]; empty without attention
  std::vector<float> first_window = {};            ///< the input that belongs to the first row of it
};

/// Writes the first steps of the wave, for those who want to see what is learned from. Throws tsattn::IoError.
void write_preview(const examples::ResultsFolder& folder, const tsattn::Sequence<float>& wave);

/// Writes logs, metrics, predictions and pictures. Throws tsattn::IoError.
void write_results(const examples::ResultsFolder& folder, const Options& options, const tsattn::History& history,
                   const Results& results);
