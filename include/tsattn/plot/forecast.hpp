#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct ForecastPlotOptions {
  std::string title = "Forecast";
  std::string x_label = {};                        ///< empty: "time step", or "time" if there are times
  std::string y_label = "value";                   ///< with its unit: "temperature (°C)"
  std::string forecast_name = "forecast";          ///< in the legend
  std::vector<PlotCurve> baselines = {};           ///< other forecasts of the same steps: {{"last value", values}}
  PlotValues history = {};                         ///< the actual values just before actual[0]; empty: none
  std::string boundary_label = "forecasts begin";  ///< at the line between the history and the forecasts
  PlotValues times = {};          ///< of actual[i], TimeStamp or seconds since 1970-01-01; empty: steps are counted
  PlotValues history_times = {};  ///< of history[i], before times[0]
  Index first_index = 0;          ///< without times: the step of actual[0] on the x axis
  Index most = 200;               ///< at most so many steps are drawn: the latest, or, beside a
                                  ///< history and its latest, the first; 0: all
  PlotFormat format = PlotFormat::png;
};

/// Draws the actual values and their forecasts over time; as options, forecasts of baselines, and the history before
/// them with a line at the boundary. Files, result and errors as draw_with_gnuplot; throws also DataError if no actual
/// value or no forecast to be drawn is finite, or if the times are not finite, increasing seconds of the years 1 to
/// 9999; ShapeError if lengths differ; ConfigError if `most` is negative or only the history has times.
PlotResult plot_forecast(const std::filesystem::path& directory, std::string_view name, const PlotValues& actual,
                         const PlotValues& predicted, const ForecastPlotOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/forecast.inl>
#endif
