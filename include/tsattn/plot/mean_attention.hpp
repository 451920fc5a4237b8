#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

struct MeanAttentionOptions {
  std::string title = "Mean attention";
  std::vector<Index> classes = {};            ///< of every sample, from 0; empty: no classes
  std::vector<std::string> class_names = {};  ///< empty: "class 0", ...
  std::optional<Index> horizon = 1;           ///< as AttentionPlotOptions
  std::string x_label = {};                   ///< empty: what the horizon makes of it
  PlotFormat format = PlotFormat::png;
};

/// Draws the mean of the attention weights [samples, steps], oldest step first, over the samples (windows of a series,
/// or whole series), at every step; with classes a curve for each that has samples, n of them. For up to 3 curves,
/// bands show where 80 % of the weights lie: between the 10 % and the 90 % quantile. A dashed line shows what equal
/// weights would be. Files, result and errors as draw_with_gnuplot; throws also DataError if no weight is finite,
/// ShapeError unless every sample has a class, ConfigError if a class is negative or has no name, or for a horizon
/// below 1.
PlotResult plot_mean_attention(const std::filesystem::path& directory, std::string_view name, const PlotMatrix& weights,
                               const MeanAttentionOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/mean_attention.inl>
#endif
