#pragma once

#include <span>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/data/window_layout.hpp>
#include <tsattn/data/window_options.hpp>

namespace tsattn {

/// The windows of one series as samples: `lookback` steps in, the `horizon` steps after them out. Inputs hold the past
/// of the features `inputs`, then `known_future`; targets are one step [time=1, features=horizon * targets], step after
/// step. A view: nothing is copied before a batch is gathered, and the series must outlive it.
template <class S>
class Windows final : public Dataset<S> {
 public:
  /// Finds all windows whose target rows lie in `part` of `series` [L, 1, F]; their inputs may reach back before it.
  /// Throws ConfigError for options out of their ranges or a part or feature outside the series, DataError if there is
  /// no such window or a value that a window uses is not finite.
  Windows(const Sequence<S>& series, const WindowOptions& options, const IndexRange& part);
  Windows(const Sequence<S>& series, const WindowOptions& options) : Windows(series, options, {0, series.time()}) {}
  Windows(Sequence<S>&&, const WindowOptions&, const IndexRange&) = delete;  // the series would be gone
  Windows(Sequence<S>&&, const WindowOptions&) = delete;

  Index size() const override { return found_.size; }
  SampleShape input_shape() const override { return layout_.input_shape(); }
  SampleShape target_shape() const override { return layout_.target_shape(); }
  const Sequence<S>& series() const { return *series_; }
  const WindowLayout& layout() const { return layout_; }
  /// Returns the options as given, with the features that "none" stands for.
  const WindowOptions& options() const { return layout_.options(); }
  /// Returns the row of the series that is the first target of window i.
  Index target_step(Index i) const { return found_.first_target + i * options().stride; }
  /// Returns the row of the last input step of window i.
  Index last_input_step(Index i) const { return layout_.last_input_row(target_step(i)); }

  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override;

  /// Column b of x becomes the input of the window, with the past of the features `inputs`, which need not be those of
  /// the options, before `known_future`.
  void copy_input(Index window, std::span<const Index> inputs, Index b, Sequence<S>& x) const;

  /// Column b of target becomes that of the window, of the features `targets`.
  void copy_target(Index window, std::span<const Index> targets, Index b, Sequence<S>& target) const;

 private:
  S* copy_features(Index row, std::span<const Index> features, S* to) const;
  void require_finite_rows(Index begin, Index end) const;

  const Sequence<S>* series_;
  WindowLayout layout_;
  WindowsInPart found_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/windows.inl>
#endif
