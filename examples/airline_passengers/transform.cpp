#include "transform.hpp"

#include <cmath>
#include <cstddef>

#include <tsattn/core/errors.hpp>

namespace airline_passengers {

namespace ts = tsattn;

namespace {

double bent(Curve curve, double y) {
  if (curve == Curve::log) return std::log(y);
  return curve == Curve::cube_root ? std::cbrt(y) : y;
}

double unbent(Curve curve, double g) {
  if (curve == Curve::log) return std::exp(g);
  return curve == Curve::cube_root ? g * g * g : g;
}

}  // namespace

bool Transform::takes(double y) const { return std::isfinite(y) && (curve != Curve::log || y > 0); }

std::vector<double> Transform::apply(std::span<const double> y) const {
  if (static_cast<ts::Index>(y.size()) <= lag)
    ts::fail<ts::DataError>("--difference", "expected more than ", lag, " months for differences of months ", lag,
                            " apart, got ", y.size());
  const auto step = static_cast<std::size_t>(lag);
  std::vector<double> z;
  for (std::size_t month = 0; month < y.size(); ++month) {
    if (curve == Curve::log && !(y[month] > 0))
      ts::fail<ts::DataError>("--transform", "expected values above 0 to take logarithms of, got ", y[month],
                              " in row ", month, ", counted from 0; use --transform cube-root or none");
    if (month < step) continue;
    z.push_back(bent(curve, y[month]) - (lag > 0 ? bent(curve, y[month - step]) : 0));
  }
  return z;
}

double Transform::undo(double z, std::span<const double> before) const {
  if (lag == 0) return unbent(curve, z);
  return unbent(curve, z + bent(curve, before[before.size() - static_cast<std::size_t>(lag)]));
}

}  // namespace airline_passengers
