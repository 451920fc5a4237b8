#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/forecasting/forecast_windows.hpp>

namespace tsattn {

template <class S>
ForecastWindows<S>::ForecastWindows(const Windows<S>& windows, InstanceNormalization normalization, Channels channels,
                                    std::span<const Sequence<S>> so_far)
    : windows_(&windows),
      layout_(windows.layout(), {.normalization = normalization, .channels = channels}),
      so_far_(so_far) {
  if (!so_far.empty()) require_targets_for_inputs();
}

template <class S>
void ForecastWindows<S>::gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const {
  target.resize({1, static_cast<Index>(samples.size()), target_shape().features});
  gather_unnormalized(samples, x);
  const Index targets = layout_.targets_per_sample();
  for (Index b = 0; b < x.batch(); ++b) {
    const auto [window, chosen] = parts_of(samples[static_cast<std::size_t>(b)]);
    windows_->copy_target(window, chosen, b, target);
    for (Index i = 0; i < targets; ++i) {
      const auto [shift, scale] = normalize(x, b, layout_.inputs_of_targets()[static_cast<std::size_t>(i)]);
      S* column = target.data() + b * target.features();
      for (Index j = i; j < target.features(); j += targets) column[j] = (column[j] - shift) / scale;
    }
  }
}

template <class S>
Sequence<S> ForecastWindows<S>::forecasts(const Sequence<S>& y) const {
  require_shape("ForecastWindows", "the outputs of a model", y, {1, size(), target_shape().features});
  const Index horizon = windows_->options().horizon;
  Sequence<S> result({horizon, windows_->size(), layout_.targets()}), x;
  for (Index sample = 0; sample < size(); ++sample) {
    gather_unnormalized(std::span(&sample, 1), x);
    const Index window = sample / layout_.samples_per_window(), first = sample % layout_.samples_per_window();
    for (Index i = 0; i < layout_.targets_per_sample(); ++i) {
      const auto [shift, scale] = normalize(x, 0, layout_.inputs_of_targets()[static_cast<std::size_t>(i)]);
      for (Index h = 0; h < horizon; ++h)
        result(h, window, first + i) = unfused_product(y(0, sample, layout_.output(h, i)), scale) + shift;
    }
  }
  return result;
}

template <class S>
Sequence<S> ForecastWindows<S>::actual() const {
  const WindowOptions& options = windows_->options();
  Sequence<S> result({options.horizon, windows_->size(), layout_.targets()});
  for (Index h = 0; h < options.horizon; ++h)
    for (Index window = 0; window < windows_->size(); ++window)
      for (std::size_t i = 0; i < options.targets.size(); ++i)
        result(h, window, static_cast<Index>(i)) =
            windows_->series()(windows_->layout().target_row(windows_->target_step(window), h), 0, options.targets[i]);
  return result;
}

template <class S>
std::pair<Index, std::span<const Index>> ForecastWindows<S>::parts_of(Index sample) const {
  const std::span<const Index> targets(windows_->options().targets);
  if (!layout_.is_independent()) return {sample, targets};
  return {sample / layout_.targets(), targets.subspan(static_cast<std::size_t>(sample % layout_.targets()), 1)};
}

template <class S>
void ForecastWindows<S>::gather_unnormalized(std::span<const Index> samples, Sequence<S>& x) const {
  const Index batch = static_cast<Index>(samples.size());
  const std::vector<Index>& places = layout_.inputs_of_targets();
  x.resize({input_shape().time, batch, input_shape().features});
  for (Index b = 0; b < batch; ++b) {
    const Index sample = samples[static_cast<std::size_t>(b)];
    const auto [window, chosen] = parts_of(sample);
    windows_->copy_input(window, layout_.is_independent() ? chosen : std::span<const Index>(windows_->options().inputs),
                         b, x);
    const std::size_t steps = (std::min)(so_far_.size(), static_cast<std::size_t>(x.time()));
    const Index first = sample % layout_.samples_per_window();
    Index t = x.time() - static_cast<Index>(steps);
    for (const Sequence<S>& forecast : so_far_.last(steps)) {
      for (std::size_t i = 0; i < places.size(); ++i)
        x(t, b, places[i]) = forecast(0, window, first + static_cast<Index>(i));
      ++t;
    }
  }
}

template <class S>
Affine<S> ForecastWindows<S>::normalize(Sequence<S>& x, Index b, Index feature) const {
  const InstanceNormalization how = layout_.options().normalization;
  const Affine<S> affine = instance_normalization<S>(how, x.time(), [&](Index t) { return x(t, b, feature); });
  if (how == InstanceNormalization::none) return affine;
  for (Index t = 0; t < x.time(); ++t) x(t, b, feature) = (x(t, b, feature) - affine.shift) / affine.scale;
  return affine;
}

TSATTN_LIBRARY_INSTANCE(class ForecastWindows);

}  // namespace tsattn
