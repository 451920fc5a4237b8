#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/forecasting/forecast_layout.hpp>
#include <tsattn/forecasting/forecast_options.hpp>
#include <tsattn/forecasting/instance_normalization.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/stream.hpp>
#include <tsattn/model/stream_state.hpp>

namespace tsattn {

/// A forecaster that takes a series row by row and gives, after each row, what Forecaster::forecast gives for all rows
/// so far: values in, forecasts in their units out. It keeps the rows of one window, scaled, and runs the model over
/// them step by step at every row, because a forecaster's model was trained on windows that start from nothing; a row
/// so takes `lookback` steps of the model, and those of a recursive strategy as many times the horizon.
///
/// `step` allocates nothing, locks nothing and throws nothing. The weights were copied when it was made. It is a
/// value: a copy goes on by itself.
template <class S>
class ForecastStream {
 public:
  /// Makes the stream that Forecaster::stream gives.
  ForecastStream(const Graph<S>& model, const WindowOptions& windows, const ForecastOptions& options,
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

  Index features() const { return scaler_.features(); }  ///< of a row
  Index horizon() const { return windows().horizon; }
  Index targets() const { return layout_.targets(); }
  Index rows() const { return seen_; }  ///< since the start

  /// Takes a row [features] in the units of the series and gives the steps that follow it, [horizon, targets], a step
  /// after the other. False, leaving the forecast as it is, until there are as many rows as the lookback needs. A
  /// forecast is NaN while a row of its window holds a NaN or an infinity among the inputs.
  bool step(const double* row, double* forecast) noexcept {
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

  /// Goes back to the start.
  void reset() noexcept { seen_ = 0; }

  /// Saves, as Stream does, what goes on with the same bits in another process. The state is the rows of a window.
  std::size_t state_bytes() const { return stream_state::size({row_bytes()}); }
  void save_state(std::span<std::byte> out) const {
    stream_state::write("ForecastStream::save_state", fingerprint_, seen_, {row_bytes()}, out);
  }
  std::vector<std::byte> save_state() const {
    std::vector<std::byte> bytes(state_bytes());
    save_state(bytes);
    return bytes;
  }
  /// Throws DataError, and changes nothing, if the bytes are not a state of a stream of the same forecaster.
  void load_state(std::span<const std::byte> bytes) {
    const std::span<S> rows(rows_.data(), static_cast<std::size_t>(rows_.size()));
    seen_ = stream_state::read("ForecastStream::load_state", "a stream of this forecaster", fingerprint_,
                               {std::as_writable_bytes(rows)}, bytes);
  }

 private:
  static constexpr std::string_view kWhere = "Forecaster::stream";

  static constexpr Index kNoTarget = -1;

  std::span<const std::byte> row_bytes() const {
    return std::as_bytes(std::span(rows_.data(), static_cast<std::size_t>(rows_.size())));
  }

  /// Throws as windows of a series do, and for known features.
  static ForecastLayout checked(const WindowOptions& windows, const ForecastOptions& options, Index features) {
    if (!windows.known_future.empty())
      fail<ConfigError>(kWhere, "expected no features that are known in advance, for rows come one by one, got ",
                        windows.known_future.size());
    ForecastLayout layout(WindowLayout(windows, features), options);
    if (options.strategy == Strategy::recursive && windows.horizon > 1) layout.require_targets_for_inputs();
    return layout;
  }

  const WindowOptions& windows() const noexcept { return layout_.windows().options(); }

  /// The steps of the horizon that one run of the model gives.
  Index steps_of_model() const noexcept {
    return layout_.options().strategy == Strategy::recursive ? 1 : windows().horizon;
  }

  /// A feature that the model reads, and which of the targets it is.
  struct Input {
    Index feature, target;
  };

  /// An input at step t of the window that ends `later` steps after the last row: of a row, or a forecast.
  S value(Index t, Index later, const Input& input) const noexcept {
    const Index step = t + later - windows().lookback;  // below 0: of the rows, the last one is -1
    if (step >= 0) return scaled_.data()[step * targets() + input.target];
    const Index row = seen_ + (step + 1) * windows().sampling_step - 1;
    return rows_.data()[row % past_ * features() + input.feature];
  }

  /// Fills the forecasts of the window that ends `later` steps after the last row.
  void run_window(Index later) noexcept {
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

  ForecastLayout layout_;
  Scaler scaler_;
  Stream<S> stream_;
  std::vector<Input> inputs_;  // of all series side by side, each by itself if they are independent
  Index past_ = 0;             // rows that a window needs
  Index seen_ = 0;
  AlignedBuffer<S> rows_;    // [past, features]  scaled, row r in slot r mod past
  AlignedBuffer<S> scaled_;  // [horizon, targets]  the forecasts
  std::vector<Affine<S>> affines_;
  AlignedBuffer<S> x_, y_;  // of a step of the model
  std::uint64_t fingerprint_ = 0;
};

}  // namespace tsattn
