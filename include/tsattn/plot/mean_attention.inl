#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <locale>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/attention_axis.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/mean_attention.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

namespace mean_attention_parts {

inline constexpr std::string_view kWhere = "plot_mean_attention";

/// The samples of one curve.
struct Group {
  std::string name;
  std::vector<Index> samples;
};

inline std::vector<Group> groups_of(Index samples, const MeanAttentionOptions& options) {
  if (options.classes.empty()) {
    Group all{"mean", {}};
    for (Index sample = 0; sample < samples; ++sample) all.samples.push_back(sample);
    return {all};
  }
  if (static_cast<Index>(options.classes.size()) != samples)
    fail<ShapeError>(kWhere, "expected a class for each of ", samples, " samples, got ", options.classes.size());
  const auto names = static_cast<Index>(options.class_names.size());
  std::map<Index, Group> groups;
  for (Index sample = 0; sample < samples; ++sample) {
    const Index label = options.classes[static_cast<std::size_t>(sample)];
    if (label < 0) fail<ConfigError>(kWhere, "expected classes of at least 0, got ", label, " for sample ", sample);
    if (names > 0 && label >= names)
      fail<ConfigError>(kWhere, "expected a name for every class, got ", names, " names and class ", label,
                        " for sample ", sample);
    Group& group = groups[label];
    group.name = names > 0 ? options.class_names[static_cast<std::size_t>(label)] : "class " + std::to_string(label);
    group.samples.push_back(sample);
  }
  std::vector<Group> in_order;
  for (const auto& [label, group] : groups) in_order.push_back(group);
  return in_order;
}

/// What is drawn of a group, at every step.
struct Curve {
  std::vector<double> mean, low, high;  ///< low and high: the 10 % and 90 % quantiles
};

/// The value that a share of `sorted` lies below, between two of them linearly.
inline double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = (std::min)(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

inline Curve curve_of(const PlotMatrix& weights, const Group& group) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Curve curve;
  std::vector<double> values;
  for (Index step = 0; step < weights.cols(); ++step) {
    values.clear();
    double sum = 0;
    for (const Index sample : group.samples) {
      if (!std::isfinite(weights(sample, step))) continue;
      values.push_back(weights(sample, step));
      sum += values.back();
    }
    std::sort(values.begin(), values.end());
    curve.mean.push_back(values.empty() ? kNaN : sum / static_cast<double>(values.size()));
    curve.low.push_back(values.empty() ? kNaN : quantile(values, 0.1));
    curve.high.push_back(values.empty() ? kNaN : quantile(values, 0.9));
  }
  return curve;
}

}  // namespace mean_attention_parts

TSATTN_LIBRARY_FUNCTION PlotResult plot_mean_attention(const std::filesystem::path& directory, std::string_view name,
                                                       const PlotMatrix& weights, const MeanAttentionOptions& options) {
  using namespace mean_attention_parts;
  constexpr std::size_t kMostBands = 3;
  const Index steps = weights.cols();
  if (!PlotValues(weights.values()).extent())
    fail<DataError>(kWhere, "expected at least one finite weight, got ", weights.rows(), " x ", steps, " without one");
  const AttentionAxis axis = attention_axis(kWhere, steps, options.horizon);
  const std::vector<Group> groups = groups_of(weights.rows(), options);
  const bool has_bands = groups.size() <= kMostBands;

  std::vector<PlotColumn> columns{{axis.direction < 0 ? "steps_before" : "step", axis.positions}};
  std::vector<std::string> names;
  std::vector<double> drawn;
  for (const Group& group : groups) {
    const Curve curve = curve_of(weights, group);
    const std::string number = std::to_string(names.size());
    columns.push_back({"mean_" + number, curve.mean});
    columns.push_back({"low_" + number, curve.low});
    columns.push_back({"high_" + number, curve.high});
    names.push_back(shortened(group.name, 40) + " (n = " + std::to_string(group.samples.size()) + ')');
    const std::vector<double>& extreme = has_bands ? curve.high : curve.mean;
    drawn.insert(drawn.end(), extreme.begin(), extreme.end());
    if (has_bands) drawn.insert(drawn.end(), curve.low.begin(), curve.low.end());
  }
  const double equal = 1 / static_cast<double>(steps);
  drawn.push_back(equal);

  const std::string band_name = "80 % of the weights", equal_name = "equal weights (" + number_text(equal, 3) + ')';
  std::vector<std::string> legend = names;
  if (has_bands) legend.push_back(band_name);
  legend.push_back(equal_name);
  std::ostringstream script;
  script.imbue(std::locale::classic());
  script.precision(10);
  script << heading(options.title, legend)
         << axis_labels(options.x_label.empty() ? axis.label : options.x_label, "attention weight")
         << attention_x_axis(axis, steps > 1 ? 0 : 0.5);
  const PlotValues all(drawn);
  if (all.extent()->min >= 0) {
    script << "set yrange [0:" << 1.06 * all.extent()->max << "]\n";
  } else {
    script << linear_y_axis({&all});
  }
  // The bands, which lie below all curves, are one entry of the legend.
  script << "set style fill transparent solid 0.2 noborder\nplot ";
  if (has_bands) {
    for (std::size_t i = 0; i < groups.size(); ++i)
      script << "data using 1:" << 3 + 3 * i << ':' << 4 + 3 * i << " with filledcurves linecolor '"
             << plot_colour::kCurves[i] << "' notitle, \\\n     ";
  }
  const std::string style = steps <= 40 ? "linespoints pointtype 7 pointsize 0.8" : "lines";
  for (std::size_t i = 0; i < groups.size(); ++i)
    script << "data using 1:" << 2 + 3 * i << " with " << style << " linewidth 2.5 dashtype "
           << 1 + i / plot_colour::kCurves.size() << " linecolor '"
           << plot_colour::kCurves[i % plot_colour::kCurves.size()] << "' title " << gnuplot_string(names[i])
           << ", \\\n     ";
  if (has_bands)
    script << "NaN with filledcurves linecolor '" << plot_colour::kGrey << "' title " << gnuplot_string(band_name)
           << ", \\\n     ";
  script << equal << " with lines linewidth 2 dashtype 2 linecolor '" << plot_colour::kGrey << "' title "
         << gnuplot_string(equal_name) << '\n';
  return draw_with_gnuplot(directory, name, options.format, columns, script.str());
}

}  // namespace tsattn
