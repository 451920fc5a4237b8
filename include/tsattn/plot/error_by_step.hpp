#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct ErrorByStepOptions {
  std::string title = "Forecast error by horizon";
  std::string x_label = "steps ahead";    ///< or "hours ahead"
  std::string y_label = "error";          ///< which one, with its unit: "MAE (°C)"
  std::string model_name = "model";       ///< in the legend
  std::vector<PlotCurve> baselines = {};  ///< errors of other forecasts at the same steps: {{"last value", errors}}
  Index first_step = 1;                   ///< how far ahead errors[0] is
  PlotFormat format = PlotFormat::png;
};

/// Draws a model's mean error at every step ahead, errors[i] at `first_step` + i, and those of baselines, from 0 on.
/// Files, result and errors as draw_with_gnuplot; throws also DataError if no error of a curve is finite or one is
/// negative, ShapeError if lengths differ, ConfigError if `first_step` is below 1.
PlotResult plot_error_by_step(const std::filesystem::path& directory, std::string_view name, const PlotValues& errors,
                              const ErrorByStepOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/error_by_step.inl>
#endif
