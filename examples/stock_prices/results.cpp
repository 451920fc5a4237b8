#include "results.hpp"

#include <cmath>
#include <iostream>
#include <locale>
#include <sstream>

#include <tsattn/tsattn.hpp>

#include "support/forecast_report.hpp"

namespace stock_prices {

namespace ts = tsattn;

namespace {

constexpr ts::Metric kColumns[] = {ts::Metric::rmse, ts::Metric::mae, ts::Metric::mape, ts::Metric::r2};

std::string metrics_text(const Results& results) {
  const auto table_of = [](const char* name, const PartForecasts& part) {
    const ts::Index windows = part.actual.batch(), days = part.actual.time();
    return std::to_string(windows) + (windows == 1 ? " forecast of " : " forecasts of ") + std::to_string(days) +
           (days == 1 ? " day" : " days") + " in the " + name + " part, errors in prices:\n" +
           ts::metrics_table(part.metrics, kColumns) + '\n';
  };
  return (results.validation.metrics.empty() ? "" : table_of("validation", results.validation)) +
         table_of("test", results.test) + results.verdict + '\n';
}

/// The forecasts of all windows h steps after the first.
std::vector<double> step_of(const ts::Sequence<double>& prices, ts::Index h) {
  std::vector<double> values;
  for (ts::Index window = 0; window < prices.batch(); ++window) values.push_back(prices(h, window, 0));
  return values;
}

std::vector<double> mae_by_step(const PriceForecast& forecast, const ts::Sequence<double>& actual) {
  std::vector<double> mae;
  for (ts::Index h = 0; h < actual.time(); ++h)
    mae.push_back(ts::regression_metrics(step_of(actual, h), step_of(forecast.prices, h)).mae);
  return mae;
}

}  // namespace

void print_results(const Results& results) { std::cout << '\n' << metrics_text(results) << '\n'; }

nlohmann::ordered_json facts_of(const Options& options, const Prices& prices, const ts::SeriesParts& parts,
                                const ts::Forecaster<float>& forecaster, const ts::History& history) {
  return {{"data", prices.source},
          {"column", prices.column},
          {"days", prices.size()},
          {"parts_end_at", {parts.training.end, parts.validation.end, parts.test.end}},
          {"test", {{"from", prices.day_text(parts.test.begin)}, {"to", prices.day_text(parts.test.end - 1)}}},
          {"model", options.model.title()},
          {"hidden", options.model.hidden},
          {"parameters", forecaster.model().parameter_count()},
          {"sequence_length", options.sequence_length},
          {"future_time_steps", options.future_time_steps},
          {"include_input", options.include_input},
          {"prices", options.prices},
          {"normalization", options.normalization},
          {"epochs", history.epochs.size()},
          {"best_epoch", history.best_epoch.value_or(0)},
          {"seed", options.training.seed}};
}

void write_results(const examples::ResultsFolder& folder, const Results& results, const Prices& prices,
                   nlohmann::ordered_json facts) {
  const PartForecasts& test = results.test;
  facts["test_windows"] = test.actual.batch();
  facts["verdict"] = {{"beats_same_as_today", results.with_same_as_today.is_better()}, {"text", results.verdict}};
  if (std::isfinite(results.with_same_as_today.statistic))
    facts["verdict"]["diebold_mariano"] = results.with_same_as_today.statistic;
  if (!results.validation.metrics.empty())
    facts["validation_metrics"] = examples::metrics_json(results.validation.metrics);
  facts["metrics"] = examples::metrics_json(test.metrics);
  folder.write("metrics.json", facts);
  folder.write("metrics.txt", metrics_text(results));

  std::ostringstream csv;
  csv.imbue(std::locale::classic());
  csv.precision(9);
  csv << "day,days_ahead,actual";
  for (const PriceForecast& forecast : test.forecasts) csv << ",\"" << forecast.name << '"';
  csv << '\n';
  for (ts::Index window = 0; window < test.actual.batch(); ++window)
    for (ts::Index h = 0; h < test.actual.time(); ++h) {
      csv << prices.day_text(test.first_day + window + h) << ',' << h + 1 << ',' << test.actual(h, window, 0);
      for (const PriceForecast& forecast : test.forecasts) csv << ',' << forecast.prices(h, window, 0);
      csv << '\n';
    }
  folder.write("predictions/test_forecasts.csv", csv.str());
}

std::vector<ts::PlotResult> draw_results(const examples::ResultsFolder& folder, const Results& results,
                                         const Prices& prices) {
  const PartForecasts& test = results.test;
  const PriceForecast &model = test.forecasts[0], &naive = test.forecasts[1];
  const auto first = prices.days.begin() + test.first_day;
  const std::vector<ts::TimeStamp> days(first, first + test.actual.batch());
  std::vector<ts::PlotResult> pictures{ts::plot_forecast(folder.plots(), "forecast_plot", step_of(test.actual, 0),
                                                         step_of(model.prices, 0),
                                                         {.title = model.name + ", forecasts 1 day ahead, test part",
                                                          .x_label = "day",
                                                          .y_label = prices.column,
                                                          .baselines = {{naive.name, step_of(naive.prices, 0)}},
                                                          .times = days,
                                                          .most = 120})};
  if (test.actual.time() > 1) {
    ts::ErrorByStepOptions by_step{
        .x_label = "days ahead", .y_label = "MAE of " + prices.column, .model_name = model.name};
    for (std::size_t i = 1; i < test.forecasts.size(); ++i)
      by_step.baselines.push_back({test.forecasts[i].name, mae_by_step(test.forecasts[i], test.actual)});
    pictures.push_back(
        ts::plot_error_by_step(folder.plots(), "error_by_step", mae_by_step(model, test.actual), by_step));
  }
  return pictures;
}

}  // namespace stock_prices
