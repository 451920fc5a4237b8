#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/scaler.hpp>
#include <tsattn/data/window_options.hpp>
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
                 const Scaler& scaler);

  Index features() const { return scaler_.features(); }  ///< of a row
  Index horizon() const { return windows().horizon; }
  Index targets() const { return layout_.targets(); }
  Index rows() const { return seen_; }  ///< since the start

  /// Takes a row [features] in the units of the series and gives the steps that follow it, [horizon, targets], a step
  /// after the other. False, leaving the forecast as it is, until there are as many rows as the lookback needs. A
  /// forecast is NaN while a row of its window holds a NaN or an infinity among the inputs.
  bool step(const double* row, double* forecast) noexcept;

  /// Goes back to the start.
  void reset() noexcept { seen_ = 0; }

  /// Saves, as Stream does, what goes on with the same bits in another process. The state is the rows of a window.
  std::size_t state_bytes() const { return stream_state::size({row_bytes()}); }
  void save_state(std::span<std::byte> out) const;
  std::vector<std::byte> save_state() const;
  /// Throws DataError, and changes nothing, if the bytes are not a state of a stream of the same forecaster.
  void load_state(std::span<const std::byte> bytes);

 private:
  static constexpr std::string_view kWhere = "Forecaster::stream";

  static constexpr Index kNoTarget = -1;

  std::span<const std::byte> row_bytes() const;

  /// Throws as windows of a series do, and for known features.
  static ForecastLayout checked(const WindowOptions& windows, const ForecastOptions& options, Index features);

  const WindowOptions& windows() const noexcept { return layout_.windows().options(); }

  /// The steps of the horizon that one run of the model gives.
  Index steps_of_model() const noexcept;

  /// A feature that the model reads, and which of the targets it is.
  struct Input {
    Index feature, target;
  };

  /// An input at step t of the window that ends `later` steps after the last row: of a row, or a forecast.
  S value(Index t, Index later, const Input& input) const noexcept;

  /// Fills the forecasts of the window that ends `later` steps after the last row.
  void run_window(Index later) noexcept;

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

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/forecast_stream.inl>
#endif
