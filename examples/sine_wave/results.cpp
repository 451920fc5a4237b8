#include "results.hpp"

#include <ostream>
#include <string>
#include <system_error>

#include <nlohmann/json.hpp>

#include <tsattn/io/history_json.hpp>

namespace ts = tsattn;
namespace fs = std::filesystem;

namespace {

/// The file of that name in a folder of the output folder.
fs::path file(const Options& options, const char* folder, const char* name) { return options.output / folder / name; }

void write_training_log(const Options& options, const Results& results) {
  nlohmann::json log = ts::to_json(results.history);
  log["options"] = {{"epochs", options.epochs},       {"hidden", options.hidden},  {"cell", options.cell},
                    {"attention", options.attention}, {"noise", options.noise},    {"length", options.length},
                    {"seed", options.seed},           {"threads", options.threads}};
  log["parameters"] = results.parameters;
  for (const ts::NamedMetrics& row : results.metrics)
    log["validation_metrics"][row.name] = {{"mse", row.metrics.mse},
                                           {"mae", row.metrics.mae},
                                           {"rmse", row.metrics.rmse},
                                           {"r2", row.metrics.r2},
                                           {"correlation", row.metrics.correlation}};
  ts::write_file_atomically(file(options, "logs", "training_log.json"),
                            [&](std::ostream& out) { out << log.dump(2) << '\n'; });
}

void write_predictions(const Options& options, const Results& results) {
  ts::write_file_atomically(file(options, "predictions", "val_predictions.csv"), [&](std::ostream& out) {
    out << "index,actual,predicted\n";
    for (std::size_t i = 0; i < results.actual.size(); ++i)
      out << results.validation.begin + static_cast<ts::Index>(i) << ',' << results.actual[i] << ','
          << results.predicted[i] << '\n';
  });
  if (results.attention.size() > 0)
    ts::save_npy(file(options, "predictions", "attention_weights.npy"), results.attention);
}

std::vector<ts::PlotResult> draw_pictures(const Options& options, const Results& results) {
  const fs::path folder = options.output / "plots";
  std::vector<double> losses, validation_losses;
  for (const ts::EpochRecord& record : results.history.epochs) {
    losses.push_back(record.loss);
    validation_losses.push_back(record.validation_loss.value());
  }
  std::vector<ts::PlotResult> pictures;
  pictures.push_back(ts::plot_training_curves(folder, "training_loss_curve", losses, validation_losses,
                                              {.best_epoch = results.history.best_epoch}));
  pictures.push_back(ts::plot_forecast(folder, "forecast_plot", results.actual, results.predicted,
                                       {.title = "One step ahead on the validation part",
                                        .y_label = "sine wave",
                                        .naive = results.last_value,
                                        .naive_label = "last value",
                                        .first_index = results.validation.begin}));
  if (results.attention.size() > 0)
    pictures.push_back(ts::plot_attention(folder, "attention_sample0", results.attention.map().row(0),
                                          {.title = "Attention over the first window of the validation part",
                                           .window = results.first_window,
                                           .window_label = "sine wave"}));
  return pictures;
}

}  // namespace

void prepare_output(const Options& options, const ts::Sequence<float>& wave) {
  for (const char* folder : {"logs", "predictions", "plots"}) {
    std::error_code error;
    fs::create_directories(options.output / folder, error);
    if (error)
      ts::fail<ts::IoError>("--output", "expected an output folder that can be written, got ",
                            (options.output / folder).string(), ": ", error.message());
  }
  ts::write_file_atomically(file(options, "predictions", "dataset_preview.csv"), [&](std::ostream& out) {
    out << "index,value\n";
    for (ts::Index t = 0; t < std::min<ts::Index>(wave.time(), 500); ++t) out << t << ',' << wave(t, 0, 0) << '\n';
  });
}

std::vector<std::string> write_results(const Options& options, const Results& results) {
  write_training_log(options, results);
  write_predictions(options, results);
  std::vector<std::string> notes;
  for (const ts::PlotResult& picture : draw_pictures(options, results))
    if (!picture.drawn) notes.push_back(picture.note);
  return notes;
}
