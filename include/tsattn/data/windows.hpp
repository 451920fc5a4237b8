#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/data/dataset.hpp>

namespace tsattn {

struct WindowOptions {
  Index lookback = 0;               ///< input steps, at least 1
  Index horizon = 1;                ///< target steps that follow them, at least 1
  Index stride = 1;                 ///< rows from one window to the next, at least 1
  std::vector<Index> targets = {};  ///< features to forecast; none: all that are not known in advance
  std::vector<Index> inputs = {};   ///< features whose past is read; none: all that are not known in advance
  /// Features that are known in advance, such as the hour of the day. They are read gap + horizon steps ahead: the last
  /// steps of an input hold their values at the steps that are to be forecast (all of them if lookback >= horizon).
  std::vector<Index> known_future = {};
  Index sampling_step = 1;     ///< rows from one step to the next, at least 1: 6 makes hours of rows 10 minutes apart
  Index gap = 0;               ///< steps left out between the inputs and the first target, at least 0
  bool include_input = false;  ///< the targets are those at the input steps too, before those at the target steps
};

/// The windows of one series as samples: `lookback` steps in, the `horizon` steps after them out. Inputs hold the past
/// of the features `inputs`, then `known_future`; targets are one step [time=1, features=horizon * targets], step after
/// step. A view: nothing is copied before a batch is gathered, and the series must outlive it.
template <class S>
class Windows final : public Dataset<S> {
 public:
  /// All windows whose target rows lie in `part` of `series` [L, 1, F]; their inputs may reach back before it. Throws
  /// ConfigError for options out of their ranges or a part or feature outside the series, DataError if there is no such
  /// window or a value that a window uses is not finite.
  Windows(const Sequence<S>& series, const WindowOptions& options, const IndexRange& part)
      : series_(&series), options_(options) {
    require_positive("Windows", "a lookback", options.lookback);
    require_positive("Windows", "a horizon", options.horizon);
    require_positive("Windows", "a stride", options.stride);
    require_positive("Windows", "a sampling_step", options.sampling_step);
    if (options.gap < 0) fail<ConfigError>("Windows", "expected a gap of at least 0, got ", options.gap);
    if (series.batch() != 1) fail<ShapeError>("Windows", "expected one series (batch 1), got ", series.shape());
    if (part.begin < 0 || part.end > series.time())
      fail<ConfigError>("Windows", "expected a part of the series, got steps ", part.begin, " to ", part.end, " of ",
                        series.shape());
    choose_features(options_.targets, "target");
    choose_features(options_.inputs, "input");
    require_features_inside(options_.known_future, "known_future");

    const Index past = (options.lookback + options.gap) * options.sampling_step;
    const Index ahead = (options.horizon - 1) * options.sampling_step;  // from the first target row to the last
    first_target_ = (std::max)(part.begin, past);
    const Index free_rows = part.end - 1 - ahead - first_target_;
    if (free_rows < 0)
      fail<DataError>("Windows", "expected a part with room for a window of ", options.lookback, " + ", options.horizon,
                      " steps", options.sampling_step > 1 || options.gap > 0 ? " (with sampling_step and gap)" : "",
                      ", got steps ", part.begin, " to ", part.end, " of a series of ", series.time(),
                      "; use a longer series or a smaller lookback or horizon");
    size_ = free_rows / options.stride + 1;
    require_finite_rows(first_target_ - past, first_target_ + (size_ - 1) * options.stride + ahead + 1);
  }
  Windows(const Sequence<S>& series, const WindowOptions& options) : Windows(series, options, {0, series.time()}) {}
  Windows(Sequence<S>&&, const WindowOptions&, const IndexRange&) = delete;  // the series would be gone
  Windows(Sequence<S>&&, const WindowOptions&) = delete;

  Index size() const override { return size_; }
  SampleShape input_shape() const override {
    return {options_.lookback, static_cast<Index>(options_.inputs.size() + options_.known_future.size())};
  }
  SampleShape target_shape() const override {
    return {1, (options_.horizon + (options_.include_input ? options_.lookback : 0)) *
                   static_cast<Index>(options_.targets.size())};
  }
  const Sequence<S>& series() const { return *series_; }
  /// As given, with the features that "none" stands for.
  const WindowOptions& options() const { return options_; }
  /// The row of the series that is the first target of window i.
  Index target_step(Index i) const { return first_target_ + i * options_.stride; }
  /// The row of the last input step of window i.
  Index last_input_step(Index i) const { return target_step(i) - (options_.gap + 1) * options_.sampling_step; }

  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override {
    const Index batch = static_cast<Index>(samples.size());
    x.resize({options_.lookback, batch, input_shape().features});
    target.resize({1, batch, target_shape().features});
    for (Index b = 0; b < batch; ++b) {
      const Index window = samples[static_cast<std::size_t>(b)];
      copy_input(window, options_.inputs, b, x);
      copy_target(window, options_.targets, b, target);
    }
  }

  /// Column b of x becomes the input of the window, with the past of the features `inputs`, which need not be those of
  /// the options, before `known_future`.
  void copy_input(Index window, std::span<const Index> inputs, Index b, Sequence<S>& x) const {
    const Index last = last_input_step(window), step = options_.sampling_step;
    const Index ahead = (options_.gap + options_.horizon) * step;
    for (Index t = 0; t < options_.lookback; ++t) {
      const Index row = last - (options_.lookback - 1 - t) * step;
      S* to = copy_features(row, inputs, x.step_data(t) + b * x.features());
      copy_features(row + ahead, options_.known_future, to);
    }
  }

  /// Column b of target becomes that of the window, of the features `targets`.
  void copy_target(Index window, std::span<const Index> targets, Index b, Sequence<S>& target) const {
    S* to = target.data() + b * target.features();
    const Index step = options_.sampling_step;
    if (options_.include_input)
      for (Index t = options_.lookback; t-- > 0;) to = copy_features(last_input_step(window) - t * step, targets, to);
    for (Index h = 0; h < options_.horizon; ++h) to = copy_features(target_step(window) + h * step, targets, to);
  }

 private:
  S* copy_features(Index row, std::span<const Index> features, S* to) const {
    const S* from = series_->step_data(row);
    for (const Index feature : features) *to++ = from[feature];
    return to;
  }

  void choose_features(std::vector<Index>& features, std::string_view what) const {
    const std::vector<Index>& known = options_.known_future;
    if (features.empty())
      for (Index f = 0; f < series_->features(); ++f)
        if (std::find(known.begin(), known.end(), f) == known.end()) features.push_back(f);
    require_features_inside(features, what);
  }

  void require_features_inside(const std::vector<Index>& features, std::string_view what) const {
    for (const Index feature : features)
      if (feature < 0 || feature >= series_->features())
        fail<ConfigError>("Windows", "expected ", what, " features from 0 to ", series_->features() - 1, ", got ",
                          feature);
  }

  void require_finite_rows(Index begin, Index end) const {
    for (const auto* features : {&options_.inputs, &options_.targets, &options_.known_future})
      for (const Index f : *features)
        for (Index row = begin; row < end; ++row)
          if (const S value = (*series_)(row, 0, f); !std::isfinite(value))
            fail<DataError>("Windows", "expected finite values, got ", value, " in row ", row, ", feature ", f,
                            " of the series (counted from 0)");
  }

  const Sequence<S>* series_;
  WindowOptions options_;
  Index first_target_ = 0;
  Index size_ = 0;
};

}  // namespace tsattn
