#pragma once

#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/window_options.hpp>

namespace tsattn {

/// The windows that fit into a part of a series.
struct WindowsInPart {
  Index first_target = 0;  ///< row of the first target of the first window
  Index size = 0;          ///< how many there are, at least 1
};

/// Which rows and features of a series a window holds, without the series. Rows are those of the series; steps are
/// `sampling_step` rows apart. With lookback 3, gap 1, horizon 2 and sampling step 1:
///
///   row                   0  1  2  3  4  5
///   input                 x  x  x              last_input_row = 2, past_rows() = 3
///   target                            y  y     first target = 4, rows_ahead() = 3, from row 2 to row 5
///   known in advance               .  .  .     those that the input steps show: each rows_ahead() later
class WindowLayout {
 public:
  /// Lays out the windows of a series with `features` features. Throws ConfigError, as "[Windows] ...", for options out
  /// of their ranges or a feature that the series does not have.
  WindowLayout(WindowOptions options, Index features);

  /// Returns the options as given, with the features that "none" stands for.
  const WindowOptions& options() const noexcept { return options_; }
  Index features() const noexcept { return features_; }  ///< of the series

  /// Counts the rows from the first input step to the last, with both.
  Index past_rows() const noexcept { return (options_.lookback - 1) * options_.sampling_step + 1; }
  /// Counts the rows from the last input step to the last target.
  Index rows_ahead() const noexcept { return (options_.gap + options_.horizon) * options_.sampling_step; }

  Index first_target_row(Index last_input_row) const noexcept {
    return last_input_row + (options_.gap + 1) * options_.sampling_step;
  }
  Index last_input_row(Index first_target_row) const noexcept {
    return first_target_row - (options_.gap + 1) * options_.sampling_step;
  }
  /// Returns the row of input step t = 0, ..., lookback - 1.
  Index input_row(Index last_input_row, Index t) const noexcept {
    return last_input_row - (options_.lookback - 1 - t) * options_.sampling_step;
  }
  /// Returns the row of target step h = 0, ..., horizon - 1.
  Index target_row(Index first_target_row, Index h) const noexcept {
    return first_target_row + h * options_.sampling_step;
  }
  /// Returns the row whose features that are known in advance stand beside the input of `input_row`.
  Index known_future_row(Index input_row) const noexcept { return input_row + rows_ahead(); }

  /// Counts the target steps that include_input puts before the horizon: those of the input.
  Index target_steps_in_input() const noexcept { return options_.include_input ? options_.lookback : 0; }
  SampleShape input_shape() const noexcept {
    return {options_.lookback, static_cast<Index>(options_.inputs.size() + options_.known_future.size())};
  }
  SampleShape target_shape() const noexcept {
    return {1, (target_steps_in_input() + options_.horizon) * static_cast<Index>(options_.targets.size())};
  }

  /// Finds the windows whose targets lie in `part` of a series of `rows` rows; their inputs may reach back before it.
  /// Throws DataError, as "[Windows] ...", if there is none.
  WindowsInPart windows_in(const IndexRange& part, Index rows) const;

 private:
  void choose_features(std::vector<Index>& chosen, std::string_view what) const;
  void require_features_inside(const std::vector<Index>& chosen, std::string_view what) const;

  WindowOptions options_;
  Index features_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/window_layout.inl>
#endif
