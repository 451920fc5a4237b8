#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

struct ConfusionMatrixOptions {
  std::string title = "Confusion matrix";
  std::vector<std::string> class_names = {};  ///< empty: 0, 1, ...
  PlotFormat format = PlotFormat::png;
};

/// Draws counts [actual class, predicted class] with their share of the actual class, which is also their colour. At
/// most 30 classes; the picture grows with them. Files, result and errors as draw_with_gnuplot; throws also ShapeError
/// if the matrix is not square, smaller than 2 x 2 or has more or fewer class names, DataError if a count is no whole
/// number of at least 0 or all are 0, ConfigError for more classes.
PlotResult plot_confusion_matrix(const std::filesystem::path& directory, std::string_view name,
                                 const PlotMatrix& counts, const ConfusionMatrixOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/confusion_matrix.inl>
#endif
