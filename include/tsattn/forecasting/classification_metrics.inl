#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/forecasting/classification_metrics.hpp>
#include <tsattn/forecasting/table_text.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION ClassificationMetrics classification_metrics(std::span<const Index> actual,
                                                                     std::span<const Index> predicted, Index classes) {
  constexpr std::string_view kWhere = "classification_metrics";
  require_positive(kWhere, "a number of classes", classes);
  if (actual.size() != predicted.size())
    fail<ShapeError>(kWhere, "expected as many predicted classes as actual ones, got ", predicted.size(), " and ",
                     actual.size());
  if (actual.empty()) fail<DataError>(kWhere, "expected at least one sample, got none");
  const auto require_class = [&](std::string_view name, std::size_t i, Index value) {
    if (value < 0 || value >= classes)
      fail<DataError>(kWhere, "expected classes from 0 to ", classes - 1, ", got ", name, '[', i, "] = ", value);
  };

  ClassificationMetrics metrics;
  metrics.confusion = Matrix<Index>(classes, classes);
  for (std::size_t i = 0; i < actual.size(); ++i) {
    require_class("actual", i, actual[i]);
    require_class("predicted", i, predicted[i]);
    ++metrics.confusion(actual[i], predicted[i]);
  }

  const auto quotient = [](Index a, Index b) { return b > 0 ? static_cast<double>(a) / static_cast<double>(b) : 0; };
  Index right = 0;
  for (Index c = 0; c < classes; ++c) {
    const Index true_positives = metrics.confusion(c, c);
    Index is_it = 0, called_it = 0;
    for (Index other = 0; other < classes; ++other) {
      is_it += metrics.confusion(c, other);
      called_it += metrics.confusion(other, c);
    }
    metrics.classes.push_back({quotient(true_positives, called_it), quotient(true_positives, is_it),
                               quotient(2 * true_positives, called_it + is_it), is_it});
    metrics.macro_f1 += metrics.classes.back().f1 / static_cast<double>(classes);
    right += true_positives;
  }
  metrics.accuracy = quotient(right, static_cast<Index>(actual.size()));
  return metrics;
}

namespace classification_parts {

/// Names on the left, columns on the right, two blanks between them. `lines` have one cell for each of `titles` or
/// fewer.
struct Line {
  std::string name;
  std::vector<std::string> cells;
};

/// Names on the left, cells on the right of their columns, two blanks between them.
inline std::string table_of(const std::vector<Line>& lines) {
  std::size_t name_width = 0;
  std::vector<std::size_t> widths;
  for (const Line& line : lines) {
    name_width = (std::max)(name_width, table_text::display_width(line.name));
    widths.resize((std::max)(widths.size(), line.cells.size()), 0);
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      widths[i] = (std::max)(widths[i], table_text::display_width(line.cells[i]));
  }
  std::string table;
  for (const Line& line : lines) {
    table += line.name + std::string(name_width - table_text::display_width(line.name), ' ');
    for (std::size_t i = 0; i < line.cells.size(); ++i)
      table += "  " + table_text::left_padded(line.cells[i], widths[i]);
    table += '\n';
  }
  return table;
}

inline void require_names(std::string_view where, const ClassificationMetrics& metrics,
                          std::span<const std::string> names) {
  if (names.size() != metrics.classes.size())
    fail<ShapeError>(where, "expected a name for each of ", metrics.classes.size(), " classes, got ", names.size());
}

}  // namespace classification_parts

TSATTN_LIBRARY_FUNCTION std::string classification_table(const ClassificationMetrics& metrics,
                                                         std::span<const std::string> names) {
  classification_parts::require_names("classification_table", metrics, names);
  constexpr table_text::NumberFormat kFourDecimals;
  std::vector<classification_parts::Line> lines{{"", {"Precision", "Recall", "F1", "Count"}}};
  Index samples = 0;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const ClassMetrics& of_class = metrics.classes[c];
    lines.push_back({names[c],
                     {kFourDecimals(of_class.precision), kFourDecimals(of_class.recall), kFourDecimals(of_class.f1),
                      std::to_string(of_class.count)}});
    samples += of_class.count;
  }
  lines.push_back({"Macro F1", {"", "", kFourDecimals(metrics.macro_f1)}});
  lines.push_back({"Accuracy", {"", "", kFourDecimals(metrics.accuracy), std::to_string(samples)}});
  return classification_parts::table_of(lines);
}

TSATTN_LIBRARY_FUNCTION std::string confusion_table(const ClassificationMetrics& metrics,
                                                    std::span<const std::string> names) {
  classification_parts::require_names("confusion_table", metrics, names);
  std::vector<classification_parts::Line> lines{{"actual \\ predicted", {names.begin(), names.end()}}};
  for (Index actual = 0; actual < metrics.confusion.rows(); ++actual) {
    std::vector<std::string> counts;
    for (Index predicted = 0; predicted < metrics.confusion.cols(); ++predicted)
      counts.push_back(std::to_string(metrics.confusion(actual, predicted)));
    lines.push_back({names[static_cast<std::size_t>(actual)], counts});
  }
  return classification_parts::table_of(lines);
}

template <class S>
std::vector<Index> predicted_classes(const Sequence<S>& scores, double threshold) {
  constexpr std::string_view kWhere = "predicted_classes";
  if (scores.time() != 1 || scores.features() < 1)
    fail<ShapeError>(kWhere, "expected scores of one step, a feature for each class, got ", scores.shape());
  require_finite(kWhere, "scores", scores);
  const Index classes = scores.features();
  std::vector<Index> result;
  for (Index b = 0; b < scores.batch(); ++b) {
    const S* of_sample = scores.data() + b * classes;
    result.push_back(classes == 1 ? static_cast<double>(*of_sample) > threshold
                                  : std::max_element(of_sample, of_sample + classes) - of_sample);
  }
  return result;
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(predicted_classes);

}  // namespace tsattn
