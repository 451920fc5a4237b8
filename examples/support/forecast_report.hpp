#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/data/time_stamp.hpp>
#include <tsattn/forecasting/forecaster.hpp>
#include <tsattn/training/history.hpp>

#include "results_folder.hpp"

namespace examples {

/// One series to be forecast, with what pictures and files say of it.
struct ReportedSeries {
  const tsattn::Sequence<double>& values;  ///< [L, 1, F]
  std::vector<std::string> names;          ///< of the features
  std::vector<tsattn::TimeStamp> times;    ///< of the rows, or none
  std::string unit = {};                   ///< of the targets: "degC"; empty: unknown
  std::string step_name = "step";          ///< "hour"
};

/// The metrics of every row under its name; null for what is not a finite number.
nlohmann::ordered_json metrics_json(const std::vector<tsattn::NamedMetrics>& rows);

/// The metrics of a forecast as text and as JSON. `facts` come first in metrics.json: data, protocol, model.
void write_metrics(const ResultsFolder& folder, const tsattn::ForecastEvaluation& evaluation,
                   nlohmann::ordered_json facts);

/// Draws the losses of a training: plots/training_loss_curve.
std::vector<tsattn::PlotResult> draw_history(const ResultsFolder& folder, const tsattn::History& history);

/// Draws, of the first target: forecasts one step ahead over the last of the test part, one whole forecast behind its
/// input, and the error by step of the horizon if there are several; with attention, the weights of a window and of
/// many. Writes predictions/forecasts.csv, the forecasts of the last window of the test part.
std::vector<tsattn::PlotResult> report_forecasts(const ResultsFolder& folder,
                                                 const tsattn::Forecaster<float>& forecaster,
                                                 const ReportedSeries& series, const tsattn::IndexRange& test,
                                                 const tsattn::ForecastEvaluation& evaluation, int threads);

/// Draws `forecast` [horizon, 1, targets], of its first target, behind the last of the first `rows` rows:
/// plots/forecast. The series has the rows that are forecast too, with their times but without their values.
tsattn::PlotResult draw_forecast(const ResultsFolder& folder, const tsattn::Forecaster<float>& forecaster,
                                 const ReportedSeries& series, tsattn::Index rows,
                                 const tsattn::Sequence<double>& forecast);

/// A forecast [horizon, 1, targets] as CSV: time (or steps ahead, without times), and a column for every target.
std::string forecast_csv(const tsattn::Sequence<double>& forecast, const std::vector<std::string>& targets,
                         const std::vector<tsattn::TimeStamp>& times);

/// Text as a cell of a CSV file.
std::string quoted(const std::string& text);

/// The names of the forecaster's targets.
std::vector<std::string> target_names(const tsattn::Forecaster<float>& forecaster,
                                      const std::vector<std::string>& names);

}  // namespace examples
