#include "results.hpp"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <locale>
#include <sstream>
#include <utility>

#include <tsattn/tsattn.hpp>

#include "support/forecast_report.hpp"

namespace airline_passengers {

namespace ts = tsattn;

namespace {

constexpr ts::Metric kColumns[] = {ts::Metric::mape, ts::Metric::rmse, ts::Metric::mae, ts::Metric::r2};

/// Source: "Forecasting with sktime", the notebook 01_forecasting of sktime: the last 36 months from one origin.
struct Published {
  const char* name;
  double mape;
};
constexpr const char* kPublishedSource = "sktime, notebook 01_forecasting";
constexpr Published kPublished[] = {{"AutoARIMA", 4.15},
                                    {"ARIMA(1,1,0)(0,1,0)12", 4.36},
                                    {"unobserved components", 4.97},
                                    {"Holt-Winters, additive", 5.11},
                                    {"AutoETS", 6.19},
                                    {"Prophet", 7.28},
                                    {"TBATS", 8.02},
                                    {"seasonal naive", 13.19}};

/// Whether the published figures are of these months of this series.
bool is_published_test(const MonthlySeries& series, const ts::IndexRange& test) {
  return test.size() == 36 && series.values == box_jenkins_series().values;
}

std::string months_text(const MonthlySeries& series, const ts::IndexRange& test) {
  return std::to_string(test.size()) + (test.size() == 1 ? " month, " : " months, ") + series.month_text(test.begin) +
         " to " + series.month_text(test.end - 1);
}

std::string metrics_text(const Results& results, const MonthlySeries& series, const ts::IndexRange& test) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "All " << months_text(series, test) << ", forecast from " << series.month_text(test.begin - 1) << ":\n"
       << ts::metrics_table(results.from_origin, kColumns);
  for (const std::string& sentence : results.left_out) text << sentence << '\n';
  if (is_published_test(series, test)) {
    text << "\nPublished MAPE % of the same forecast (" << kPublishedSource << "):\n"
         << std::fixed << std::setprecision(2);
    for (const Published& row : kPublished)
      text << std::left << std::setw(23) << row.name << std::right << std::setw(7) << row.mape << '\n';
  }
  text << "\nThe same months, each forecast from the month before it:\n"
       << ts::metrics_table(results.one_step, kColumns);
  return text.str();
}

std::vector<ts::TimeStamp> times_of(const MonthlySeries& series, const ts::IndexRange& months) {
  std::vector<ts::TimeStamp> times;
  for (ts::Index month = months.begin; month < months.end; ++month) times.push_back(series.time(month));
  return times;
}

std::vector<double> values_of(const MonthlySeries& series, const ts::IndexRange& months) {
  return {series.values.begin() + months.begin, series.values.begin() + months.end};
}

}  // namespace

Results test_results(const std::vector<Forecast>& forecasts, const MonthlySeries& series, const ts::IndexRange& test) {
  const std::vector<double> actual = values_of(series, test);
  Results results;
  for (const Forecast& forecast : forecasts) {
    Results::Row row{forecast.name, from_one_origin(forecast, series.values, test),
                     one_step_ahead(forecast, series.values, test)};
    const auto months = static_cast<ts::Index>(std::min(row.from_origin.size(), row.one_step.size()));
    if (months < test.size()) {
      const std::string month = series.month_text(test.begin + months);
      if (results.rows.empty())
        ts::fail<ts::DataError>(row.name, "expected finite forecasts",
                                forecast.transform.curve == Curve::log ? " above 0, to take logarithms of" : "",
                                ", got none for ", month, ": the model has run away from the series; train it with a ",
                                "smaller --learning-rate or for more epochs, or use another --transform");
      results.left_out.push_back(row.name + " is left out: its forecast of " + month + " has run away.");
      continue;
    }
    results.from_origin.push_back({row.name, ts::regression_metrics(actual, row.from_origin)});
    results.one_step.push_back({row.name, ts::regression_metrics(actual, row.one_step)});
    results.rows.push_back(std::move(row));
  }
  return results;
}

void print_results(const Results& results, const MonthlySeries& series, const ts::IndexRange& test) {
  std::cout << '\n' << metrics_text(results, series, test) << '\n';
}

nlohmann::ordered_json facts_of(const Options& options, const MonthlySeries& series, const ts::SeriesParts& parts,
                                const ts::Forecaster<float>& forecaster, const ts::History& history) {
  return {{"data", series.source},
          {"column", series.name},
          {"months", parts.test.end},
          {"parts_end_at", {parts.training.end, parts.validation.end, parts.test.end}},
          {"model", options.model.title()},
          {"hidden", options.model.hidden},
          {"parameters", forecaster.model().parameter_count()},
          {"lookback", options.lookback},
          {"transform", options.transform},
          {"difference", options.difference},
          {"scaling", options.scaling},
          {"normalization", options.normalization},
          {"knows_month", options.knows_month},
          {"trained_again", options.trains_again},
          {"epochs", history.epochs.size()},
          {"best_epoch", history.best_epoch.value_or(0)},
          {"seed", options.training.seed}};
}

void write_results(const examples::ResultsFolder& folder, const Results& results, const MonthlySeries& series,
                   const ts::SeriesParts& parts, nlohmann::ordered_json facts) {
  facts["test"] = {{"from", series.month_text(parts.test.begin)},
                   {"to", series.month_text(parts.test.end - 1)},
                   {"origin", series.month_text(parts.test.begin - 1)}};
  facts["metrics"] = examples::metrics_json(results.from_origin);
  facts["metrics_one_step_ahead"] = examples::metrics_json(results.one_step);
  if (!results.left_out.empty()) facts["left_out"] = results.left_out;
  if (is_published_test(series, parts.test)) {
    facts["published"]["source"] = kPublishedSource;
    for (const Published& row : kPublished) facts["published"]["mape"][row.name] = row.mape;
  }
  folder.write("metrics.json", facts);
  folder.write("metrics.txt", metrics_text(results, series, parts.test));

  std::ostringstream csv;
  csv.imbue(std::locale::classic());
  csv.precision(9);
  csv << "month,actual";
  for (const Results::Row& row : results.rows) csv << ",\"" << row.name << "\",\"" << row.name << ", one step ahead\"";
  csv << '\n';
  for (ts::Index month = parts.test.begin; month < parts.test.end; ++month) {
    const auto h = static_cast<std::size_t>(month - parts.test.begin);
    csv << series.month_text(month) << ',' << series.values[static_cast<std::size_t>(month)];
    for (const Results::Row& row : results.rows) csv << ',' << row.from_origin[h] << ',' << row.one_step[h];
    csv << '\n';
  }
  folder.write("predictions/test_forecasts.csv", csv.str());
}

std::vector<ts::PlotResult> draw_results(const examples::ResultsFolder& folder, const Results& results,
                                         const MonthlySeries& series, const ts::IndexRange& test) {
  const ts::IndexRange before{0, test.begin};
  const std::vector<double> actual = values_of(series, test);
  const Results::Row &model = results.rows[0], &naive = results.rows[1];
  const ts::ForecastPlotOptions one_step{.title = model.name + ", each month from the month before it",
                                         .x_label = "month",
                                         .y_label = series.name,
                                         .baselines = {{naive.name, naive.one_step}},
                                         .times = times_of(series, test)};
  ts::ForecastPlotOptions from_origin = one_step;
  from_origin.title = model.name + ", " + months_text(series, test) + ", from " + series.month_text(test.begin - 1);
  from_origin.baselines = {{naive.name, naive.from_origin}};
  from_origin.history = values_of(series, before);
  from_origin.history_times = times_of(series, before);
  return {ts::plot_forecast(folder.plots(), "forecast_plot", actual, model.from_origin, from_origin),
          ts::plot_forecast(folder.plots(), "one_step_ahead", actual, model.one_step, one_step)};
}

}  // namespace airline_passengers
