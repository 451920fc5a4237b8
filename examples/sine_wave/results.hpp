#pragma once

#include <filesystem>
#include <vector>

#include <tsattn/tsattn.hpp>

#include "options.hpp"

/// Everything a run finds out. All series are in the original unit.
struct Results {
  tsattn::Sequence<float> wave;   ///< [length, 1, 1]
  tsattn::IndexRange validation;  ///< the steps that were held out
  tsattn::History history;
  tsattn::Index parameters = 0;
  std::vector<float> actual, predicted;  ///< over the validation part
  std::vector<float> last_value, one_period_ago;
  std::vector<tsattn::NamedMetrics> metrics;  ///< of the model and the two naive forecasts
  tsattn::Matrix<float> attention;            ///< [windows of the validation part, steps]; empty without attention
  std::vector<float> first_window;            ///< the input that belongs to the first row of it
};

/// Makes the folders and writes what is known before training, so that a folder that cannot be written ends the program
/// before anything is lost. Throws tsattn::IoError.
void prepare_output(const Options& options, const tsattn::Sequence<float>& wave);

/// Writes logs, predictions and pictures. Returns a note for each picture that could not be drawn. Throws
/// tsattn::IoError.
std::vector<std::string> write_results(const Options& options, const Results& results);
