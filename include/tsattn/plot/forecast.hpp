#pragma once

#include <filesystem>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct ForecastPlotOptions {
  std::string title = "Forecast";
  std::string x_label = "time step";
  std::string y_label = "value";  ///< with its unit: "temperature (°C)"
  PlotValues naive = {};          ///< a baseline's forecast of the same steps; empty: none
  std::string naive_label = "naive forecast";
  Index first_index = 0;  ///< the step of actual[0] on the x axis
  Index last = 200;       ///< at most so many points are drawn, the latest; 0: all
  PlotFormat format = PlotFormat::png;
};

/// Draws the actual values and their forecasts over time, and a naive forecast if the options have one. Files, result
/// and errors as draw_with_gnuplot; throws also DataError if no actual value or no forecast is finite, ShapeError if
/// the lengths differ, ConfigError if `last` is negative.
inline PlotResult plot_forecast(const std::filesystem::path& directory, std::string_view name, const PlotValues& actual,
                                const PlotValues& predicted, const ForecastPlotOptions& options = {}) {
  constexpr std::string_view kWhere = "plot_forecast";
  if (predicted.size() != actual.size())
    fail<ShapeError>(kWhere, "expected as many forecasts as actual values, got ", predicted.size(), " and ",
                     actual.size());
  if (!options.naive.empty() && options.naive.size() != actual.size())
    fail<ShapeError>(kWhere, "expected as many naive forecasts as actual values, got ", options.naive.size(), " and ",
                     actual.size());
  if (options.last < 0) fail<ConfigError>(kWhere, "expected a number of last points of at least 0, got ", options.last);

  const bool is_part = options.last > 0 && options.last < actual.size();
  const Index count = is_part ? options.last : actual.size(), first = options.first_index + actual.size() - count;
  const PlotValues drawn_actual = actual.last(count), drawn_predicted = predicted.last(count);
  const PlotValues drawn_naive = options.naive.empty() ? PlotValues() : options.naive.last(count);
  if (!drawn_actual.extent() || !drawn_predicted.extent())
    fail<DataError>(kWhere, "expected a finite actual value and a finite forecast in the ", count,
                    " points to be drawn");
  std::vector<double> steps;
  for (Index i = 0; i < count; ++i) steps.push_back(static_cast<double>(first + i));
  std::vector<PlotColumn> columns{{"step", steps}, {"actual", drawn_actual}, {"forecast", drawn_predicted}};

  std::ostringstream script;
  script.imbue(std::locale::classic());
  std::string title = options.title;
  if (is_part) title += " (the last " + std::to_string(count) + " of " + std::to_string(actual.size()) + ")";
  script << "set title " << gnuplot_string(title) << "\nset xlabel " << gnuplot_string(options.x_label)
         << "\nset ylabel " << gnuplot_string(options.y_label) << "\nset xrange [" << first << ':'
         << first + (count > 1 ? count - 1 : 1) << "]\nset format x '%.0f'\n"
         << linear_y_axis({&drawn_actual, &drawn_predicted, &drawn_naive});
  if (count <= 8) script << "set xtics 1\n";
  const bool is_dense = count > 400;
  const auto curve = [&](int column, double width, std::string_view colour, int dash, const std::string& label) {
    script << "data using 1:" << column << " with " << (count <= 30 ? "linespoints pointtype 7 pointsize " : "lines");
    if (count <= 30) script << 0.6 + width / 6;
    script << " linewidth " << (is_dense ? 0.75 : 1.0) * width << " dashtype " << dash << " linecolor '" << colour
           << "' title " << gnuplot_string(label);
  };
  // The actual values lie below, light and broad, so that they can be seen where the forecast is exactly right.
  script << "plot ";
  curve(2, 6, plot_colour::kSkyBlue, 1, "actual");
  if (!drawn_naive.empty()) {
    columns.push_back({"naive", drawn_naive});
    script << ", \\\n     ";
    curve(4, 2, plot_colour::kGrey, 2, options.naive_label);
  }
  script << ", \\\n     ";
  curve(3, 2, plot_colour::kVermillion, 1, "forecast");
  script << '\n';
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
