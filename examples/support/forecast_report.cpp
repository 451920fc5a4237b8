#include "forecast_report.hpp"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>

#include <tsattn/tsattn.hpp>

#include "model_choice.hpp"

namespace examples {

namespace ts = tsattn;

namespace {

constexpr ts::Index kMostDrawn = 200;  // windows

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

/// The windows whose targets lie in `part`, forecast and actual values in the units of the series.
struct Forecasts {
  ts::Sequence<float> scaled;
  ts::Windows<float> windows;
  ts::Sequence<double> forecast, actual;  // [horizon, windows, targets]

  Forecasts(const ts::Forecaster<float>& forecaster, const ts::Sequence<double>& series, const ts::IndexRange& part,
            int threads)
      : scaled(forecaster.scaler().transform<float>(series)), windows(scaled, forecaster.windows(), part) {
    const ts::ForecastPairs<float> pairs = forecaster.predict(series, part, {.threads = threads});
    const ts::Scaler targets = forecaster.scaler().select(windows.options().targets);
    forecast = targets.inverse_transform<double>(pairs.forecast);
    actual = targets.inverse_transform<double>(pairs.actual);
  }
};

/// The step h of the first target in every window.
std::vector<double> first_target(const ts::Sequence<double>& values, ts::Index h) {
  std::vector<double> result;
  for (ts::Index window = 0; window < values.batch(); ++window) result.push_back(values(h, window, 0));
  return result;
}

std::string with_unit(const std::string& name, const std::string& unit) {
  return unit.empty() ? name : name + " (" + unit + ')';
}

std::vector<ts::PlotResult> draw_attention(const ResultsFolder& folder, const ts::Forecaster<float>& forecaster,
                                           const Forecasts& drawn, int threads) {
  const ts::Graph<float>& model = forecaster.model();
  if (!has_attention(model)) return {};
  const ts::WindowOptions options = ts::windows_of_model(drawn.windows.options(), forecaster.options());
  const ts::Index last_window = drawn.windows.target_step(drawn.windows.size() - 1);
  const ts::IndexRange first_targets{drawn.windows.target_step(0),
                                     drawn.windows.layout().target_row(last_window, options.horizon - 1) + 1};
  const ts::Windows<float> windows(drawn.scaled, options, first_targets);
  const ts::ForecastWindows<float> samples(windows, forecaster.options().normalization, forecaster.options().channels);
  const ts::Sequence<float> weights =
      ts::attention_weights(model, model.find("attention"), samples, {.threads = threads});
  const ts::Index channels = samples.size() / drawn.windows.size();
  ts::PlotMatrix of_first_target(drawn.windows.size(), weights.features());
  for (ts::Index window = 0; window < of_first_target.rows(); ++window)
    for (ts::Index step = 0; step < of_first_target.cols(); ++step)
      of_first_target(window, step) = static_cast<double>(weights(0, window * channels, step));
  const ts::Index last = of_first_target.rows() - 1;
  std::vector<double> of_last_window;
  for (ts::Index step = 0; step < of_first_target.cols(); ++step) of_last_window.push_back(of_first_target(last, step));

  // Of segments there is no distance in steps.
  const bool has_all_steps = weights.features() == forecaster.windows().lookback;
  const std::optional<ts::Index> ahead =
      has_all_steps ? std::optional<ts::Index>(forecaster.windows().gap + 1) : std::nullopt;
  return {ts::plot_attention(folder.plots(), "attention_last_window", of_last_window,
                             {.title = "Attention over the last window of the test part", .horizon = ahead}),
          ts::plot_attention_map(folder.plots(), "attention_map", of_first_target,
                                 {.title = "Attention in the last windows of the test part", .horizon = ahead})};
}

/// Every value of the test part once: the windows that follow each other without overlap.
std::string test_forecasts_csv(const Forecasts& all, const ReportedSeries& series,
                               const std::vector<std::string>& targets) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(9);
  out << (series.times.empty() ? "row" : "time") << ",steps_ahead,target,actual,forecast\n";
  const ts::WindowOptions& options = all.windows.options();
  const ts::Index apart = std::max<ts::Index>(options.horizon * options.sampling_step / options.stride, 1);
  for (ts::Index window = 0; window < all.forecast.batch(); window += apart)
    for (ts::Index h = 0; h < options.horizon; ++h)
      for (std::size_t i = 0; i < targets.size(); ++i) {
        const ts::Index row = all.windows.layout().target_row(all.windows.target_step(window), h);
        if (series.times.empty()) {
          out << row;
        } else {
          out << ts::text_of(series.times[static_cast<std::size_t>(row)]);
        }
        out << ',' << options.gap + h + 1 << ',' << quoted(targets[i]) << ','
            << all.actual(h, window, static_cast<ts::Index>(i)) << ','
            << all.forecast(h, window, static_cast<ts::Index>(i)) << '\n';
      }
  return out.str();
}

/// Rows of a series that follow each other in steps of `step` rows.
struct StepsOfRows {
  std::vector<double> values;
  std::vector<ts::TimeStamp> times;

  StepsOfRows(const ReportedSeries& series, ts::Index feature, ts::Index first_row, ts::Index count, ts::Index step) {
    for (ts::Index row = first_row; row < first_row + count * step; row += step) {
      values.push_back(series.values(row, 0, feature));
      if (!series.times.empty()) times.push_back(series.times[static_cast<std::size_t>(row)]);
    }
  }
};

/// The forecast of the rows from `first_row` on behind what is known up to `last_known`. `forecast` is the first
/// target's; so is what is drawn.
ts::PlotResult draw_behind_history(const ResultsFolder& folder, const std::string& name, const std::string& title,
                                   const ReportedSeries& series, const ts::WindowOptions& options,
                                   const std::string& label, ts::Index last_known, ts::Index first_row,
                                   const std::vector<double>& forecast) {
  const ts::Index step = options.sampling_step;
  const ts::Index target = options.targets.empty() ? 0 : options.targets[0];
  const ts::Index shown = std::min(options.lookback, 3 * options.horizon + 24);
  const StepsOfRows history(series, target, last_known - (shown - 1) * step, shown, step);
  const StepsOfRows actual(series, target, first_row, options.horizon, step);
  ts::ForecastPlotOptions plot{.title = title, .y_label = label, .history = history.values};
  if (!series.times.empty()) plot.times = actual.times, plot.history_times = history.times;
  plot.first_index = first_row;
  plot.most = 0;
  return ts::plot_forecast(folder.plots(), name, actual.values, forecast, plot);
}

}  // namespace

nlohmann::ordered_json metrics_json(const std::vector<ts::NamedMetrics>& rows) {
  nlohmann::ordered_json json;
  for (const ts::NamedMetrics& row : rows)
    json[row.name] = {{"mse", number(row.metrics.mse)},
                      {"mae", number(row.metrics.mae)},
                      {"rmse", number(row.metrics.rmse)},
                      {"mape", number(row.metrics.mape)},
                      {"smape", number(row.metrics.smape)},
                      {"r2", number(row.metrics.r2)},
                      {"correlation", number(row.metrics.correlation)}};
  return json;
}

void write_metrics(const ResultsFolder& folder, const ts::ForecastEvaluation& evaluation,
                   nlohmann::ordered_json facts) {
  facts["test_windows"] = evaluation.windows;
  facts["horizon"] = evaluation.horizon;
  facts["targets"] = evaluation.targets;
  facts["season"] = evaluation.period;
  facts["metrics"] = metrics_json(evaluation.metrics);
  facts["metrics_of_scaled_values"] = metrics_json(evaluation.scaled);
  for (const ts::ErrorByStep& errors : evaluation.by_step) facts["mae_by_step"][errors.name] = errors.mae;
  folder.write("metrics.json", facts);
  folder.write("metrics.txt", "In the units of the series:\n" + ts::metrics_table(evaluation.metrics) +
                                  "\nOf the scaled values:\n" + ts::metrics_table(evaluation.scaled));
}

std::vector<ts::PlotResult> draw_history(const ResultsFolder& folder, const ts::History& history) {
  std::vector<double> losses, validation_losses;
  for (const ts::EpochRecord& record : history.epochs) {
    losses.push_back(record.loss);
    if (record.validation_loss) validation_losses.push_back(*record.validation_loss);
  }
  return {ts::plot_training_curves(folder.plots(), "training_loss_curve", losses, validation_losses,
                                   {.best_epoch = history.best_epoch})};
}

std::vector<ts::PlotResult> report_forecasts(const ResultsFolder& folder, const ts::Forecaster<float>& forecaster,
                                             const ReportedSeries& series, const ts::IndexRange& test,
                                             const ts::ForecastEvaluation& evaluation, int threads) {
  const ts::WindowOptions& options = forecaster.windows();
  const ts::Index rows_of_window = (options.horizon - 1) * options.sampling_step;
  const ts::IndexRange part{std::max(test.begin, test.end - rows_of_window - kMostDrawn * options.stride), test.end};
  const Forecasts drawn(forecaster, series.values, part, threads);
  const std::vector<std::string> targets = target_names(forecaster, series.names);
  const std::string label = with_unit(targets[0], series.unit);
  folder.write("predictions/test_forecasts.csv",
               test_forecasts_csv(Forecasts(forecaster, series.values, test, threads), series, targets));

  const ts::Index ahead = options.gap + 1;
  ts::ForecastPlotOptions plot{.title = "Forecasts " + std::to_string(ahead) + ' ' + series.step_name +
                                        (ahead == 1 ? "" : "s") + " ahead, test part",
                               .y_label = label,
                               .first_index = drawn.windows.target_step(0),
                               .most = kMostDrawn};
  std::vector<ts::TimeStamp> times;
  if (!series.times.empty())
    for (ts::Index window = 0; window < drawn.windows.size(); ++window)
      times.push_back(series.times[static_cast<std::size_t>(drawn.windows.target_step(window))]);
  if (!times.empty()) plot.times = times;
  std::vector<ts::PlotResult> pictures{ts::plot_forecast(folder.plots(), "forecast_plot", first_target(drawn.actual, 0),
                                                         first_target(drawn.forecast, 0), plot)};
  if (options.horizon > 1) {
    const ts::Index last = drawn.windows.size() - 1;
    std::vector<double> forecast;
    for (ts::Index h = 0; h < options.horizon; ++h) forecast.push_back(drawn.forecast(h, last, 0));
    pictures.push_back(draw_behind_history(folder, "last_forecast", "The last forecast of the test part", series,
                                           drawn.windows.options(), label, drawn.windows.last_input_step(last),
                                           drawn.windows.target_step(last), forecast));
    ts::ErrorByStepOptions by_step{
        .x_label = series.step_name + "s ahead", .y_label = with_unit("MAE", series.unit), .first_step = ahead};
    for (std::size_t i = 1; i < evaluation.by_step.size(); ++i)
      by_step.baselines.push_back({evaluation.by_step[i].name, evaluation.by_step[i].mae});
    pictures.push_back(ts::plot_error_by_step(folder.plots(), "error_by_step", evaluation.by_step[0].mae, by_step));
  }
  for (ts::PlotResult& picture : draw_attention(folder, forecaster, drawn, threads))
    pictures.push_back(std::move(picture));
  return pictures;
}

ts::PlotResult draw_forecast(const ResultsFolder& folder, const ts::Forecaster<float>& forecaster,
                             const ReportedSeries& series, ts::Index rows, const ts::Sequence<double>& forecast) {
  const ts::WindowOptions& options = forecaster.windows();
  std::vector<double> of_first_target;
  for (ts::Index h = 0; h < forecast.time(); ++h) of_first_target.push_back(forecast(h, 0, 0));
  return draw_behind_history(folder, "forecast", "Forecast", series, options,
                             with_unit(target_names(forecaster, series.names)[0], series.unit), rows - 1,
                             rows - 1 + (options.gap + 1) * options.sampling_step, of_first_target);
}

std::string forecast_csv(const ts::Sequence<double>& forecast, const std::vector<std::string>& targets,
                         const std::vector<ts::TimeStamp>& times) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(9);
  out << (times.empty() ? "steps_ahead" : "time");
  for (const std::string& target : targets) out << ',' << quoted(target);
  out << '\n';
  for (ts::Index h = 0; h < forecast.time(); ++h) {
    if (times.empty()) {
      out << h + 1;
    } else {
      out << ts::text_of(times[static_cast<std::size_t>(h)]);
    }
    for (ts::Index i = 0; i < forecast.features(); ++i) out << ',' << forecast(h, 0, i);
    out << '\n';
  }
  return out.str();
}

std::string quoted(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

std::vector<std::string> target_names(const ts::Forecaster<float>& forecaster, const std::vector<std::string>& names) {
  std::vector<std::string> targets;
  const ts::WindowOptions& options = forecaster.windows();
  for (ts::Index feature = 0; feature < static_cast<ts::Index>(names.size()); ++feature) {
    const auto& known = options.known_future;
    if (options.targets.empty() && std::find(known.begin(), known.end(), feature) == known.end())
      targets.push_back(names[static_cast<std::size_t>(feature)]);
  }
  for (const ts::Index feature : options.targets) targets.push_back(names[static_cast<std::size_t>(feature)]);
  return targets;
}

}  // namespace examples
