#pragma once

#include <cmath>
#include <cstddef>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/windows.hpp>

namespace tsattn {

template <class S>
Windows<S>::Windows(const Sequence<S>& series, const WindowOptions& options, const IndexRange& part)
    : series_(&series), layout_(options, series.features()) {
  if (series.batch() != 1) fail<ShapeError>("Windows", "expected one series (batch 1), got ", series.shape());
  if (part.begin < 0 || part.end > series.time())
    fail<ConfigError>("Windows", "expected a part of the series, got steps ", part.begin, " to ", part.end, " of ",
                      series.shape());
  found_ = layout_.windows_in(part, series.time());
  require_finite_rows(layout_.input_row(last_input_step(0), 0),
                      layout_.target_row(target_step(size() - 1), options.horizon - 1) + 1);
}

template <class S>
void Windows<S>::gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const {
  const Index batch = static_cast<Index>(samples.size());
  x.resize({options().lookback, batch, input_shape().features});
  target.resize({1, batch, target_shape().features});
  for (Index b = 0; b < batch; ++b) {
    const Index window = samples[static_cast<std::size_t>(b)];
    copy_input(window, options().inputs, b, x);
    copy_target(window, options().targets, b, target);
  }
}

template <class S>
void Windows<S>::copy_input(Index window, std::span<const Index> inputs, Index b, Sequence<S>& x) const {
  const Index last = last_input_step(window);
  for (Index t = 0; t < options().lookback; ++t) {
    const Index row = layout_.input_row(last, t);
    S* to = copy_features(row, inputs, x.step_data(t) + b * x.features());
    copy_features(layout_.known_future_row(row), options().known_future, to);
  }
}

template <class S>
void Windows<S>::copy_target(Index window, std::span<const Index> targets, Index b, Sequence<S>& target) const {
  S* to = target.data() + b * target.features();
  for (Index t = 0; t < layout_.target_steps_in_input(); ++t)
    to = copy_features(layout_.input_row(last_input_step(window), t), targets, to);
  for (Index h = 0; h < options().horizon; ++h)
    to = copy_features(layout_.target_row(target_step(window), h), targets, to);
}

template <class S>
S* Windows<S>::copy_features(Index row, std::span<const Index> features, S* to) const {
  const S* from = series_->step_data(row);
  for (const Index feature : features) *to++ = from[feature];
  return to;
}

template <class S>
void Windows<S>::require_finite_rows(Index begin, Index end) const {
  for (const auto* features : {&options().inputs, &options().targets, &options().known_future})
    for (const Index f : *features)
      for (Index row = begin; row < end; ++row)
        if (const S value = (*series_)(row, 0, f); !std::isfinite(value))
          fail<DataError>("Windows", "expected finite values, got ", value, " in row ", row, ", feature ", f,
                          " of the series (counted from 0)");
}

TSATTN_LIBRARY_INSTANCE(class Windows);

}  // namespace tsattn
