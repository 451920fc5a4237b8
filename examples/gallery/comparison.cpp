#include "comparison.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iomanip>
#include <locale>
#include <sstream>
#include <vector>

#include <tsattn/tsattn.hpp>

#include "support/forecast_report.hpp"

namespace ts = tsattn;

namespace {

constexpr std::array kMetrics{&ts::RegressionMetrics::mse,        &ts::RegressionMetrics::mae,
                              &ts::RegressionMetrics::rmse,       &ts::RegressionMetrics::r2,
                              &ts::RegressionMetrics::mape,       &ts::RegressionMetrics::smape,
                              &ts::RegressionMetrics::correlation};

ts::RegressionMetrics mean_metrics(const Entry& entry) {
  ts::RegressionMetrics mean;
  for (const auto metric : kMetrics) mean.*metric = entry.mean(metric);
  return mean;
}

ts::RegressionMetrics spread_of_metrics(const Entry& entry) {
  ts::RegressionMetrics spread;
  for (const auto metric : kMetrics) spread.*metric = entry.spread(metric);
  return spread;
}

double mean_seconds(const Entry& entry) {
  double sum = 0;
  for (const Trial& trial : entry.trials) sum += trial.seconds;
  return sum / static_cast<double>(entry.trials.size());
}

std::string fixed(double value, int decimals) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::fixed << std::setprecision(decimals) << value;
  return text.str();
}

/// `table` with one more column at its right: the title, then the cells.
std::string with_column(const std::string& table, const std::vector<std::string>& column) {
  std::size_t width = 0;
  for (const std::string& cell : column) width = std::max(width, cell.size());
  std::string result, line;
  std::istringstream lines(table);
  for (std::size_t i = 0; std::getline(lines, line); ++i)
    result += line + std::string(width + 2 - column[i].size(), ' ') + column[i] + '\n';
  return result;
}

}  // namespace

std::string comparison_table(const Gallery& gallery) {
  std::vector<ts::NamedMetrics> rows;
  std::vector<std::string> spreads{"MSE +- %"}, parameters{"Parameters"}, seconds{"Seconds"};
  for (const Entry& entry : gallery.models) {
    rows.push_back({entry.name, mean_metrics(entry)});
    constexpr auto kMse = &ts::RegressionMetrics::mse;
    spreads.push_back(fixed(100 * entry.spread(kMse) / entry.mean(kMse), 1));
    parameters.push_back(ts::with_thousands_separators(entry.parameters));
    seconds.push_back(fixed(mean_seconds(entry), 1));
  }
  for (const ts::NamedMetrics& baseline : gallery.baselines) {
    rows.push_back(baseline);
    for (std::vector<std::string>* column : {&spreads, &parameters, &seconds}) column->push_back("-");
  }
  std::string table = ts::metrics_table(rows, {ts::Metric::mse, ts::Metric::mae, ts::Metric::rmse, ts::Metric::r2});
  if (gallery.models.front().trials.size() > 1) table = with_column(table, spreads);
  return with_column(with_column(table, parameters), seconds);
}

nlohmann::ordered_json comparison_json(const Gallery& gallery) {
  nlohmann::ordered_json json;
  for (const Entry& entry : gallery.models) {
    const nlohmann::ordered_json metrics =
        examples::metrics_json({{"mean", mean_metrics(entry)}, {"standard_deviation", spread_of_metrics(entry)}});
    nlohmann::ordered_json& model = json["models"][entry.name];
    model = {{"parameters", entry.parameters},
             {"seconds", mean_seconds(entry)},
             {"metrics", metrics["mean"]},
             {"standard_deviation", metrics["standard_deviation"]}};
    for (const Trial& trial : entry.trials)
      model["trainings"].push_back({{"seed", trial.seed},
                                    {"epochs", trial.history.epochs.size()},
                                    {"best_epoch", trial.history.best_epoch.value()},
                                    {"validation_loss", trial.validation_loss},
                                    {"seconds", trial.seconds},
                                    {"metrics", examples::metrics_json({{"test", trial.metrics}})["test"]}});
  }
  json["baselines"] = examples::metrics_json(gallery.baselines);
  json["best"] = {{"model", gallery.best->name},
                  {"seed", gallery.best->trial.seed},
                  {"chosen_by", "validation loss"},
                  {"validation_loss", gallery.best->trial.validation_loss}};
  return json;
}
