#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/training_curves.hpp>

namespace tsattn {

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

/// The commands for a logarithmic axis, "y" or "y2", that shows values from extent.min to extent.max, both above 0,
/// with some room.
inline std::string logarithmic_axis(const std::string& axis, PlotValues::Extent extent) {
  const double decades = std::log10(extent.max) - std::log10(extent.min);
  const double room = decades > 0 ? std::pow(10, 0.06 * (std::max)(decades, 0.08)) : 1.5;
  const double min = extent.min / room, max = extent.max * room;
  std::ostringstream commands;
  commands.imbue(std::locale::classic());
  commands.precision(10);
  commands << "set logscale " << axis << "\nset " << axis << "range [" << min << ':' << max << "]\nset " << axis
           << "tics (";
  const char* separator = "";
  for (const double tic : logarithmic_tics(min, max)) {
    commands << separator << tic;
    separator = ", ";
  }
  commands << ")\n";
  return commands.str();
}

}  // namespace training_curves_parts

TSATTN_LIBRARY_FUNCTION PlotResult plot_training_curves(const std::filesystem::path& directory, std::string_view name,
                                                        const PlotValues& loss, const PlotValues& validation_loss,
                                                        const TrainingCurvesOptions& options) {
  using namespace training_curves_parts;
  constexpr std::string_view kWhere = "plot_training_curves";
  const Index epochs = loss.size();
  if (!loss.extent()) fail<DataError>(kWhere, "expected at least one finite loss, got ", epochs, " epochs without one");
  if (!validation_loss.empty() && validation_loss.size() != epochs)
    fail<ShapeError>(kWhere, "expected a validation loss for each of ", epochs, " epochs, got ",
                     validation_loss.size());
  if (options.best_epoch && (*options.best_epoch < 1 || *options.best_epoch > epochs))
    fail<ConfigError>(kWhere, "expected a best epoch from 1 to ", epochs, ", got ", *options.best_epoch);

  const bool has_rates = !options.learning_rate.empty();
  if (has_rates && options.learning_rate.size() != epochs)
    fail<ShapeError>(kWhere, "expected a learning rate for each of ", epochs, " epochs, got ",
                     options.learning_rate.size());
  for (const double rate : options.learning_rate.values())
    if (!std::isfinite(rate) || rate <= 0)
      fail<DataError>(kWhere, "expected learning rates above 0, got ", number_text(rate, 6));

  PlotValues::Extent extent = *loss.extent();
  if (const auto other = validation_loss.extent())
    extent = {(std::min)(extent.min, other->min), (std::max)(extent.max, other->max)};
  std::vector<double> epoch_numbers;
  for (Index epoch = 1; epoch <= epochs; ++epoch) epoch_numbers.push_back(static_cast<double>(epoch));

  std::ostringstream script, curves;
  script.imbue(std::locale::classic());
  curves.imbue(std::locale::classic());
  std::vector<std::string> names;
  const std::string style = epochs <= 30 ? "linespoints pointtype 7 pointsize 0.8" : "lines";
  const auto curve = [&](const std::string& drawn, const std::string& look, std::string_view colour,
                         const std::string& curve_name) {
    curves << (names.empty() ? "plot " : ", \\\n     ") << "data using " << drawn << " with " << look << " linecolor '"
           << colour << "' title " << gnuplot_string(curve_name);
    names.push_back(curve_name);
  };
  if (has_rates) curve("1:4 axes x1y2", "steps linewidth 2 dashtype 2", plot_colour::kGrey, "learning rate");
  curve("1:2", style + " linewidth 2.5", plot_colour::kBlue, "training");
  if (!validation_loss.empty()) curve("1:3", style + " linewidth 2.5", plot_colour::kVermillion, "validation");
  if (options.best_epoch) {
    const std::string best = std::to_string(*options.best_epoch);
    const double value = (validation_loss.empty() ? loss : validation_loss)[*options.best_epoch - 1];
    curve("($1 == " + best + " ? $1 : NaN):" + (validation_loss.empty() ? '2' : '3'), "points pointtype 7 pointsize 2",
          plot_colour::kBlack, "best: epoch " + best + ", " + number_text(value, 4));
  }

  script << heading(options.title, names) << axis_labels("epoch", options.y_label) << "set xrange ["
         << (epochs == 1 ? "0.5:1.5" : "1:" + std::to_string(epochs)) << "]\n";
  if (epochs < 10) script << "set xtics 1\n";
  script << (extent.min > 0 ? logarithmic_axis("y", extent) : linear_y_axis({&loss, &validation_loss}));
  if (has_rates)
    script << "set border 11\nset rmargin 14\nset y2label 'learning rate'\nset format y2 '%.8g'\n"
           << logarithmic_axis("y2", *options.learning_rate.extent());
  script << curves.str() << '\n';
  std::vector<PlotColumn> columns{{"epoch", epoch_numbers}, {"loss", loss}, {"validation_loss", validation_loss}};
  if (has_rates) columns.push_back({"learning_rate", options.learning_rate});
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
