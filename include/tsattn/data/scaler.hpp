#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// none: as it is.  standard: mean 0, standard deviation 1 (of the population).  min_max: into [0, 1].  robust: median
/// 0, interquartile range 1, so that a few outliers move nothing.
/// They are scikit-learn's StandardScaler, MinMaxScaler and RobustScaler (Pedregosa et al. 2011), except for constant
/// features.
enum class Scaling { none, standard, min_max, robust };

template <>
struct EnumNames<Scaling> {
  static constexpr std::string_view kOption = "scaling";
  static constexpr std::pair<std::string_view, Scaling> kNames[] = {{"none", Scaling::none},
                                                                    {"standard", Scaling::standard},
                                                                    {"min_max", Scaling::min_max},
                                                                    {"robust", Scaling::robust}};
};

/// An invertible affine map for every feature of a series: scaled = (value - shift) / scale. What it learns comes from
/// the steps it is given and from no other, so that a scaler fitted on the training part cannot leak the future.
class Scaler {
 public:
  /// Learns from the steps `part` of `series` [L, 1, F]. Throws DataError if the part is empty, a value in it is not
  /// finite, or a feature has no scale there (it is constant or, for `robust`, its middle half is); ConfigError if the
  /// part is not inside the series.
  template <class S>
  static Scaler fit(Scaling scaling, const Sequence<S>& series, const IndexRange& part);

  /// Makes a scaler that was fitted before, from shift and scale of every feature. Throws ConfigError unless there are
  /// as many of both and all are finite, no scale 0.
  static Scaler from(std::vector<double> shift, std::vector<double> scale);

  Index features() const { return static_cast<Index>(shift_.size()); }
  double shift(Index feature) const { return shift_.at(static_cast<std::size_t>(feature)); }
  double scale(Index feature) const { return scale_.at(static_cast<std::size_t>(feature)); }

  /// The scaler of the features `chosen`, in that order: of the targets, to undo the scaling of forecasts. Throws
  /// ConfigError if there is no such feature.
  Scaler select(std::span<const Index> chosen) const;
  Scaler select(std::initializer_list<Index> chosen) const { return select(std::span(chosen.begin(), chosen.size())); }

  /// The whole series, scaled, in the scalar `To`; none: the one it has. The arithmetic is in double: what is learned
  /// from and scaled in double and then used in float is rounded once. Throws ShapeError if the series has other
  /// features than the one learned from.
  template <class To = void, class From>
  auto transform(const Sequence<From>& series) const {
    Sequence<std::conditional_t<std::is_void_v<To>, From, To>> scaled;
    scale_values(series, scaled);
    return scaled;
  }

  /// Undoes `transform`, up to rounding.
  template <class To = void, class From>
  auto inverse_transform(const Sequence<From>& series) const {
    Sequence<std::conditional_t<std::is_void_v<To>, From, To>> plain;
    unscale_values(series, plain);
    return plain;
  }

 private:
  void append(double shift, double scale);
  template <class S>
  void append_robust(const Sequence<S>& series, const IndexRange& part, Index feature);

  template <class From, class To>
  void scale_values(const Sequence<From>& series, Sequence<To>& scaled) const;
  template <class From, class To>
  void unscale_values(const Sequence<From>& series, Sequence<To>& plain) const;
  template <class From, class To, class Map>
  void map_values(const Sequence<From>& from, Sequence<To>& to, const Map& map) const;

  std::vector<double> shift_, scale_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/scaler.inl>
#endif
