// Forecasts daily prices with a recurrent network and attention, and says whether that is any better than the price of
// today. docs/examples/stock_prices.md shows it at work.

#include <cmath>
#include <iostream>

#include <tsattn/forecasting/forecaster_file.hpp>
#include <tsattn/tsattn.hpp>

#include "options.hpp"
#include "prices.hpp"
#include "results.hpp"
#include "support/forecast_report.hpp"
#include "support/program.hpp"

namespace ts = tsattn;
using namespace stock_prices;

namespace {

ts::SeriesParts parts_of(const Options& options, const Prices& prices) {
  if (options.split.empty() && prices.file_ends.size() == 3)
    return ts::series_parts_at(prices.size(), prices.file_ends[0], prices.file_ends[1], prices.file_ends[2]);
  const std::vector<double>& split = options.split.empty() ? kSplit : options.split;
  const ts::SeriesParts parts = ts::series_parts(prices.size(), split[0], split[1], split[2]);
  if (parts.test.size() == 0) ts::fail<ts::ConfigError>("--split", "expected a test part, got a share of 0");
  return parts;
}

/// Prices, or their logarithms, as a series [days, 1, 1].
ts::Sequence<double> model_series(const Options& options, const Prices& prices) {
  ts::Sequence<double> series({prices.size(), 1, 1});
  for (ts::Index day = 0; day < prices.size(); ++day) {
    const double price = prices.values[static_cast<std::size_t>(day)];
    series(day, 0, 0) = options.prices == "log" ? std::log(price) : price;
  }
  return series;
}

/// Throws DataError for a part without room for a window, before anything is written.
void say_what_is_used(const Prices& prices, const ts::SeriesParts& parts, const ts::Sequence<double>& series,
                      const ts::WindowOptions& windows) {
  std::cout << prices.source << ": " << prices.size() << " days, " << prices.day_text(0) << " to "
            << prices.day_text(prices.size() - 1) << ", column " << ts::printable_utf8(prices.column) << '\n';
  const auto say = [&](const char* name, const ts::IndexRange& part) {
    if (part.size() == 0) return;
    const ts::Index count = ts::Windows<double>(series, windows, part).size();
    std::cout << name << count << (count == 1 ? " window" : " windows") << " with targets from "
              << prices.day_text(part.begin) << " to " << prices.day_text(part.end - 1) << '\n';
  };
  say("  training    ", parts.training);
  say("  validation  ", parts.validation);
  say("  test        ", parts.test);
  std::cout << '\n';
}

void run(const Options& options) {
  const examples::Stopwatch stopwatch;
  const Prices prices = options.data.empty() ? random_walk(options.days, options.training.seed)
                                             : read_prices(options.data, options.column);
  const ts::SeriesParts parts = parts_of(options, prices);
  const ts::Sequence<double> series = model_series(options, prices);
  const ts::WindowOptions windows{.lookback = options.sequence_length,
                                  .horizon = options.future_time_steps,
                                  .include_input = options.include_input};
  say_what_is_used(prices, parts, series, windows);
  const examples::ResultsFolder folder(options.output);

  const ts::Index outputs = windows.horizon + (windows.include_input ? windows.lookback : 0);
  ts::Forecaster<float> forecaster(
      examples::build_model(options.model, windows.lookback, 1, outputs, options.training.seed), windows,
      {.normalization = ts::from_name<ts::InstanceNormalization>(options.normalization)});
  std::cout << ts::summary(forecaster.model()) << '\n';
  const auto save = [&](const std::filesystem::path& path) {
    ts::save_forecaster(path, forecaster, {{"prices", options.prices}, {"column", prices.column}});
  };
  const ts::History history =
      examples::fit(forecaster, series, parts, options.training, examples::fit_options(options.training, folder, save));
  save(folder.final_model());

  const auto forecast = [&](const ts::IndexRange& part) {
    return forecast_part(options.model.title(), forecaster, series, options.prices == "log", part, parts.training,
                         options.training.threads);
  };
  Results results{.validation = {}, .test = forecast(parts.test), .with_same_as_today = {}, .verdict = {}};
  if (parts.validation.size() > 0) results.validation = forecast(parts.validation);
  results.with_same_as_today =
      compare(results.test.forecasts[0].prices, results.test.forecasts[1].prices, results.test.actual);
  results.verdict = verdict_text(options.model.title(), results.with_same_as_today);
  print_results(results);
  write_results(folder, results, prices, facts_of(options, prices, parts, forecaster, history));

  examples::report_pictures({examples::draw_history(folder, history), draw_results(folder, results, prices)});
  examples::say_where_results_are(folder, stopwatch);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains a recurrent network with attention on daily prices, and compares its forecasts with the price of today.\n"
      "Writes logs, models, predictions and pictures to the output folder.",
      "stock_prices");
  Options options;
  add_options(app, options);
  return examples::run_program(app, argc, argv, [&] { run(options); });
}
