#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/data/dataset.hpp>

namespace tsattn {

/// none: as it is.  standard: mean 0, standard deviation 1 (of the population, as in scikit-learn).  min_max: into [0,
/// 1].
enum class Scaling { none, standard, min_max };

template <>
struct EnumNames<Scaling> {
  static constexpr std::string_view kOption = "scaling";
  static constexpr std::pair<std::string_view, Scaling> kNames[] = {
      {"none", Scaling::none}, {"standard", Scaling::standard}, {"min_max", Scaling::min_max}};
};

/// An invertible affine map for every feature of a series: scaled = (value - shift) / scale. What it learns comes from
/// the steps it is given and from no other, so that a scaler fitted on the training part cannot leak the future.
class Scaler {
 public:
  /// Learns from the steps `part` of `series` [L, 1, F]. Throws DataError if the part is empty, a value in it is not
  /// finite, or a feature is constant there (it has no scale); ConfigError if the part is not inside the series.
  template <class S>
  static Scaler fit(Scaling scaling, const Sequence<S>& series, const IndexRange& part) {
    if (part.begin < 0 || part.end > series.time() || series.batch() != 1)
      fail<ConfigError>("Scaler::fit", "expected a part of a series with batch 1, got steps ", part.begin, " to ",
                        part.end, " of ", series.shape());
    if (part.size() <= 0) fail<DataError>("Scaler::fit", "expected at least one step to learn from, got none");
    Scaler scaler;
    for (Index feature = 0; feature < series.features(); ++feature) {
      double sum = 0, smallest = HUGE_VAL, largest = -HUGE_VAL;
      for (Index t = part.begin; t < part.end; ++t) {
        const auto value = static_cast<double>(series(t, 0, feature));
        if (!std::isfinite(value))
          fail<DataError>("Scaler::fit", "expected finite values, got ", value, " at step ", t, ", feature ", feature);
        sum += value;
        smallest = (std::min)(smallest, value);
        largest = (std::max)(largest, value);
      }
      if (scaling == Scaling::none) {
        scaler.append(0, 1);
        continue;
      }
      if (smallest == largest)
        fail<DataError>("Scaler::fit", "expected a feature that varies, got feature ", feature, " with the value ",
                        smallest, " at all ", part.size(), " steps; leave the feature out or use Scaling::none");
      if (scaling == Scaling::min_max) {
        scaler.append(smallest, largest - smallest);
        continue;
      }
      const double count = static_cast<double>(part.size()), mean = sum / count;
      double squares = 0;
      for (Index t = part.begin; t < part.end; ++t) {
        const double deviation = static_cast<double>(series(t, 0, feature)) - mean;
        squares += deviation * deviation;
      }
      scaler.append(mean, std::sqrt(squares / count));
    }
    return scaler;
  }

  /// One that was fitted before: shift and scale of every feature. Throws ConfigError unless there are as many of both
  /// and all are finite, no scale 0.
  static Scaler from(std::vector<double> shift, std::vector<double> scale) {
    if (shift.size() != scale.size())
      fail<ConfigError>("Scaler::from", "expected as many scales as shifts, got ", scale.size(), " and ", shift.size());
    for (std::size_t f = 0; f < shift.size(); ++f)
      if (!std::isfinite(shift[f]) || !std::isfinite(scale[f]) || scale[f] == 0)
        fail<ConfigError>("Scaler::from", "expected a finite shift and a finite scale other than 0, got ", shift[f],
                          " and ", scale[f], " of feature ", f);
    Scaler scaler;
    scaler.shift_ = std::move(shift);
    scaler.scale_ = std::move(scale);
    return scaler;
  }

  Index features() const { return static_cast<Index>(shift_.size()); }
  double shift(Index feature) const { return shift_.at(static_cast<std::size_t>(feature)); }
  double scale(Index feature) const { return scale_.at(static_cast<std::size_t>(feature)); }

  /// The whole series, scaled. Throws ShapeError if it has other features than the one learned from.
  template <class S>
  Sequence<S> transform(const Sequence<S>& series) const {
    return mapped(series, [&](double value, std::size_t f) { return (value - shift_[f]) / scale_[f]; });
  }

  /// Undoes `transform`, up to rounding.
  template <class S>
  Sequence<S> inverse_transform(const Sequence<S>& series) const {
    return mapped(series, [&](double value, std::size_t f) { return value * scale_[f] + shift_[f]; });
  }

 private:
  void append(double shift, double scale) {
    shift_.push_back(shift);
    scale_.push_back(scale);
  }

  template <class S, class Map>
  Sequence<S> mapped(const Sequence<S>& series, const Map& map) const {
    if (series.features() != features())
      fail<ShapeError>("Scaler", "expected ", features(), " features, got ", series.shape());
    Sequence<S> result(series.shape());
    for (Index i = 0; i < series.size(); ++i)
      result.data()[i] =
          static_cast<S>(map(static_cast<double>(series.data()[i]), static_cast<std::size_t>(i % series.features())));
    return result;
  }

  std::vector<double> shift_, scale_;
};

}  // namespace tsattn
