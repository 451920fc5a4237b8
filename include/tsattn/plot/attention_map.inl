#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention_axis.hpp>
#include <tsattn/plot/attention_map.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION PlotResult plot_attention_map(const std::filesystem::path& directory, std::string_view name,
                                                      const PlotMatrix& weights, const AttentionMapOptions& options) {
  constexpr std::string_view kWhere = "plot_attention_map";
  const PlotMatrix cells = averaged(weights, options.format == PlotFormat::svg ? 150 : 300);
  const auto extent = PlotValues(cells.values()).extent();
  if (!extent)
    fail<DataError>(kWhere, "expected at least one finite weight, got ", weights.rows(), " x ", weights.cols(),
                    " without one");
  const AttentionAxis axis = attention_axis(kWhere, weights.cols(), options.horizon);

  // An image of gnuplot's needs two rows and two columns: a single one is drawn as two halves.
  const Index down = cells.rows() > 1 ? cells.rows() : 2, across = cells.cols() > 1 ? cells.cols() : 2;
  const double height = static_cast<double>(weights.rows()) / static_cast<double>(down);
  const double width = static_cast<double>(weights.cols()) / static_cast<double>(across);
  std::vector<double> x, y, z;
  for (Index i = 0; i < down; ++i)
    for (Index j = 0; j < across; ++j) {
      x.push_back(axis.oldest + axis.direction * ((static_cast<double>(j) + 0.5) * width - 0.5));
      y.push_back(static_cast<double>(options.first_row) + (static_cast<double>(i) + 0.5) * height - 0.5);
      z.push_back(cells(i < cells.rows() ? i : 0, j < cells.cols() ? j : 0));
    }

  std::string title = options.title;
  if (cells.rows() < weights.rows() || cells.cols() < weights.cols())
    title += " (" + std::to_string(weights.rows()) + " x " + std::to_string(weights.cols()) + " weights, averaged to " +
             std::to_string(cells.rows()) + " x " + std::to_string(cells.cols()) + ")";
  const double low = extent->min >= 0 ? 0 : extent->min;
  const double high = extent->max > low ? extent->max : low + 1;
  const double top = static_cast<double>(options.first_row) - 0.5;
  std::ostringstream script;
  script << heading(title, {}, {.width = 1000}) << axis_labels(axis.label, options.row_label) << attention_x_axis(axis)
         << "set yrange [" << number_text(top + static_cast<double>(weights.rows()), 15) << ':' << number_text(top, 15)
         << "]\n"
         << (weights.rows() <= 12 ? "set ytics 1\n" : "") << "set format y '%.0f'\n"
         << "unset grid\nset border 15\nset rmargin 5\n"
         << kViridisPalette << "set cbrange [" << number_text(low, 10) << ':' << number_text(high, 10)
         << "]\nset format cb '%.4g'\nset cblabel " << gnuplot_lines(broken_text(options.value_label, 50, 1))
         << " offset 1, 0\n"
         << "plot data using 1:2:3 with " << cell_style(options.format) << " notitle\n";
  return draw_with_gnuplot(directory, name, options.format,
                           {{axis.direction < 0 ? "steps_before" : "step", x}, {"row", y}, {"weight", z}},
                           script.str());
}

}  // namespace tsattn
