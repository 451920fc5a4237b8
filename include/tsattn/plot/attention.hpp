#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct AttentionPlotOptions {
  std::string title = "Attention";
  PlotValues window = {};              ///< the input values of the same steps, drawn above the weights; empty: none
  std::string window_label = "input";  ///< with its unit: "temperature (°C)"
  std::optional<Index> horizon = 1;    ///< steps from the newest step of the window to the value that is forecast;
                                       ///< none: there is no such value, and the steps of the window are counted
  PlotFormat format = PlotFormat::png;
};

/// Draws the attention weights of one window, oldest step first, as stems (for very many steps as a line) over the
/// number of steps before the value that is forecast; a dashed line shows what equal weights would be. Files, result
/// and errors as draw_with_gnuplot; throws also DataError if no weight or no value of the window is finite, ShapeError
/// if the window has more or fewer steps, ConfigError for a horizon below 1.
PlotResult plot_attention(const std::filesystem::path& directory, std::string_view name, const PlotValues& weights,
                          const AttentionPlotOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/attention.inl>
#endif
