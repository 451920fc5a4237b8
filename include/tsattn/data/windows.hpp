#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/data/dataset.hpp>

namespace tsattn {

struct WindowOptions {
  Index lookback = 0;               ///< input steps, at least 1
  Index horizon = 1;                ///< target steps that follow them, at least 1
  Index stride = 1;                 ///< steps from one window to the next, at least 1
  std::vector<Index> targets = {};  ///< features to forecast; none: all
};

/// The windows of one series as samples: `lookback` steps of all features in, the `horizon` steps after them out, the
/// target features of these as one step [time=1, features=horizon * targets], step after step. A view: nothing is
/// copied before a batch is gathered, and the series must outlive it.
template <class S>
class Windows final : public Dataset<S> {
 public:
  /// All windows whose target steps lie in `part` of `series` [L, 1, F]; their inputs may reach back before it. Throws
  /// ConfigError for sizes below 1 or a part or target outside the series, DataError if there is no such window or a
  /// value that a window uses is not finite.
  Windows(const Sequence<S>& series, const WindowOptions& options, const IndexRange& part)
      : series_(&series), options_(options) {
    require_positive("Windows", "a lookback", options.lookback);
    require_positive("Windows", "a horizon", options.horizon);
    require_positive("Windows", "a stride", options.stride);
    if (series.batch() != 1) fail<ShapeError>("Windows", "expected one series (batch 1), got ", series.shape());
    if (part.begin < 0 || part.end > series.time())
      fail<ConfigError>("Windows", "expected a part of the series, got steps ", part.begin, " to ", part.end, " of ",
                        series.shape());
    if (options_.targets.empty()) {
      options_.targets.resize(static_cast<std::size_t>(series.features()));
      std::iota(options_.targets.begin(), options_.targets.end(), Index{0});
    }
    for (const Index target : options_.targets)
      if (target < 0 || target >= series.features())
        fail<ConfigError>("Windows", "expected target features from 0 to ", series.features() - 1, ", got ", target);
    first_target_ = (std::max)(part.begin, options.lookback);
    const Index free_steps = part.end - first_target_ - options.horizon;
    if (free_steps < 0)
      fail<DataError>("Windows", "expected a part with room for a window of ", options.lookback, " + ", options.horizon,
                      " steps, got steps ", part.begin, " to ", part.end, " of a series of ", series.time(),
                      "; use a longer series or a smaller lookback or horizon");
    size_ = free_steps / options.stride + 1;
    require_finite_steps(first_target_ - options.lookback,
                         first_target_ + (size_ - 1) * options.stride + options.horizon);
  }
  Windows(const Sequence<S>& series, const WindowOptions& options) : Windows(series, options, {0, series.time()}) {}
  Windows(Sequence<S>&&, const WindowOptions&, const IndexRange&) = delete;  // the series would be gone
  Windows(Sequence<S>&&, const WindowOptions&) = delete;

  Index size() const override { return size_; }
  SampleShape input_shape() const override { return {options_.lookback, series_->features()}; }
  SampleShape target_shape() const override {
    return {1, options_.horizon * static_cast<Index>(options_.targets.size())};
  }
  const WindowOptions& options() const { return options_; }
  /// The step of the series that is the first target of window i; its input ends one step before.
  Index target_step(Index i) const { return first_target_ + i * options_.stride; }

  void gather(std::span<const Index> samples, Sequence<S>& x, Sequence<S>& target) const override {
    const Index batch = static_cast<Index>(samples.size()), features = series_->features();
    x.resize({options_.lookback, batch, features});
    target.resize({1, batch, target_shape().features});
    S* to = target.data();
    for (Index b = 0; b < batch; ++b) {
      const Index target_begin = target_step(samples[static_cast<std::size_t>(b)]);
      const S* from = series_->step_data(target_begin - options_.lookback);
      for (Index t = 0; t < options_.lookback; ++t, from += features)
        std::copy_n(from, features, x.step_data(t) + b * features);
      for (Index h = 0; h < options_.horizon; ++h)
        for (const Index feature : options_.targets) *to++ = (*series_)(target_begin + h, 0, feature);
    }
  }

 private:
  void require_finite_steps(Index begin, Index end) const {
    for (Index t = begin; t < end; ++t)
      for (Index f = 0; f < series_->features(); ++f)
        if (!std::isfinite((*series_)(t, 0, f)))
          fail<DataError>("Windows", "expected finite values, got ", (*series_)(t, 0, f), " in row ", t, ", feature ",
                          f, " of the series (counted from 0)");
  }

  const Sequence<S>* series_;
  WindowOptions options_;
  Index first_target_ = 0;
  Index size_ = 0;
};

}  // namespace tsattn
