#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/index.hpp>

namespace airline_passengers {

/// none: the value.  cube_root, log: of it, which turns a season that grows with the level into one that does less, or
/// not at all (the powers 1, 1/3 and 0 of Box & Cox 1964, "An analysis of transformations").
enum class Curve { none, cube_root, log };

/// What the model sees instead of the values y of a series:
///   z_t = g(y_t) - g(y_{t - lag}), or g(y_t) for lag 0        g the curve
struct Transform {
  Curve curve = Curve::none;
  tsattn::Index lag = 0;

  /// Whether a value is finite and, for a logarithm, above 0.
  bool takes(double y) const;

  /// z of the months from `lag` on. Throws tsattn::DataError for a logarithm of a value that is not above 0, or if
  /// there is no such month.
  std::vector<double> apply(std::span<const double> y) const;

  /// The value after `before`, at least `lag` values, whose z is given.
  double undo(double z, std::span<const double> before) const;
};

}  // namespace airline_passengers

template <>
struct tsattn::EnumNames<airline_passengers::Curve> {
  static constexpr std::string_view kOption = "transform";
  static constexpr std::pair<std::string_view, airline_passengers::Curve> kNames[] = {
      {"none", airline_passengers::Curve::none},
      {"cube-root", airline_passengers::Curve::cube_root},
      {"log", airline_passengers::Curve::log}};
};
