#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/forecast_stream.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/stream.hpp>
#include <tsattn/model/stream_state.hpp>

namespace tsattn {

template <class S>
ForecastStream<S>::ForecastStream(const Graph<S>& model, const WindowOptions& windows, const ForecastOptions& options,
                                  const Scaler& scaler)
    : layout_(checked(windows, options, scaler.features())),
      scaler_(scaler),
      stream_(model.stream({.batch = layout_.samples_per_window(), .attention_steps = windows.lookback})) {
  const std::vector<Index>& all = this->windows().targets;
  if (layout_.is_independent()) {
    for (Index i = 0; i < targets(); ++i) inputs_.push_back({all[static_cast<std::size_t>(i)], i});
  } else {
    for (const Index input : this->windows().inputs) {
      const auto target = std::find(all.begin(), all.end(), input);
      inputs_.push_back({input, target == all.end() ? kNoTarget : target - all.begin()});
    }
  }
  const Index inputs = layout_.input_shape().features, units = layout_.output(steps_of_model(), 0);
  if (stream_.features() != inputs || stream_.units() != units)
    fail<ShapeError>(kWhere, "expected a model from ", inputs, " features to ", units, ", got one from ",
                     stream_.features(), " to ", stream_.units());
  past_ = layout_.windows().past_rows();
  rows_ = AlignedBuffer<S>(past_ * features());
  scaled_ = AlignedBuffer<S>(horizon() * targets());
  affines_.resize(static_cast<std::size_t>(targets()));
  x_ = AlignedBuffer<S>(stream_.batch() * stream_.features());
  y_ = AlignedBuffer<S>(stream_.batch() * stream_.units());
  stream_state::Fingerprint fingerprint;
  fingerprint.add(stream_.fingerprint()), fingerprint.add(past_), fingerprint.add(windows.sampling_step);
  for (Index f = 0; f < features(); ++f) {
    const double scaling[] = {scaler.shift(f), scaler.scale(f)};
    fingerprint.add(std::span<const double>(scaling));
  }
  fingerprint_ = fingerprint.value();
}

template <class S>
bool ForecastStream<S>::step(const double* row, double* forecast) noexcept {
  S* to = rows_.data() + seen_ % past_ * features();
  for (Index f = 0; f < features(); ++f) to[f] = static_cast<S>((row[f] - scaler_.shift(f)) / scaler_.scale(f));
  ++seen_;
  if (seen_ < past_) return false;
  for (Index h = 0; h < horizon(); h += steps_of_model()) run_window(h);
  for (Index h = 0; h < horizon(); ++h)
    for (Index i = 0; i < targets(); ++i, ++forecast) {
      const Index target = windows().targets[static_cast<std::size_t>(i)];
      const auto scaled = static_cast<double>(scaled_.data()[h * targets() + i]);
      *forecast = unfused_product(scaled, scaler_.scale(target)) + scaler_.shift(target);
    }
  return true;
}

template <class S>
void ForecastStream<S>::save_state(std::span<std::byte> out) const {
  stream_state::write("ForecastStream::save_state", fingerprint_, seen_, {row_bytes()}, out);
}

template <class S>
std::vector<std::byte> ForecastStream<S>::save_state() const {
  std::vector<std::byte> bytes(state_bytes());
  save_state(bytes);
  return bytes;
}

template <class S>
void ForecastStream<S>::load_state(std::span<const std::byte> bytes) {
  const std::span<S> rows(rows_.data(), static_cast<std::size_t>(rows_.size()));
  seen_ = stream_state::read("ForecastStream::load_state", "a stream of this forecaster", fingerprint_,
                             {std::as_writable_bytes(rows)}, bytes);
}

template <class S>
std::span<const std::byte> ForecastStream<S>::row_bytes() const {
  return std::as_bytes(std::span(rows_.data(), static_cast<std::size_t>(rows_.size())));
}

template <class S>
ForecastLayout ForecastStream<S>::checked(const WindowOptions& windows, const ForecastOptions& options,
                                          Index features) {
  if (!windows.known_future.empty())
    fail<ConfigError>(kWhere, "expected no features that are known in advance, for rows come one by one, got ",
                      windows.known_future.size());
  ForecastLayout layout(WindowLayout(windows, features), options);
  if (options.strategy == Strategy::recursive && windows.horizon > 1) layout.require_targets_for_inputs();
  return layout;
}

template <class S>
Index ForecastStream<S>::steps_of_model() const noexcept {
  return layout_.options().strategy == Strategy::recursive ? 1 : windows().horizon;
}

template <class S>
S ForecastStream<S>::value(Index t, Index later, const Input& input) const noexcept {
  const Index step = t + later - windows().lookback;  // below 0: of the rows, the last one is -1
  if (step >= 0) return scaled_.data()[step * targets() + input.target];
  const Index row = seen_ + (step + 1) * windows().sampling_step - 1;
  return rows_.data()[row % past_ * features() + input.feature];
}

template <class S>
void ForecastStream<S>::run_window(Index later) noexcept {
  const Index lookback = windows().lookback;
  for (const Input& input : inputs_)
    if (input.target != kNoTarget)
      affines_[static_cast<std::size_t>(input.target)] = instance_normalization<S>(
          layout_.options().normalization, lookback, [&](Index t) { return value(t, later, input); });
  stream_.reset();
  for (Index t = 0; t < lookback; ++t) {
    S* x = x_.data();
    for (const Input& input : inputs_) {
      const S plain = value(t, later, input);
      const Affine<S> affine =
          input.target == kNoTarget ? Affine<S>() : affines_[static_cast<std::size_t>(input.target)];
      *x++ = (plain - affine.shift) / affine.scale;
    }
    stream_.step(x_.data(), y_.data());
  }
  for (Index h = 0; h < steps_of_model(); ++h)
    for (Index i = 0; i < targets(); ++i) {
      const Index sample = i / layout_.targets_per_sample(), of_sample = i % layout_.targets_per_sample();
      const Index at = sample * stream_.units() + layout_.output(h, of_sample);
      const Affine<S>& affine = affines_[static_cast<std::size_t>(i)];
      scaled_.data()[(later + h) * targets() + i] = unfused_product(y_.data()[at], affine.scale) + affine.shift;
    }
}

TSATTN_LIBRARY_INSTANCE(class ForecastStream);

}  // namespace tsattn
