#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/scaler.hpp>

/// Series with a class each, as the archives of time series classification have them, and the samples they make.
namespace tsattn {

/// Series with a class each.
struct LabelledSeries {
  std::string problem;                   ///< @problemName; empty if the file has none
  std::vector<std::string> classes;      ///< in the order of @classLabel; empty if the series have no labels
  std::vector<Sequence<double>> series;  ///< [T_i, 1, F] each: T_i is its own, F that of all
  std::vector<Index> labels;             ///< the places in `classes`, one per series; empty if there are no classes

  Index size() const { return static_cast<Index>(series.size()); }
};

/// The steps of all series one after the other, [T_1 + T_2 + ..., 1, F]: what Scaler::fit learns from. Throws DataError
/// if there are no series or one is empty, ShapeError if their features differ or one is a batch.
Sequence<double> joined_steps(std::span<const Sequence<double>> series);

/// What the model gives for a class: one_hot, [1, N, C], 1 for the class and 0 for the others; binary, [1, N, 1], 0 for
/// the first of two classes and 1 for the second.
enum class ClassTargets { one_hot, binary };

struct LabelledSamplesOptions {
  std::optional<Scaler> scaler = {};  ///< of the inputs, fitted on training series; none: as they are
  Index time = 0;                     ///< steps of every sample; 0: those of the longest series
  ClassTargets targets = ClassTargets::one_hot;
};

/// What a SampleSet is made of.
template <class S>
struct LabelledSamples {
  Sequence<S> inputs;   ///< [T, N, F]
  Sequence<S> targets;  ///< [1, N, C or 1]
};

/// The series as samples of one length. A shorter one is padded at its front with its own first value: a recurrent
/// layer then ends on real steps, and before them sees a series at rest instead of a jump.
///
/// Throws DataError if there are no series or no classes or a series is empty, ShapeError if the series, or the scaler,
/// have other features than the first one or there are not as many labels, ConfigError if a series is longer than
/// `time`, a label is none of the classes, or `binary` meets other than two classes.
template <class S>
LabelledSamples<S> labelled_samples(const LabelledSeries& set, const LabelledSamplesOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/labelled_series.inl>
#endif
