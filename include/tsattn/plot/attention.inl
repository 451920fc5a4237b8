#pragma once

#include <algorithm>
#include <filesystem>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention.hpp>
#include <tsattn/plot/attention_axis.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION PlotResult plot_attention(const std::filesystem::path& directory, std::string_view name,
                                                  const PlotValues& weights, const AttentionPlotOptions& options) {
  constexpr std::string_view kWhere = "plot_attention";
  constexpr Index kMostPoints = 120, kMostStems = 250;  // that can be told apart at this width
  const Index steps = weights.size();
  if (!weights.extent())
    fail<DataError>(kWhere, "expected at least one finite weight, got ", steps, " weights without one");
  const bool has_window = !options.window.empty();
  if (has_window && options.window.size() != steps)
    fail<ShapeError>(kWhere, "expected a window of ", steps, " steps, one for each weight, got ",
                     options.window.size());
  if (has_window && !options.window.extent())
    fail<DataError>(kWhere, "expected at least one finite value in the window");
  const AttentionAxis axis = attention_axis(kWhere, steps, options.horizon);
  std::vector<PlotColumn> columns{{axis.direction < 0 ? "steps_before" : "step", axis.positions}, {"weight", weights}};
  const double equal = 1 / static_cast<double>(steps);
  const std::string name_of_weights = "attention weight";
  const std::string name_of_equal = "equal weights (" + number_text(equal, 3) + ')';

  std::ostringstream script;
  script.imbue(std::locale::classic());
  script.precision(10);
  script << attention_x_axis(axis);
  if (has_window) {
    columns.push_back({"input", options.window});
    // Two panels; the left edge is set so that their axes stand above each other.
    constexpr double kHeight = 220;
    script << heading(options.title, {})
           << "set lmargin 13\nset ylabel offset -1.5, 0\nset multiplot\nset size 1, 0.52\nset origin 0, 0.48\n"
           << "set bmargin 1\nset format x ''\n"
           << axis_labels("", options.window_label, kHeight) << linear_y_axis({&options.window})
           << "plot data using 1:3 with " << (steps <= kMostPoints ? "linespoints pointtype 7 pointsize 0.7" : "lines")
           << " linewidth 2.5 linecolor '" << plot_colour::kBlue << "' notitle\n"
           << heading("", {name_of_weights, name_of_equal})
           << "unset title\nset format x '%.8g'\nset size 1, 0.48\nset origin 0, 0\n"
           << "set tmargin 2\nset bmargin 3.5\n"
           << axis_labels(axis.label, "attention weight", kHeight);
  } else {
    script << heading(options.title, {name_of_weights, name_of_equal}) << axis_labels(axis.label, "attention weight");
  }
  if (const auto extent = *weights.extent(); extent.min >= 0) {
    const double top = 1.1 * (std::max)(extent.max, equal);
    script << "set yrange [0:" << top << "]\nset ytics " << distance_of_tics(top, 5) << '\n';
  } else {
    script << linear_y_axis({&weights});
  }
  const std::string colour = std::string(" linecolor '").append(plot_colour::kVermillion).append("'");
  if (steps <= kMostPoints) {
    script << "plot data using 1:2 with impulses linewidth 2.5" << colour << " notitle, \\\n"
           << "     data using 1:2 with points pointtype 7 pointsize 0.9" << colour;
  } else {
    script << "plot data using 1:2 with " << (steps <= kMostStems ? "impulses" : "lines") << " linewidth 1.5" << colour;
  }
  script << " title " << gnuplot_string(name_of_weights) << ", \\\n     " << equal
         << " with lines linewidth 2 dashtype 2 linecolor '" << plot_colour::kGrey << "' title "
         << gnuplot_string(name_of_equal) << '\n';
  if (has_window) script << "unset multiplot\n";
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
