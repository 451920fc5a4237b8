#pragma once

#include <span>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/windows.hpp>

namespace tsattn {

/// The windows of a series as an encoder-decoder is trained on them, by teacher forcing: at every step of the horizon
/// the decoder reads what happened one step before, not what it forecast for it.
///   input 0   history   [lookback, F]   what Windows give to any model
///   input 1   previous  [horizon, K]    the K targets, one step late: the first is at the last step of the history
///   target              [horizon, K]    the same targets in their own steps
/// Where the model runs without teacher, decode_recursively fills `previous` with its own forecasts
/// (forecasting/recursive_decoding.hpp).
/// Source: Williams & Zipser 1989, "A learning algorithm for continually running fully recurrent neural networks".
template <class S>
class TeacherForcing final : public Dataset<S> {
 public:
  /// Refers to the windows, which must outlive it. Throws ConfigError if they have a gap or include_input: the steps of
  /// the horizon would not follow the history.
  explicit TeacherForcing(const Windows<S>& windows);

  Index size() const override { return windows_->size(); }
  /// Returns the shape of the history.
  SampleShape input_shape() const override { return windows_->input_shape(); }
  std::vector<SampleShape> input_shapes() const override { return {input_shape(), target_shape()}; }
  SampleShape target_shape() const override;
  /// Throws ShapeError: there are two inputs.
  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override;
  void gather_inputs(std::span<const Index> samples, std::span<Sequence<S>> inputs, Sequence<S>& target) const override;

  /// The targets of all windows: [horizon, N, K].
  Sequence<S> actual() const;

 private:
  /// The targets of the windows, `offset` steps after the last step of their history and on: [horizon, B, K].
  void gather_targets(std::span<const Index> samples, Index offset, Sequence<S>& to) const;

  const Windows<S>* windows_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/teacher_forcing.inl>
#endif
