#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/labelled_series.hpp>
#include <tsattn/data/scaler.hpp>

namespace tsattn {

namespace labelled_series_parts {

/// Throws unless the series are of one kind; returns the steps of the longest.
inline Index longest_time(std::string_view where, std::span<const Sequence<double>> series) {
  if (series.empty()) fail<DataError>(where, "expected at least one series, got none");
  Index longest = 0;
  for (const Sequence<double>& one : series) {
    if (one.batch() != 1 || one.features() != series[0].features())
      fail<ShapeError>(where, "expected series with batch 1 and ", series[0].features(), " features, got ",
                       one.shape());
    if (one.time() == 0) fail<DataError>(where, "expected series of at least one step, got an empty one");
    longest = (std::max)(longest, one.time());
  }
  return longest;
}

/// [T, N, F], T = `time`.
template <class S>
Sequence<S> padded_inputs(const std::vector<Sequence<double>>& series, const std::optional<Scaler>& scaler,
                          Index time) {
  const Index features = series[0].features();
  const std::vector<double> zeros(static_cast<std::size_t>(features), 0), ones(zeros.size(), 1);
  const Scaler used = scaler ? *scaler : Scaler::from(zeros, ones);
  Sequence<S> inputs({time, static_cast<Index>(series.size()), features});
  for (Index b = 0; b < inputs.batch(); ++b) {
    const Sequence<S> scaled = used.transform<S>(series[static_cast<std::size_t>(b)]);
    const Index padding = time - scaled.time();
    for (Index t = 0; t < time; ++t)
      std::copy_n(scaled.step_data((std::max)(t - padding, Index{0})), features, inputs.step_data(t) + b * features);
  }
  return inputs;
}

template <class S>
Sequence<S> targets_of(const LabelledSeries& set, ClassTargets kind) {
  const bool is_binary = kind == ClassTargets::binary;
  Sequence<S> targets({1, set.size(), is_binary ? 1 : static_cast<Index>(set.classes.size())});
  for (Index b = 0; b < set.size(); ++b) {
    const Index label = set.labels[static_cast<std::size_t>(b)];
    if (is_binary) {
      targets(0, b, 0) = static_cast<S>(label);
    } else {
      targets(0, b, label) = 1;
    }
  }
  return targets;
}

}  // namespace labelled_series_parts

TSATTN_LIBRARY_FUNCTION Sequence<double> joined_steps(std::span<const Sequence<double>> series) {
  labelled_series_parts::longest_time("joined_steps", series);
  Index steps = 0;
  for (const Sequence<double>& one : series) steps += one.time();
  Sequence<double> result({steps, 1, series[0].features()});
  double* to = result.data();
  for (const Sequence<double>& one : series) to = std::copy_n(one.data(), one.size(), to);
  return result;
}

template <class S>
LabelledSamples<S> labelled_samples(const LabelledSeries& set, const LabelledSamplesOptions& options) {
  constexpr std::string_view kWhere = "labelled_samples";
  const Index longest = labelled_series_parts::longest_time(kWhere, set.series);
  const auto classes = static_cast<Index>(set.classes.size());
  if (classes == 0) fail<DataError>(kWhere, "expected series with classes, got series without");
  if (set.labels.size() != set.series.size())
    fail<ShapeError>(kWhere, "expected as many labels as series, got ", set.labels.size(), " and ", set.size());
  for (const Index label : set.labels)
    if (label < 0 || label >= classes)
      fail<ConfigError>(kWhere, "expected labels from 0 to ", classes - 1, ", got ", label);
  if (options.targets == ClassTargets::binary && classes != 2)
    fail<ConfigError>(kWhere, "expected two classes for binary targets, got ", classes, "; use ClassTargets::one_hot");
  if (options.time != 0 && options.time < longest)
    fail<ConfigError>(kWhere, "expected a time of at least ", longest, ", the steps of the longest series, or 0, got ",
                      options.time);
  return {labelled_series_parts::padded_inputs<S>(set.series, options.scaler, (std::max)(options.time, longest)),
          labelled_series_parts::targets_of<S>(set, options.targets)};
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(labelled_samples);

}  // namespace tsattn
