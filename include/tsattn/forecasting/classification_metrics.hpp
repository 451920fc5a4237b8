#pragma once

#include <span>
#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/forecasting/table_text.hpp>

namespace tsattn {

/// How well one class is found. With the samples that are it and are called it (TP), that are another and are called it
/// (FP), that are it and are called another (FN):
struct ClassMetrics {
  double precision = 0;  ///< TP / (TP + FP), in [0, 1]; 0 if no sample is called it
  double recall = 0;     ///< TP / (TP + FN), in [0, 1]; 0 if no sample is it
  double f1 = 0;         ///< 2 TP / (2 TP + FP + FN), their harmonic mean, in [0, 1]; 0 if all three are 0
  Index count = 0;       ///< samples that are it, TP + FN
};

/// How well predicted classes match the actual ones; C is the number of classes.
/// Source: Sokolova & Lapalme 2009, "A systematic analysis of performance measures for classification tasks". A
/// quotient 0 / 0 is 0, as scikit-learn's with zero_division=0.
struct ClassificationMetrics {
  double accuracy = 0;  ///< the share of samples whose class was predicted, in [0, 1]
  double macro_f1 = 0;  ///< mean of the C values of f1, in [0, 1]: a rare class counts as much as a common
  std::vector<ClassMetrics> classes;  ///< one per class
  Matrix<Index> confusion;            ///< [C, C]: row = actual, column = predicted, element = samples
};

/// Returns the metrics of `predicted` against `actual`, numbers of classes from 0 to `classes` - 1. A class that occurs
/// in neither counts in macro_f1, with 0.
///
/// Throws ConfigError for `classes` below 1, ShapeError if the lengths differ, DataError if both are empty or, naming
/// the index, if a number is of no class.
ClassificationMetrics classification_metrics(std::span<const Index> actual, std::span<const Index> predicted,
                                             Index classes);

/// Returns the class of every sample from its scores [1, N, C]: the one with the highest, the first of equal ones. With
/// C = 1 there are two classes, and a score above `threshold` is of the second: 0.5 for a probability (as sigmoid
/// gives), 0 for a logit.
///
/// Throws ShapeError unless scores are one step of at least one feature, DataError, naming the sample, if a score is
/// NaN or infinite.
template <class S>
std::vector<Index> predicted_classes(const Sequence<S>& scores, double threshold = 0.5);

/// Writes the metrics of each class under a line of titles, then those of all:
///             Precision  Recall      F1  Count
///   Gun          0.9595  0.9467  0.9530     75
///   Point        0.9481  0.9605  0.9542     76
///   Macro F1                     0.9536
///   Accuracy                     0.9536    151
/// `names` are those of the classes, in UTF-8. Throws ShapeError unless there is one for each.
std::string classification_table(const ClassificationMetrics& metrics, std::span<const std::string> names);

/// How often each class was taken for which; a line for each actual class:
///   actual \ predicted  Gun  Point
///   Gun                  71      4
///   Point                 3     73
/// `names` are those of the classes, in UTF-8. Throws ShapeError unless there is one for each.
std::string confusion_table(const ClassificationMetrics& metrics, std::span<const std::string> names);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/classification_metrics.inl>
#endif
