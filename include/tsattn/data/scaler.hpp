#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/dataset.hpp>

namespace tsattn {

/// none: as it is.  standard: mean 0, standard deviation 1 (of the population).  min_max: into [0, 1].  robust: median
/// 0, interquartile range 1, so that a few outliers move nothing.
/// As scikit-learn's StandardScaler, MinMaxScaler and RobustScaler (Pedregosa et al. 2011), but for constant features.
enum class Scaling { none, standard, min_max, robust };

template <>
struct EnumNames<Scaling> {
  static constexpr std::string_view kOption = "scaling";
  static constexpr std::pair<std::string_view, Scaling> kNames[] = {{"none", Scaling::none},
                                                                    {"standard", Scaling::standard},
                                                                    {"min_max", Scaling::min_max},
                                                                    {"robust", Scaling::robust}};
};

namespace scaler_parts {

/// std::lerp for a <= b and t in [0, 1), with the bits that it has where nothing is fused.
inline double on_line(double a, double b, double t) {
  if (a <= 0 && b >= 0) return unfused_product(t, b) + unfused_product(1 - t, a);
  return (std::min)(a + unfused_product(t, b - a), b);
}

/// The value below which the share `fraction` of `sorted` lies, which is not empty; between two values, on the line
/// that joins them: definition 7 of Hyndman & Fan 1996, "Sample quantiles in statistical packages", NumPy's default.
inline double quantile(std::span<const double> sorted, double fraction) {
  const double place = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 == sorted.size()) return sorted[below];
  return on_line(sorted[below], sorted[below + 1], place - static_cast<double>(below));
}

}  // namespace scaler_parts

/// An invertible affine map for every feature of a series: scaled = (value - shift) / scale. What it learns comes from
/// the steps it is given and from no other, so that a scaler fitted on the training part cannot leak the future.
class Scaler {
 public:
  /// Learns from the steps `part` of `series` [L, 1, F]. Throws DataError if the part is empty, a value in it is not
  /// finite, or a feature has no scale there (it is constant or, for `robust`, its middle half is); ConfigError if the
  /// part is not inside the series.
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
      if (scaling == Scaling::robust) {
        scaler.append_robust(series, part, feature);
        continue;
      }
      const double count = static_cast<double>(part.size()), mean = sum / count;
      double squares = 0;
      for (Index t = part.begin; t < part.end; ++t) {
        const double deviation = static_cast<double>(series(t, 0, feature)) - mean;
        squares += unfused_product(deviation, deviation);
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

  /// The scaler of the features `chosen`, in that order: of the targets, to undo the scaling of forecasts. Throws
  /// ConfigError if there is no such feature.
  Scaler select(std::span<const Index> chosen) const {
    Scaler selected;
    for (const Index feature : chosen) {
      if (feature < 0 || feature >= features())
        fail<ConfigError>("Scaler::select", "expected features from 0 to ", features() - 1, ", got ", feature);
      selected.append(shift(feature), scale(feature));
    }
    return selected;
  }
  Scaler select(std::initializer_list<Index> chosen) const { return select(std::span(chosen.begin(), chosen.size())); }

  /// The whole series, scaled, in the scalar `To`; none: the one it has. The arithmetic is in double: what is learned
  /// from and scaled in double and then used in float is rounded once. Throws ShapeError if the series has other
  /// features than the one learned from.
  template <class To = void, class From>
  auto transform(const Sequence<From>& series) const {
    return mapped<To>(series, [&](double value, std::size_t f) { return (value - shift_[f]) / scale_[f]; });
  }

  /// Undoes `transform`, up to rounding.
  template <class To = void, class From>
  auto inverse_transform(const Sequence<From>& series) const {
    return mapped<To>(series,
                      [&](double value, std::size_t f) { return unfused_product(value, scale_[f]) + shift_[f]; });
  }

 private:
  void append(double shift, double scale) {
    shift_.push_back(shift);
    scale_.push_back(scale);
  }

  template <class S>
  void append_robust(const Sequence<S>& series, const IndexRange& part, Index feature) {
    std::vector<double> values;
    for (Index t = part.begin; t < part.end; ++t) values.push_back(static_cast<double>(series(t, 0, feature)));
    std::sort(values.begin(), values.end());
    const double low = scaler_parts::quantile(values, 0.25), high = scaler_parts::quantile(values, 0.75);
    if (low == high)
      fail<DataError>("Scaler::fit", "expected a feature whose middle half varies, got feature ", feature,
                      " with the value ", low, " from its 25th to its 75th percentile; use another scaling for it");
    append(scaler_parts::quantile(values, 0.5), high - low);
  }

  template <class To, class From, class Map>
  auto mapped(const Sequence<From>& series, const Map& map) const {
    using Scalar = std::conditional_t<std::is_void_v<To>, From, To>;
    if (series.features() != features())
      fail<ShapeError>("Scaler", "expected ", features(), " features, got ", series.shape());
    Sequence<Scalar> result(series.shape());
    for (Index i = 0; i < series.size(); ++i)
      result.data()[i] = static_cast<Scalar>(
          map(static_cast<double>(series.data()[i]), static_cast<std::size_t>(i % series.features())));
    return result;
  }

  std::vector<double> shift_, scale_;
};

}  // namespace tsattn
