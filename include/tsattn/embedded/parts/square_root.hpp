#ifndef TSATTN_EMBEDDED_PARTS_SQUARE_ROOT_HPP
#define TSATTN_EMBEDDED_PARTS_SQUARE_ROOT_HPP

#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// What square_root knows of a type. Half the bits of x, as an integer, plus kStart are the bits of a number that is
/// within 3.5 % of its root: halving them halves the exponent, and takes the line for the curve between powers of 2.
template <class Real>
struct RootOf;
template <>
struct RootOf<float> {
  using Bits = uint32_t;
  static constexpr Bits kStart = 0x1FBD1DF5U, kInfinity = 0x7F800000U, kSmallestNormal = 0x00800000U;
  static constexpr float kUp = 16777216.0F * 16777216.0F, kDown = 1.0F / 16777216.0F;  // 2^48, 2^-24
  static constexpr int kSteps = 3;  // relative errors: 3.5e-2, 6e-4, 2e-7, 2e-14
};
template <>
struct RootOf<double> {
  using Bits = uint64_t;
  static constexpr Bits kStart = 0x1FF7A3BEA91D9B1BU, kInfinity = 0x7FF0000000000000U,
                        kSmallestNormal = 0x0010000000000000U;
  static constexpr double kUp = 4503599627370496.0 * 4503599627370496.0, kDown = 1.0 / 4503599627370496.0;  // 2^104
  static constexpr int kSteps = 4;
};

/// The square root of a float or double, to 1 unit in the last place, without a mathematical library: steps of Heron,
/// y = (y + x / y) / 2, each of which squares the error. Of negative numbers NaN, of 0, infinity and NaN themselves.
template <class Real>
TSATTN_EMBEDDED_INLINE Real square_root(Real x) {
  using Root = RootOf<Real>;
  using Bits = typename Root::Bits;
  const Bits bits = same_bits<Bits>(x);
  // Compared as integers, for with -ffast-math nothing is infinite or NaN.
  if (bits << 1 == 0 || bits == Root::kInfinity) return x;
  if (bits > Root::kInfinity) return same_bits<Real>(static_cast<Bits>(~Bits{0}));
  const bool is_denormal = bits < Root::kSmallestNormal;  // the exponent of such is not in its bits
  if (is_denormal) x *= Root::kUp;
  Real y = same_bits<Real>(static_cast<Bits>((same_bits<Bits>(x) >> 1) + Root::kStart));
  for (int step = 0; step < Root::kSteps; ++step) y = (y + x / y) * static_cast<Real>(0.5);
  return is_denormal ? y * Root::kDown : y;
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
