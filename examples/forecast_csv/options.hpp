#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/model_choice.hpp"
#include "support/series_choice.hpp"
#include "support/training_choice.hpp"

/// forecast_csv fit
struct FitChoice {
  examples::SeriesChoice series;
  examples::ModelChoice model;
  examples::TrainingChoice training;
  tsattn::Index lookback = 96, horizon = 24, stride = 1, sampling_step = 1, period = 0;
  std::string scaling = "standard", normalization = "last_value", channels = "together", strategy = "direct";
  std::vector<double> split = {0.7, 0.1, 0.2};
  std::vector<tsattn::Index> borders = {};  ///< ends of the parts; none: `split` decides
  std::filesystem::path output = "outputs/forecast_csv";
};

/// forecast_csv evaluate and forecast
struct UseChoice {
  std::filesystem::path model, data;
  tsattn::Index period = 0;
  int threads = 0;
  std::filesystem::path output = "outputs/forecast_csv";
};

/// Each throws tsattn::Error.
void run_fit(const FitChoice& choice);
void run_evaluate(const UseChoice& choice);
void run_forecast(const UseChoice& choice);
