#include "results.hpp"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <vector>

#include <tsattn/forecasting/metrics.hpp>
#include <tsattn/formats/shown_text.hpp>

namespace jena_climate {

namespace ts = tsattn;

std::string time_of(const Weather& weather, ts::Index row) {
  return ts::text_of(weather.table.times[static_cast<std::size_t>(row)]);
}

void print_metrics(const std::string& part, const ts::ForecastEvaluation& evaluation) {
  const double mae = evaluation.metrics[0].metrics.mae, naive = evaluation.metrics[1].metrics.mae;
  char change[32];
  std::snprintf(change, sizeof change, "%.1f %% %s", 100 * std::abs(1 - mae / naive), mae < naive ? "below" : "above");
  std::cout << "\nOn " << evaluation.windows << " windows of the " << part << " part, in degC:\n"
            << ts::metrics_table(evaluation.metrics) << "The MAE is " << change << " that of \""
            << evaluation.metrics[1].name << "\".\n";
}

nlohmann::ordered_json facts_of(const Options& options, const Weather& weather, const Protocol& protocol,
                                const ts::Forecaster<float>& forecaster, const ts::History& history,
                                const ts::ForecastEvaluation& validation) {
  const auto part = [&](const ts::IndexRange& rows) {
    return nlohmann::ordered_json{{"rows", {rows.begin, rows.end}},
                                  {"times", {time_of(weather, rows.begin), time_of(weather, rows.end - 1)}}};
  };
  double seconds = 0;
  for (const ts::EpochRecord& epoch : history.epochs) seconds += epoch.seconds;
  return {{"data", options.data.empty() ? "generated" : options.data.filename().string()},
          {"rows", weather.table.rows()},
          {"row_every", ts::text_of(weather.period)},
          {"notes", weather.notes},
          {"inputs", weather.table.names},
          {"protocol", protocol.name},
          {"lookback", protocol.windows.lookback},
          {"sampling_step", protocol.windows.sampling_step},
          {"gap", protocol.windows.gap},
          {"training_stride", options.stride},
          {"training", part(protocol.parts.training)},
          {"validation", part(protocol.parts.validation)},
          {"test", part(protocol.parts.test)},
          {"model", options.model.title()},
          {"hidden", options.model.hidden},
          {"layers", options.model.layers},
          {"dropout", options.model.dropout},
          {"parameters", forecaster.model().parameter_count()},
          {"normalization", ts::name_of(protocol.normalization)},
          {"optimizer", options.training.optimizer},
          {"learning_rate", options.training.learning_rate},
          {"batch_size", options.training.batch_size},
          {"epochs", history.epochs.size()},
          {"best_epoch", history.best_epoch.value_or(0)},
          {"training_seconds", seconds},
          {"seed", options.training.seed},
          {"validation_mae",
           {{validation.metrics[0].name, validation.metrics[0].metrics.mae},
            {validation.metrics[1].name, validation.metrics[1].metrics.mae}}}};
}

ts::Metadata metadata_of(const Weather& weather) {
  std::vector<std::string> columns;
  for (const std::string& name : weather.table.names) columns.push_back(ts::printable_utf8(name));
  return {{"columns", nlohmann::json(columns).dump()}};
}

}  // namespace jena_climate
