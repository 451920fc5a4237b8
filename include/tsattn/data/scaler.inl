#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/scaler.hpp>

namespace tsattn {

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

template <class S>
Scaler Scaler::fit(Scaling scaling, const Sequence<S>& series, const IndexRange& part) {
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

TSATTN_LIBRARY_FUNCTION Scaler Scaler::from(std::vector<double> shift, std::vector<double> scale) {
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

TSATTN_LIBRARY_FUNCTION Scaler Scaler::select(std::span<const Index> chosen) const {
  Scaler selected;
  for (const Index feature : chosen) {
    if (feature < 0 || feature >= features())
      fail<ConfigError>("Scaler::select", "expected features from 0 to ", features() - 1, ", got ", feature);
    selected.append(shift(feature), scale(feature));
  }
  return selected;
}

TSATTN_LIBRARY_FUNCTION void Scaler::append(double shift, double scale) {
  shift_.push_back(shift);
  scale_.push_back(scale);
}

template <class S>
void Scaler::append_robust(const Sequence<S>& series, const IndexRange& part, Index feature) {
  std::vector<double> values;
  for (Index t = part.begin; t < part.end; ++t) values.push_back(static_cast<double>(series(t, 0, feature)));
  std::sort(values.begin(), values.end());
  const double low = scaler_parts::quantile(values, 0.25), high = scaler_parts::quantile(values, 0.75);
  if (low == high)
    fail<DataError>("Scaler::fit", "expected a feature whose middle half varies, got feature ", feature,
                    " with the value ", low, " from its 25th to its 75th percentile; use another scaling for it");
  append(scaler_parts::quantile(values, 0.5), high - low);
}

template <class From, class To, class Map>
void Scaler::map_values(const Sequence<From>& from, Sequence<To>& to, const Map& map) const {
  if (from.features() != features())
    fail<ShapeError>("Scaler", "expected ", features(), " features, got ", from.shape());
  to.resize(from.shape());
  for (Index i = 0; i < from.size(); ++i)
    to.data()[i] =
        static_cast<To>(map(static_cast<double>(from.data()[i]), static_cast<std::size_t>(i % from.features())));
}

template <class From, class To>
void Scaler::scale_values(const Sequence<From>& series, Sequence<To>& scaled) const {
  map_values(series, scaled, [&](double value, std::size_t f) { return (value - shift_[f]) / scale_[f]; });
}

template <class From, class To>
void Scaler::unscale_values(const Sequence<From>& series, Sequence<To>& plain) const {
  map_values(series, plain, [&](double value, std::size_t f) { return unfused_product(value, scale_[f]) + shift_[f]; });
}

#if defined(TSATTN_COMPILED_LIBRARY)
template Scaler Scaler::fit(Scaling, const Sequence<float>&, const IndexRange&);
template Scaler Scaler::fit(Scaling, const Sequence<double>&, const IndexRange&);
template void Scaler::scale_values(const Sequence<float>&, Sequence<float>&) const;
template void Scaler::scale_values(const Sequence<float>&, Sequence<double>&) const;
template void Scaler::scale_values(const Sequence<double>&, Sequence<float>&) const;
template void Scaler::scale_values(const Sequence<double>&, Sequence<double>&) const;
template void Scaler::unscale_values(const Sequence<float>&, Sequence<float>&) const;
template void Scaler::unscale_values(const Sequence<float>&, Sequence<double>&) const;
template void Scaler::unscale_values(const Sequence<double>&, Sequence<float>&) const;
template void Scaler::unscale_values(const Sequence<double>&, Sequence<double>&) const;
#endif

}  // namespace tsattn
