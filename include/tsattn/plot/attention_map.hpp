#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

struct AttentionMapOptions {
  std::string title = "Attention";
  std::string row_label = "window";  ///< what a row is: or "query step"
  Index first_row = 0;               ///< the number of the first row on the y axis
  std::optional<Index> horizon = 1;  ///< as AttentionPlotOptions
  std::string value_label = "attention weight";
  PlotFormat format = PlotFormat::png;
};

/// Draws the attention weights [rows = windows or queries, cols = steps of the window, oldest first] as a heat map, the
/// first row on top. The colours begin at 0 if no weight is below. Beyond 300 rows or columns (as SVG: 150) a cell is
/// the mean of several weights, and the title says so. Files, result and errors as draw_with_gnuplot; throws also
/// DataError if no weight is finite, ConfigError for a horizon below 1.
PlotResult plot_attention_map(const std::filesystem::path& directory, std::string_view name, const PlotMatrix& weights,
                              const AttentionMapOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/attention_map.inl>
#endif
