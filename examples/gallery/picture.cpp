#include "picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <locale>
#include <sstream>
#include <string_view>
#include <vector>

#include <tsattn/plot/labels.hpp>

namespace ts = tsattn;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The lines of the picture from above.
struct Lines {
  std::string names;  // as labels of an axis: 'rnn' 1, 'lstm' 2
  std::vector<double> numbers, means, smallest, largest, baselines;

  void add(const std::string& name, double mean, double low, double high, double baseline) {
    const std::size_t number = numbers.size() + 1;
    names += (number > 1 ? ", " : "") + ts::gnuplot_string(name) + ' ' + std::to_string(number);
    numbers.push_back(static_cast<double>(number));
    means.push_back(mean), smallest.push_back(low), largest.push_back(high), baselines.push_back(baseline);
  }
};

/// 0 has no place on a logarithmic axis.
double with_place(double error) { return error > 0 ? error : kNone; }

Lines lines_of(const Gallery& gallery) {
  constexpr auto kMse = &ts::RegressionMetrics::mse;
  Lines lines;
  for (const Entry& entry : gallery.models)
    lines.add(entry.name, with_place(entry.mean(kMse)), with_place(entry.smallest(kMse)),
              with_place(entry.largest(kMse)), kNone);
  for (const ts::NamedMetrics& baseline : gallery.baselines)
    lines.add(baseline.name, kNone, kNone, kNone, with_place(baseline.metrics.mse));
  return lines;
}

/// The multiples of powers of ten at which a logarithmic axis from 1 to `extent` is labelled.
std::vector<double> factors_of_tics(double extent) {
  if (extent < 10) return {1, 1.5, 2, 3, 4, 5, 7};
  if (extent < 2000) return {1, 2, 5};
  return {1};
}

/// A logarithmic axis that shows all errors, labelled at round numbers.
std::string error_axis(const Lines& lines) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const std::vector<double>* errors : {&lines.smallest, &lines.largest, &lines.baselines})
    if (const auto extent = ts::PlotValues(*errors).extent())
      low = std::min(low, extent->min), high = std::max(high, extent->max);
  if (high == 0) low = high = 1;
  const double room = std::max(std::pow(high / low, 0.06), 1.05);
  low /= room, high *= room;

  std::ostringstream tics;
  tics.imbue(std::locale::classic());
  std::string_view separator;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (const double factor : factors_of_tics(high / low)) {
      if (factor * power < low || factor * power > high) continue;
      tics << separator << factor * power;
      separator = ", ";
    }
  std::ostringstream axis;
  axis.imbue(std::locale::classic());
  axis << "set logscale x\nset xrange [" << low << ':' << high << "]\nset xtics (" << tics.str() << ")\n";
  return axis.str();
}

std::string points(const char* columns, const char* style, std::string_view colour, const std::string& name) {
  std::ostringstream text;
  text << "data using " << columns << " with " << style << " pointtype 7 pointsize 1.4 linewidth 2 linecolor '"
       << colour << "' title " << ts::gnuplot_string(name);
  return text.str();
}

/// The numbers of a column, above their points.
std::string numbers(int column) {
  const std::string text = std::to_string(column);
  return "data using " + text + ":1:(sprintf('%.4g', $" + text + ")) with labels offset 0, 0.9 notitle";
}

}  // namespace

ts::PlotResult draw_comparison(const examples::ResultsFolder& folder, const Gallery& gallery,
                               const std::string& title) {
  const Lines lines = lines_of(gallery);
  const std::size_t seeds = gallery.models.front().trials.size();
  const bool has_bars = seeds > 1;
  const std::string models =
      has_bars ? "models: mean, smallest and largest of " + std::to_string(seeds) + " seeds" : "models";
  const std::string baselines = "forecasts without a model";
  const std::string next = ", \\\n     ";
  std::string script = ts::heading(title, {models, baselines}) +
                       ts::axis_labels("mean squared error on the test part", "") + error_axis(lines);
  script += "set yrange [" + std::to_string(lines.numbers.size() + 1) + ":0.3]\nset ytics (" + lines.names + ")\nplot ";
  script += points(has_bars ? "2:1:3:4" : "2:1", has_bars ? "xerrorbars" : "points", ts::plot_colour::kBlue, models);
  script += next + points("5:1", "points", ts::plot_colour::kGrey, baselines);
  script += next + numbers(2) + next + numbers(5) + '\n';
  return ts::draw_with_gnuplot(folder.plots(), "comparison", ts::PlotFormat::png,
                               {{"line", lines.numbers},
                                {"mean", lines.means},
                                {"smallest", lines.smallest},
                                {"largest", lines.largest},
                                {"baseline", lines.baselines}},
                               script);
}
