#ifndef TSATTN_EMBEDDED_PARTS_MATH_HPP
#define TSATTN_EMBEDDED_PARTS_MATH_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// tanh x = x P(x^2) / Q(x^2) for |x| <= 9, from where on it is 1. P and Q, of degree 4, are the minimax fit of the
/// relative error on [0, 8.92] (least squares with Lawson's weights, in 64-bit digits), 2e-8 before their numbers are
/// rounded; in float the error is below 3e-7 with fused multiplications, below 3.5e-7 without, 6e-8 in the mean. Of the
/// neighbours of the rounded numbers these are the ones that give 1 at 9, so that a gate that is open lets everything
/// pass. One division after four dependent instructions: e^x would take twice as many.
struct TanhFit {
  static constexpr float kLargest = 9.0F;
  static constexpr float kP[] = {1.0F, 0.133862376F, 0.00350178569F, 2.0711479e-05F, 1.34976839e-08F};
  static constexpr float kQ[] = {1.0F, 0.467195541F, 0.0259005409F, 0.000329578615F, 7.83483188e-07F};
};

constexpr float power(float base, int exponent) { return exponent == 0 ? 1.0F : base * power(base, exponent - 1); }

/// factor tanh(x / kDivisor). The numbers of a divisor that is a power of two are those of tanh, scaled without
/// rounding. NaN for NaN: the comparisons are false then.
template <size_t W, size_t kDivisor>
TSATTN_EMBEDDED_INLINE Floats<W> scaled_tanh(Floats<W> x, Floats<W> factor) {
  constexpr float kScale = 1.0F / static_cast<float>(kDivisor);
  constexpr float kP0 = TanhFit::kP[0] * kScale, kP1 = TanhFit::kP[1] * power(kScale, 3),
                  kP2 = TanhFit::kP[2] * power(kScale, 5), kP3 = TanhFit::kP[3] * power(kScale, 7),
                  kP4 = TanhFit::kP[4] * power(kScale, 9);
  constexpr float kQ0 = TanhFit::kQ[0], kQ1 = TanhFit::kQ[1] * power(kScale, 2),
                  kQ2 = TanhFit::kQ[2] * power(kScale, 4), kQ3 = TanhFit::kQ[3] * power(kScale, 6),
                  kQ4 = TanhFit::kQ[4] * power(kScale, 8);
  const Floats<W> high = set<W>(TanhFit::kLargest * static_cast<float>(kDivisor));
  x = high < x ? high : x;
  x = -high > x ? -high : x;
  const Floats<W> t = x * x, y = x * factor;
  const Floats<W> t2 = t * t;
  const Floats<W> p01 = fma<W>(set<W>(kP1), t, set<W>(kP0)), q01 = fma<W>(set<W>(kQ1), t, set<W>(kQ0));
  const Floats<W> p23 = fma<W>(set<W>(kP3), t, set<W>(kP2)), q23 = fma<W>(set<W>(kQ3), t, set<W>(kQ2));
  const Floats<W> p234 = fma<W>(t2, set<W>(kP4), p23), q234 = fma<W>(t2, set<W>(kQ4), q23);
  return fma<W>(y * t2, p234, y * p01) / fma<W>(t2, q234, q01);
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> tanh(Floats<W> x) {
  return scaled_tanh<W, 1>(x, set<W>(1.0F));
}
/// 1/2 + tanh(x / 2) / 2
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> sigmoid(Floats<W> x) {
  return fma<W>(scaled_tanh<W, 2>(x, set<W>(1.0F)), set<W>(0.5F), set<W>(0.5F));
}

template <size_t W>
TSATTN_EMBEDDED_INLINE Integers<W> to_integers(Floats<W> x) {
  if constexpr (W == 1) {
    return static_cast<int32_t>(x);
  } else {
    return __builtin_convertvector(x, Integers<W>);
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> to_floats(Integers<W> x) {
  if constexpr (W == 1) {
    return static_cast<float>(x);
  } else {
    return __builtin_convertvector(x, Floats<W>);
  }
}

/// e^x for x <= 0; e^-87 below -87, and for what is no number. With y = -x: e^x = 2^-n e^r, n = y / log 2 rounded, and
/// |r| <= log(2) / 2; e^r = 1 + r + r^2 q(r) with q of kernels/simd/math.inl. Error: 2 units in the last place.
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> exp_of_negative(Floats<W> x) {
  // The magnitude is bounded as an integer, whose order is the same: nothing but small numbers is ever converted.
  const Integers<W> largest = same_bits<Integers<W>>(set<W>(87.0F));
  Integers<W> bits = same_bits<Integers<W>>(x) & 0x7FFFFFFF;
  bits = largest < bits ? largest : bits;
  const Floats<W> y = same_bits<Floats<W>>(bits);
  const Integers<W> n = to_integers<W>(fma<W>(y, set<W>(1.44269504F), set<W>(0.5F)));
  const Floats<W> whole = to_floats<W>(n);
  const Floats<W> r = fma<W>(whole, set<W>(-2.12194440e-4F), fma<W>(whole, set<W>(0.693359375F), -y));
  Floats<W> q = set<W>(0.0013926183587713495F);
  q = fma<W>(q, r, set<W>(0.0083631790527225774F));
  q = fma<W>(q, r, set<W>(0.041666554617204574F));
  q = fma<W>(q, r, set<W>(0.16666576989698776F));
  q = fma<W>(q, r, set<W>(0.5F));
  return (fma<W>(q, r * r, r) + 1.0F) * same_bits<Floats<W>>((127 - n) << 23);
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
