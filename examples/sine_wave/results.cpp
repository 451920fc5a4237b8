#include "results.hpp"

#include <algorithm>
#include <cstddef>
#include <locale>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

#include <tsattn/training/logs/history_json.hpp>

#include "support/forecast_report.hpp"

namespace ts = tsattn;
using examples::ResultsFolder;

namespace {

std::ostringstream csv(const char* header) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << header << '\n';
  return out;
}

void write_training_log(const ResultsFolder& folder, const Options& options, const ts::History& history,
                        const Results& results) {
  nlohmann::ordered_json log = ts::to_json(history);
  log["options"] = {{"epochs", options.epochs},       {"hidden", options.hidden},  {"cell", options.cell},
                    {"attention", options.attention}, {"noise", options.noise},    {"length", options.length},
                    {"seed", options.seed},           {"threads", options.threads}};
  log["parameters"] = results.parameters;
  log["validation_metrics"] = examples::metrics_json(results.metrics);
  folder.write("logs/training_log.json", log);
}

void write_metrics(const ResultsFolder& folder, const Options& options, const ts::History& history,
                   const Results& results) {
  folder.write("metrics.json",
               nlohmann::ordered_json{{"data", "a sine wave of amplitude 1 with normal noise"},
                                      {"steps", options.length},
                                      {"noise", options.noise},
                                      {"model", options.title()},
                                      {"parameters", results.parameters},
                                      {"lookback", results.lookback},
                                      {"horizon", 1},
                                      {"validation_steps", {results.validation.begin, results.validation.end}},
                                      {"epochs", history.epochs.size()},
                                      {"best_epoch", history.best_epoch.value()},
                                      {"seed", options.seed},
                                      {"metrics", examples::metrics_json(results.metrics)}});
  folder.write("metrics.txt",
               "On the validation part, in the unit of the wave:\n" + ts::metrics_table(results.metrics));
}

void write_predictions(const ResultsFolder& folder, const Results& results) {
  std::ostringstream out = csv("index,actual,predicted");
  for (std::size_t i = 0; i < results.actual.size(); ++i)
    out << results.validation.begin + static_cast<ts::Index>(i) << ',' << results.actual[i] << ','
        << results.predicted[i] << '\n';
  folder.write("predictions/val_predictions.csv", out.str());
  if (results.attention.size() > 0) ts::save_npy(folder.predictions() / "attention_weights.npy", results.attention);
}

std::vector<ts::PlotResult> draw_results(const ResultsFolder& folder, const Results& results) {
  std::vector<ts::PlotResult> pictures{ts::plot_forecast(folder.plots(), "forecast_plot", results.actual,
                                                         results.predicted,
                                                         {.title = "One step ahead on the validation part",
                                                          .y_label = "sine wave",
                                                          .baselines = {{"last value", results.last_value}},
                                                          .first_index = results.validation.begin})};
  if (results.attention.size() > 0)
    pictures.push_back(ts::plot_attention(folder.plots(), "attention_sample0", results.attention.map().row(0),
                                          {.title = "Attention over the first window of the validation part",
                                           .window = results.first_window,
                                           .window_label = "sine wave"}));
  return pictures;
}

}  // namespace

void write_preview(const ResultsFolder& folder, const ts::Sequence<float>& wave) {
  std::ostringstream out = csv("index,value");
  for (ts::Index t = 0; t < std::min<ts::Index>(wave.time(), 500); ++t) out << t << ',' << wave(t, 0, 0) << '\n';
  folder.write("predictions/dataset_preview.csv", out.str());
}

void write_results(const ResultsFolder& folder, const Options& options, const ts::History& history,
                   const Results& results) {
  write_training_log(folder, options, history, results);
  write_metrics(folder, options, history, results);
  write_predictions(folder, results);
  examples::report_pictures({examples::draw_history(folder, history), draw_results(folder, results)});
}
