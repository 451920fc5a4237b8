#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

struct TrainingCurvesOptions {
  std::string title = "Training";
  std::string y_label = "loss";          ///< with its unit, if it has one
  std::optional<Index> best_epoch = {};  ///< to be marked, counted from 1
  PlotFormat format = PlotFormat::png;
};

namespace training_curves_parts {

/// The places of the labels on a logarithmic axis from `min` to `max`, both above 0: powers of ten over many decades,
/// 1, 2 and 5 times them over few, and round numbers where less than a decade would leave too few of those.
inline std::vector<double> logarithmic_tics(double min, double max) {
  std::vector<double> tics;
  const double decades = std::log10(max) - std::log10(min);
  if (decades < 0.7) {
    const double distance = distance_of_tics(max - min, 12);
    for (double tic = std::ceil(min / distance); tic * distance <= max; ++tic) tics.push_back(tic * distance);
    return tics;
  }
  const int stride = static_cast<int>(std::ceil(decades / 12));
  for (int power = static_cast<int>(std::floor(std::log10(min))); power <= std::log10(max); power += stride)
    for (const int factor : {1, 2, 5}) {
      const double tic = factor * std::pow(10, power);
      if (tic >= min && tic <= max && (factor == 1 || decades < 3.3)) tics.push_back(tic);
    }
  return tics;
}

}  // namespace training_curves_parts

/// Draws the loss of every epoch, and, unless it is empty, the validation loss, over the epochs 1, 2, ...; the axis of
/// the losses is logarithmic if all are above 0. Files, result and errors as draw_with_gnuplot; throws also DataError
/// if no loss is finite, ShapeError if there are more or fewer validation losses than losses, ConfigError if the best
/// epoch is none of the epochs.
inline PlotResult plot_training_curves(const std::filesystem::path& directory, std::string_view name,
                                       const PlotValues& loss, const PlotValues& validation_loss = {},
                                       const TrainingCurvesOptions& options = {}) {
  constexpr std::string_view kWhere = "plot_training_curves";
  const Index epochs = loss.size();
  if (!loss.extent()) fail<DataError>(kWhere, "expected at least one finite loss, got ", epochs, " epochs without one");
  if (!validation_loss.empty() && validation_loss.size() != epochs)
    fail<ShapeError>(kWhere, "expected a validation loss for each of ", epochs, " epochs, got ",
                     validation_loss.size());
  if (options.best_epoch && (*options.best_epoch < 1 || *options.best_epoch > epochs))
    fail<ConfigError>(kWhere, "expected a best epoch from 1 to ", epochs, ", got ", *options.best_epoch);

  PlotValues::Extent extent = *loss.extent();
  if (const auto other = validation_loss.extent())
    extent = {(std::min)(extent.min, other->min), (std::max)(extent.max, other->max)};
  std::vector<double> epoch_numbers;
  for (Index epoch = 1; epoch <= epochs; ++epoch) epoch_numbers.push_back(static_cast<double>(epoch));

  std::ostringstream script;
  script.imbue(std::locale::classic());
  script.precision(10);
  script << "set title " << gnuplot_string(options.title) << "\nset xlabel 'epoch'\nset ylabel "
         << gnuplot_string(options.y_label) << "\nset xrange [" << (epochs == 1 ? 0.5 : 1) << ':'
         << (epochs == 1 ? 1.5 : static_cast<double>(epochs)) << "]\n";
  if (epochs < 10) script << "set xtics 1\n";
  if (extent.min > 0) {
    const double room = std::pow(10, 0.06 * (std::max)(std::log10(extent.max) - std::log10(extent.min), 0.08));
    const double min = extent.min / room, max = extent.max * room;
    script << "set logscale y\nset yrange [" << min << ':' << max << "]\nset ytics (";
    const char* separator = "";
    for (const double tic : training_curves_parts::logarithmic_tics(min, max)) {
      script << separator << tic;
      separator = ", ";
    }
    script << ")\n";
  } else {
    script << linear_y_axis({&loss, &validation_loss});
  }
  const std::string style = epochs <= 30 ? "linespoints pointtype 7 pointsize 0.8" : "lines";
  script << "plot data using 1:2 with " << style << " linewidth 2.5 linecolor '" << plot_colour::kBlue
         << "' title 'training'";
  if (!validation_loss.empty())
    script << ", \\\n     data using 1:3 with " << style << " linewidth 2.5 linecolor '" << plot_colour::kVermillion
           << "' title 'validation'";
  if (options.best_epoch) {
    const Index best = *options.best_epoch;
    const double value = validation_loss.empty() ? loss[best - 1] : validation_loss[best - 1];
    std::ostringstream label;
    label.imbue(std::locale::classic());
    label.precision(4);
    label << "best: epoch " << best << ", " << value;
    script << ", \\\n     data using ($1 == " << best << " ? $1 : NaN):" << (validation_loss.empty() ? 2 : 3)
           << " with points pointtype 7 pointsize 2 linecolor '" << plot_colour::kBlack << "' title "
           << gnuplot_string(label.str());
  }
  script << '\n';
  return draw_with_gnuplot(directory, name, options.format,
                           {{"epoch", epoch_numbers}, {"loss", loss}, {"validation_loss", validation_loss}},
                           script.str());
}

}  // namespace tsattn
