#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/forecast.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/time_axis.hpp>

namespace tsattn {

namespace forecast_plot_parts {

inline constexpr std::string_view kWhere = "plot_forecast";

inline void require_length(const char* what, const PlotValues& values, const char* others, const PlotValues& wanted) {
  if (values.size() != wanted.size())
    fail<ShapeError>(kWhere, "expected as many ", what, " as ", others, ", got ", values.size(), " and ",
                     wanted.size());
}

inline void require_options(const PlotValues& actual, const PlotValues& predicted, const ForecastPlotOptions& options) {
  require_length("forecasts", predicted, "actual values", actual);
  for (const PlotCurve& baseline : options.baselines)
    if (baseline.values.size() != actual.size())
      fail<ShapeError>(kWhere, "expected as many forecasts of the baseline \"", baseline.name,
                       "\" as actual values, got ", baseline.values.size(), " and ", actual.size());
  if (!options.times.empty()) {
    require_length("times", options.times, "actual values", actual);
    require_length("times of the history", options.history_times, "values of it", options.history);
    require_times(kWhere, "times of the history", options.history_times);
    require_times(kWhere, "times", options.times);
    if (!options.history.empty() && !(options.history_times[options.history.size() - 1] < options.times[0]))
      fail<DataError>(kWhere, "expected a history that ends before times[0] = ", number_text(options.times[0], 15),
                      ", got one up to ", number_text(options.history_times[options.history.size() - 1], 15));
  } else if (!options.history_times.empty()) {
    fail<ConfigError>(kWhere, "expected the times of the forecasts too, got only those of the history");
  }
  if (options.most < 0) fail<ConfigError>(kWhere, "expected at least 0 as the most points, got ", options.most);
}

/// The steps that are drawn: those of the history, then those that are forecast.
struct DrawnSteps {
  Index history, first, count;  // `first` and `count` of actual
  PlotValues x, actual, predicted;
  std::vector<PlotCurve> baselines;
};

inline PlotValues after_gap(Index gap, const PlotValues& values, Index first, Index count) {
  const auto begin = values.values().begin() + first;
  std::vector<double> all(static_cast<std::size_t>(gap), std::numeric_limits<double>::quiet_NaN());
  all.insert(all.end(), begin, begin + count);
  return all;
}

inline DrawnSteps drawn_steps(const PlotValues& actual, const PlotValues& predicted,
                              const ForecastPlotOptions& options) {
  const auto drawn = [&](const PlotValues& values) {
    return options.most > 0 ? (std::min)(options.most, values.size()) : values.size();
  };
  DrawnSteps steps;
  steps.history = drawn(options.history);
  steps.count = drawn(actual);
  steps.first = options.history.empty() ? actual.size() - steps.count : 0;
  const auto joined = [&](const PlotValues& before, const PlotValues& values) {
    std::vector<double> all = before.last(steps.history).values();
    const auto begin = values.values().begin() + steps.first;
    all.insert(all.end(), begin, begin + steps.count);
    return PlotValues(all);
  };
  steps.actual = joined(options.history, actual);
  if (!options.times.empty()) {
    steps.x = joined(options.history_times, options.times);
  } else {
    std::vector<double> x;
    for (Index i = -steps.history; i < steps.count; ++i)
      x.push_back(static_cast<double>(options.first_index + steps.first + i));
    steps.x = x;
  }
  steps.predicted = after_gap(steps.history, predicted, steps.first, steps.count);
  for (const PlotCurve& baseline : options.baselines)
    steps.baselines.push_back({baseline.name, after_gap(steps.history, baseline.values, steps.first, steps.count)});
  return steps;
}

/// A vertical line between the history and the forecasts, its label beside it, on the side with more room.
inline std::string boundary(const DrawnSteps& steps, const std::string& label) {
  const double last = steps.x[steps.history - 1], begin = steps.x[steps.history], end = steps.x[steps.x.size() - 1];
  const double place = last + (begin - last) / 2;
  const bool is_right = place - steps.x[0] < 0.6 * (end - steps.x[0]);
  std::ostringstream commands;
  commands.imbue(std::locale::classic());
  commands.precision((std::numeric_limits<double>::digits10));
  commands << "set arrow from first " << place << ", graph 0 to first " << place
           << ", graph 1 nohead linewidth 2 dashtype 2 linecolor '" << plot_colour::kBlack << "' back\n"
           << "set label " << gnuplot_string(shortened(label, 60)) << " at first " << place << ", graph 0.96 "
           << (is_right ? "left offset 1, 0" : "right offset -1, 0") << '\n';
  return commands.str();
}

}  // namespace forecast_plot_parts

TSATTN_LIBRARY_FUNCTION PlotResult plot_forecast(const std::filesystem::path& directory, std::string_view name,
                                                 const PlotValues& actual, const PlotValues& predicted,
                                                 const ForecastPlotOptions& options) {
  using namespace forecast_plot_parts;
  require_options(actual, predicted, options);
  const DrawnSteps steps = drawn_steps(actual, predicted, options);
  if (!steps.actual.extent() || !steps.predicted.extent())
    fail<DataError>(kWhere, "expected a finite actual value and a finite forecast in the ", steps.count,
                    " points to be drawn");

  std::ostringstream script;
  script.imbue(std::locale::classic());
  script.precision((std::numeric_limits<double>::digits10));
  std::string title = options.title;
  if (steps.count < actual.size())
    title += (options.history.empty() ? " (the last " : " (the first ") + std::to_string(steps.count) + " of " +
             std::to_string(actual.size()) + ")";
  const bool has_times = !options.times.empty(), has_history = steps.history > 0;
  const std::string default_label = has_times ? "time" : "time step";
  const Index points = steps.x.size();
  const double first = steps.x[0], last = steps.x[points - 1];
  std::vector<std::string> names{"actual"};
  std::vector<const PlotValues*> curves{&steps.actual, &steps.predicted};
  std::vector<PlotColumn> columns{
      {has_times ? "seconds" : "step", steps.x}, {"actual", steps.actual}, {"forecast", steps.predicted}};
  for (const PlotCurve& baseline : steps.baselines) {
    names.push_back(legend_name(baseline.name));
    curves.push_back(&baseline.values);
    columns.push_back({"baseline_" + std::to_string(names.size() - 1), baseline.values});
  }
  names.push_back(legend_name(options.forecast_name));
  script << heading(title, names)
         << axis_labels(options.x_label.empty() ? default_label : options.x_label, options.y_label)
         << linear_y_axis(curves, has_history ? 0.14 : 0.06);
  if (has_times) {
    const double around = points > 1 ? 0 : 1;
    script << "set xrange [" << first - around << ':' << last + around << "]\n" << time_x_axis(first, last);
  } else {
    script << "set xrange [" << first << ':' << (points > 1 ? last : first + 1) << "]\nset format x '%.0f'\n";
    if (points <= 8) script << "set xtics 1\n";
  }
  if (has_history) script << boundary(steps, options.boundary_label);

  const bool is_dense = points > 400;
  const auto curve = [&](std::size_t column, double width, std::string_view colour, std::size_t dash,
                         const std::string& label) {
    script << "data using 1:" << column << " with " << (points <= 30 ? "linespoints pointtype 7 pointsize " : "lines");
    if (points <= 30) script << 0.6 + width / 6;
    script << " linewidth " << (is_dense ? 0.75 : 1.0) * width << " dashtype " << dash << " linecolor '" << colour
           << "' title " << gnuplot_string(label);
  };
  // The actual values lie below, light and broad, so that they can be seen where the forecast is exactly right.
  script << "plot ";
  curve(2, 6, plot_colour::kSkyBlue, 1, names.front());
  for (std::size_t i = 0; i < steps.baselines.size(); ++i) {
    script << ", \\\n     ";
    curve(4 + i, 2, plot_colour::kBaselines[i % plot_colour::kBaselines.size()], 2 + i % 4, names[1 + i]);
  }
  script << ", \\\n     ";
  curve(3, 2, plot_colour::kVermillion, 1, names.back());
  script << '\n';
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
