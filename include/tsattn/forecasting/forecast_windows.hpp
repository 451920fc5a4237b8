#pragma once

#include <span>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/windows.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>

namespace tsattn {

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
                  std::span<const Sequence<S>> so_far = {});

  Index size() const override { return windows_->size() * layout_.samples_per_window(); }
  SampleShape input_shape() const override { return layout_.input_shape(); }
  SampleShape target_shape() const override { return layout_.target_shape(); }
  const Windows<S>& windows() const { return *windows_; }
  const ForecastLayout& layout() const { return layout_; }

  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override;

  /// What a model's outputs for all samples, y [1, size(), F], say of the series: [horizon, windows, targets]. Values
  /// at input steps, which a model with include_input gives too, are left out. Throws ShapeError for another y.
  Sequence<S> forecasts(const Sequence<S>& y) const;

  /// What happened: the values of the series that `forecasts` forecasts, in its shape.
  Sequence<S> actual() const;

  /// Throws ConfigError unless forecasts can become inputs: inputs and targets must be the same features.
  void require_targets_for_inputs() const { layout_.require_targets_for_inputs(); }

 private:
  /// The window of a sample, and which targets of it are the sample's.
  std::pair<Index, std::span<const Index>> parts_of(Index sample) const;

  /// The inputs as the series has them, with the forecasts so far in their last steps.
  void gather_unnormalized(std::span<const Index> samples, Sequence<S>& x) const;

  /// Normalizes one feature of column b of x, and says how.
  Affine<S> normalize(Sequence<S>& x, Index b, Index feature) const;

  const Windows<S>* windows_;
  ForecastLayout layout_;
  std::span<const Sequence<S>> so_far_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/forecast_windows.inl>
#endif
