#pragma once

#include <cstddef>
#include <filesystem>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/error_by_step.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

namespace error_by_step_parts {

/// Throws unless some of the errors are finite and none is below 0.
inline void require_errors(std::string_view what, const PlotValues& errors) {
  const auto extent = errors.extent();
  if (!extent)
    fail<DataError>("plot_error_by_step", "expected at least one finite error of ", what, ", got ", errors.size(),
                    " without one");
  if (extent->min < 0)
    fail<DataError>("plot_error_by_step", "expected errors of ", what, " of at least 0 (MAE, RMSE), got ",
                    number_text(extent->min, 6));
}

}  // namespace error_by_step_parts

TSATTN_LIBRARY_FUNCTION PlotResult plot_error_by_step(const std::filesystem::path& directory, std::string_view name,
                                                      const PlotValues& errors, const ErrorByStepOptions& options) {
  using namespace error_by_step_parts;
  constexpr std::string_view kWhere = "plot_error_by_step";
  const Index steps = errors.size();
  require_errors("the model", errors);
  double largest = errors.extent()->max;
  for (const PlotCurve& baseline : options.baselines) {
    const std::string what = "the baseline \"" + baseline.name + '"';
    if (baseline.values.size() != steps)
      fail<ShapeError>(kWhere, "expected as many errors of ", what, " as of the model, got ", baseline.values.size(),
                       " and ", steps);
    require_errors(what, baseline.values);
    largest = (std::max)(largest, baseline.values.extent()->max);
  }
  if (options.first_step < 1)
    fail<ConfigError>(kWhere, "expected a first step of at least 1, got ", options.first_step);

  std::vector<double> ahead;
  for (Index i = 0; i < steps; ++i) ahead.push_back(static_cast<double>(options.first_step + i));
  std::vector<std::string> names{legend_name(options.model_name)};
  std::vector<PlotColumn> columns{{"steps_ahead", ahead}, {"model", errors}};
  for (const PlotCurve& baseline : options.baselines) {
    columns.push_back({"baseline_" + std::to_string(names.size()), baseline.values});
    names.push_back(legend_name(baseline.name));
  }

  std::ostringstream script;
  script.imbue(std::locale::classic());
  script.precision(10);
  const double room = steps > 1 ? 0.02 * static_cast<double>(steps - 1) : 0.5;
  script << heading(options.title, names) << axis_labels(options.x_label, options.y_label) << "set xrange ["
         << ahead.front() - room << ':' << ahead.back() + room
         << "]\nset yrange [0:" << (largest > 0 ? 1.06 * largest : 1) << "]\n";
  if (steps <= 24) script << "set xtics " << (steps <= 12 ? 1 : 2) << '\n';
  const std::string style = steps <= 60 ? "linespoints pointtype 7 pointsize " : "lines";
  const auto curve = [&](std::size_t i, double width, double point, std::string_view colour, std::size_t dash) {
    script << "data using 1:" << 2 + i << " with " << style;
    if (steps <= 60) script << point;
    script << " linewidth " << width << " dashtype " << dash << " linecolor '" << colour << "' title "
           << gnuplot_string(names[i]);
  };
  script << "plot ";
  for (std::size_t i = 1; i < names.size(); ++i) {
    curve(i, 2, 0.7, plot_colour::kBaselines[(i - 1) % plot_colour::kBaselines.size()], 2 + (i - 1) % 4);
    script << ", \\\n     ";
  }
  curve(0, 3, 1, plot_colour::kVermillion, 1);
  script << '\n';
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
