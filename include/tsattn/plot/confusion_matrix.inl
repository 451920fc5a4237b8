#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/confusion_matrix.hpp>

namespace tsattn {

namespace confusion_matrix_parts {

inline constexpr std::string_view kWhere = "plot_confusion_matrix";
inline constexpr Index kMostClasses = 30;

inline void require_counts(const PlotMatrix& counts, const ConfusionMatrixOptions& options) {
  const Index classes = counts.rows();
  if (classes < 2 || counts.cols() != classes)
    fail<ShapeError>(kWhere, "expected a square matrix of the counts of at least 2 classes, got ", classes, " x ",
                     counts.cols());
  if (classes > kMostClasses)
    fail<ConfigError>(kWhere, "expected at most ", kMostClasses, " classes, got ", classes,
                      "; join those that are rare");
  if (!options.class_names.empty() && static_cast<Index>(options.class_names.size()) != classes)
    fail<ShapeError>(kWhere, "expected ", classes, " class names, got ", options.class_names.size());
  double sum = 0;
  for (Index actual = 0; actual < classes; ++actual)
    for (Index predicted = 0; predicted < classes; ++predicted) {
      const double count = counts(actual, predicted);
      if (!std::isfinite(count) || count < 0 || count != std::floor(count))
        fail<DataError>(kWhere, "expected counts, whole numbers of at least 0, got ", number_text(count, 10),
                        " for actual class ", actual, ", predicted class ", predicted);
      sum += count;
    }
  if (sum == 0) fail<DataError>(kWhere, "expected a count above 0, got none");
}

/// The names of the classes as labels of an axis.
inline std::string class_tics(const std::vector<std::string>& names) {
  std::string tics = "(";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) tics += ", ";
    tics += gnuplot_string(names[i]) + ' ' + std::to_string(i);
  }
  return tics + ')';
}

}  // namespace confusion_matrix_parts

TSATTN_LIBRARY_FUNCTION PlotResult plot_confusion_matrix(const std::filesystem::path& directory, std::string_view name,
                                                         const PlotMatrix& counts,
                                                         const ConfusionMatrixOptions& options) {
  using namespace confusion_matrix_parts;
  require_counts(counts, options);
  const Index classes = counts.rows();
  std::vector<double> predicted_class, actual_class, count, share;
  double largest = 0;
  for (Index actual = 0; actual < classes; ++actual) {
    double of_class = 0;
    for (Index predicted = 0; predicted < classes; ++predicted) of_class += counts(actual, predicted);
    for (Index predicted = 0; predicted < classes; ++predicted) {
      predicted_class.push_back(static_cast<double>(predicted));
      actual_class.push_back(static_cast<double>(actual));
      count.push_back(counts(actual, predicted));
      share.push_back(of_class > 0 ? 100 * counts(actual, predicted) / of_class : 0);
      largest = (std::max)(largest, count.back());
    }
  }
  std::vector<std::string> names;
  Index widest = 0;
  for (Index i = 0; i < classes; ++i) {
    const bool is_named = !options.class_names.empty();
    names.push_back(is_named ? shortened(options.class_names[static_cast<std::size_t>(i)], 24) : std::to_string(i));
    widest = (std::max)(widest, text_width(names.back()));
  }

  // Every cell has room for two lines, the share up to "100.0 %", at the size of the axes or, for many classes, a
  // smaller one. Around them: names, which gnuplot gives 12 pixels a character, title and colour bar.
  const double font = classes <= 12 ? 14 : 11, cells = static_cast<double>(classes);
  const auto characters = static_cast<double>((std::max)(std::size_t{7}, number_text(largest, 15).size()));
  const double cell_width = (11 * characters + 8) * font / 14, cell_height = 3.7 * font;
  const double names_width = 12 * static_cast<double>(widest);
  const double around_width = names_width + 280;
  const PlotSize size{(std::max)(Index{1200}, static_cast<Index>(1.1 * cells * cell_width + around_width)),
                      (std::max)(Index{700}, static_cast<Index>(cells * cell_height + names_width + 240))};
  const bool is_rotated = (gnuplot_parts::kPlace + 1) * static_cast<double>(widest) + 12 >
                          (static_cast<double>(size.width) - around_width) / (1.1 * cells);

  std::ostringstream script;
  script.imbue(std::locale::classic());
  script << heading(options.title, {}, {.width = size.width - 200}) << axis_labels("predicted", "actual")
         << "set ylabel offset " << 0.15 * static_cast<double>(widest) << ", 0\nset xlabel offset 0, "
         << (is_rotated ? 0.1 * static_cast<double>(widest) : 0) << '\n'
         << "set xrange [-0.5:" << cells - 0.5 << "]\nset yrange [" << cells - 0.5 << ":-0.5]\nset xtics "
         << (is_rotated ? "rotate by 90 right " : "") << class_tics(names) << "\nset ytics " << class_tics(names)
         << "\nunset grid\nset border 15\nset rmargin 5\n"
         << "set palette defined (0 '#f7fbff', 1 '#c6dbef', 2 '#6baed6', 3 '#2171b5', 4 '#08306b')\n"
         << "set cbrange [0:100]\nset cblabel 'share of the actual class (%)' offset 1, 0\n"
         << "plot data using 1:2:4 with " << cell_style(options.format) << " notitle";
  struct Text {
    std::string_view condition, colour, text;
    double offset;  // a label's first line lies at its place
  };
  // Black can be read up to 65 %, white beyond.
  const std::string two_lines = "sprintf(\"%.0f\\n%.1f %%\", $3, $4)";
  for (const Text& text : {Text{"$3 == 0", "#888888", "'0'", 0}, Text{"$3 > 0 && $4 <= 65", "#000000", two_lines, 0.5},
                           Text{"$3 > 0 && $4 > 65", "#ffffff", two_lines, 0.5}})
    script << ", \\\n     data using (" << text.condition << " ? $1 : NaN):2:(" << text.text << ") with labels font ',"
           << (options.format == PlotFormat::svg ? font * 18 / 14 : font) << "' offset 0, " << text.offset * font / 14
           << " textcolor rgb '" << text.colour << "' notitle";
  script << '\n';
  return draw_with_gnuplot(
      directory, name, options.format,
      {{"predicted", predicted_class}, {"actual", actual_class}, {"count", count}, {"percent_of_actual", share}},
      script.str(), size);
}

}  // namespace tsattn
