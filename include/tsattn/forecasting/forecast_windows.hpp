#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>

namespace tsattn {

/// Whether a model sees all target features together, or each by itself, with the same weights for all of them: every
/// target of every window is then a sample of its own, with that feature and those known in advance as its input.
enum class Channels { together, independent };

template <>
struct EnumNames<Channels> {
  static constexpr std::string_view kOption = "channels";
  static constexpr std::pair<std::string_view, Channels> kNames[] = {{"together", Channels::together},
                                                                     {"independent", Channels::independent}};
};

/// The windows of a series as a forecasting model sees them: normalized, and channel by channel if it is to be so. The
/// windows must outlive it.
template <class S>
class ForecastWindows final : public Dataset<S> {
 public:
  /// With forecasts `so_far` of the last input steps, oldest first, [1, windows, targets] each, the inputs hold these
  /// in place of what the series has there, for a model that goes on from its own forecasts; they must outlive it too.
  /// Throws ConfigError if a target is given twice, or if windows are normalized whose inputs do not hold every target;
  /// with forecasts also as require_targets_for_inputs.
  ForecastWindows(const Windows<S>& windows, InstanceNormalization normalization, Channels channels,
                  std::span<const Sequence<S>> so_far = {})
      : windows_(&windows), normalization_(normalization), channels_(channels), so_far_(so_far) {
    const std::vector<Index>&inputs = windows.options().inputs, &targets = windows.options().targets;
    for (auto target = targets.begin(); target != targets.end(); ++target)
      if (std::find(targets.begin(), target, *target) != target)
        fail<ConfigError>("ForecastWindows", "expected every target once, got feature ", *target, " again");
    if (is_independent()) {
      places_of_targets_ = {0};
      return;
    }
    for (const Index target : targets) {
      const auto found = std::find(inputs.begin(), inputs.end(), target);
      if (found == inputs.end() && normalization != InstanceNormalization::none)
        fail<ConfigError>("ForecastWindows",
                          "expected inputs that hold every target, by which windows are normalized, ",
                          "got none with feature ", target);
      places_of_targets_.push_back(found == inputs.end() ? kNowhere : found - inputs.begin());
    }
    if (!so_far.empty()) require_targets_for_inputs();
  }

  Index size() const override { return windows_->size() * channel_count(); }
  SampleShape input_shape() const override {
    if (!is_independent()) return windows_->input_shape();
    return {windows_->options().lookback, 1 + static_cast<Index>(windows_->options().known_future.size())};
  }
  SampleShape target_shape() const override { return {1, windows_->target_shape().features / channel_count()}; }
  const Windows<S>& windows() const { return *windows_; }

  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override {
    target.resize({1, static_cast<Index>(samples.size()), target_shape().features});
    gather_inputs(samples, x);
    const Index targets = static_cast<Index>(places_of_targets_.size());
    for (Index b = 0; b < x.batch(); ++b) {
      const auto [window, chosen] = parts_of(samples[static_cast<std::size_t>(b)]);
      windows_->copy_target(window, chosen, b, target);
      for (Index i = 0; i < targets; ++i) {
        const auto [shift, scale] = normalize(x, b, places_of_targets_[static_cast<std::size_t>(i)]);
        S* column = target.data() + b * target.features();
        for (Index j = i; j < target.features(); j += targets) column[j] = (column[j] - shift) / scale;
      }
    }
  }

  /// What a model's outputs for all samples, y [1, size(), F], say of the series: [horizon, windows, targets]. Values
  /// at input steps, which a model with include_input gives too, are left out. Throws ShapeError for another y.
  Sequence<S> forecasts(const Sequence<S>& y) const {
    require_shape("ForecastWindows", "the outputs of a model", y, {1, size(), target_shape().features});
    const WindowOptions& options = windows_->options();
    const Index all_targets = static_cast<Index>(options.targets.size());
    const Index own = static_cast<Index>(places_of_targets_.size());
    const Index skipped = options.include_input ? options.lookback : 0;
    Sequence<S> result({options.horizon, windows_->size(), all_targets}), x;
    for (Index sample = 0; sample < size(); ++sample) {
      gather_inputs(std::span(&sample, 1), x);
      const Index window = sample / channel_count(), first = sample % channel_count();
      for (Index i = 0; i < own; ++i) {
        const auto [shift, scale] = normalize(x, 0, places_of_targets_[static_cast<std::size_t>(i)]);
        for (Index h = 0; h < options.horizon; ++h)
          result(h, window, first + i) = y(0, sample, (skipped + h) * own + i) * scale + shift;
      }
    }
    return result;
  }

  /// What happened: the values of the series that `forecasts` forecasts, in its shape.
  Sequence<S> actual() const {
    const WindowOptions& options = windows_->options();
    Sequence<S> result({options.horizon, windows_->size(), static_cast<Index>(options.targets.size())});
    for (Index h = 0; h < options.horizon; ++h)
      for (Index window = 0; window < windows_->size(); ++window)
        for (std::size_t i = 0; i < options.targets.size(); ++i)
          result(h, window, static_cast<Index>(i)) =
              windows_->series()(windows_->target_step(window) + h * options.sampling_step, 0, options.targets[i]);
    return result;
  }

  /// Throws ConfigError unless forecasts can become inputs: inputs and targets must be the same features.
  void require_targets_for_inputs() const {
    const WindowOptions& options = windows_->options();
    const bool has_all =
        std::find(places_of_targets_.begin(), places_of_targets_.end(), kNowhere) == places_of_targets_.end();
    if (!is_independent() && !(has_all && options.inputs.size() == options.targets.size()))
      fail<ConfigError>("ForecastWindows", "expected every input to be a target or known in advance, for forecasts ",
                        "become inputs; got ", options.inputs.size(), " inputs for ", options.targets.size(),
                        " targets");
  }

 private:
  static constexpr Index kNowhere = -1;

  bool is_independent() const { return channels_ == Channels::independent; }
  Index channel_count() const { return is_independent() ? static_cast<Index>(windows_->options().targets.size()) : 1; }

  /// The window of a sample, and which targets of it are the sample's.
  std::pair<Index, std::span<const Index>> parts_of(Index sample) const {
    const std::span<const Index> targets(windows_->options().targets);
    if (!is_independent()) return {sample, targets};
    return {sample / channel_count(), targets.subspan(static_cast<std::size_t>(sample % channel_count()), 1)};
  }

  /// The inputs as the series has them, with the forecasts so far in their last steps.
  void gather_inputs(std::span<const Index> samples, Sequence<S>& x) const {
    const Index batch = static_cast<Index>(samples.size());
    x.resize({input_shape().time, batch, input_shape().features});
    for (Index b = 0; b < batch; ++b) {
      const Index sample = samples[static_cast<std::size_t>(b)];
      const auto [window, chosen] = parts_of(sample);
      windows_->copy_input(window, is_independent() ? chosen : std::span<const Index>(windows_->options().inputs), b,
                           x);
      const std::size_t steps = (std::min)(so_far_.size(), static_cast<std::size_t>(x.time()));
      const Index first = sample % channel_count();
      Index t = x.time() - static_cast<Index>(steps);
      for (const Sequence<S>& forecast : so_far_.last(steps)) {
        for (std::size_t i = 0; i < places_of_targets_.size(); ++i)
          x(t, b, places_of_targets_[i]) = forecast(0, window, first + static_cast<Index>(i));
        ++t;
      }
    }
  }

  /// Normalizes one feature of column b of x, and says how.
  Affine<S> normalize(Sequence<S>& x, Index b, Index feature) const {
    const Affine<S> affine =
        instance_normalization<S>(normalization_, x.time(), [&](Index t) { return x(t, b, feature); });
    if (normalization_ == InstanceNormalization::none) return affine;
    for (Index t = 0; t < x.time(); ++t) x(t, b, feature) = (x(t, b, feature) - affine.shift) / affine.scale;
    return affine;
  }

  const Windows<S>* windows_;
  InstanceNormalization normalization_;
  Channels channels_;
  std::vector<Index> places_of_targets_;  // which features of a sample's input they are
  std::span<const Sequence<S>> so_far_;
};

}  // namespace tsattn
