// exp, sigmoid and tanh of a pack. Their largest errors, in units in the last place of the correctly rounded result,
// are in kernels/activation/activation.hpp; tests/kernels/math_test.cpp measures them.

/// The numbers of exp for one scalar type. e^x = 2^n e^r with n = round(x / log 2) and |r| <= log(2) / 2; log 2 is
/// split so that n times its first part is exact. e^r - 1 = r + r^2 q(r); q is a near-minimax polynomial (Chebyshev
/// interpolation in 40 digits), lowest power first, its error relative to e^r - 1 below eps / 5.
template <class S>
struct ExpNumbers;
template <>
struct ExpNumbers<float> {
  static constexpr float kLogHigh = 0.693359375F, kLogLow = -2.12194440e-4F;
  static constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number, in the low bits
  static constexpr float kLargest = 89.0F, kSmallest = -104.0F;  // beyond: infinity and 0
  static constexpr float kTanhIsOne = 20.0F;                     // from this 2 |x| on
  static constexpr int kMantissaBits = 23, kBias = 127;
  static constexpr float kQ[] = {0.5F, 0.16666576989698776F, 0.041666554617204574F, 0.0083631790527225774F,
                                 0.0013926183587713495F};
};
template <>
struct ExpNumbers<double> {
  static constexpr double kLogHigh = 0.693145751953125, kLogLow = 1.42860682030941723212e-6;
  static constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double kLargest = 710.0, kSmallest = -746.0;
  static constexpr double kTanhIsOne = 40.0;
  static constexpr int kMantissaBits = 52, kBias = 1023;
  static constexpr double kQ[] = {0.50000000000000010221,     0.16666666666666667453,   0.041666666666624127873,
                                  0.0083333333333300618325,   0.0013888888917213716901, 0.00019841269863053616878,
                                  0.000024801521295954375131, 2.7557268459997064772e-6, 2.7620088445409748161e-7,
                                  2.5100385495510319078e-8};
};

/// e^x - 1 = 2^n (expm1_r + 1) - 1
template <class S>
struct ReducedExp {
  typename Pack<S>::Type n;
  typename Pack<S>::Bits n_as_integer;
  typename Pack<S>::Type expm1_r;
};

template <class S>
TSATTN_INLINE ReducedExp<S> reduced_exp(typename Pack<S>::Type x) {
  using P = Pack<S>;
  using N = ExpNumbers<S>;
  const typename P::Type rounded = P::fma(x, P::set(S(1.4426950408889634)), P::set(N::kRound));  // x / log 2
  const typename P::Type n = rounded - P::set(N::kRound);
  const typename P::Type r = P::fnma(n, P::set(N::kLogLow), P::fnma(n, P::set(N::kLogHigh), x));
  const typename P::Type r2 = P::fma(r, r, P::zero());  // an unfused product that is denormal takes 100 cycles
  // q(r) = even(r^2) + r odd(r^2): two chains of dependent instructions, half as long as one
  constexpr std::size_t kCount = std::size(N::kQ), kEven = (kCount - 1) / 2 * 2, kOdd = kCount / 2 * 2 - 1;
  typename P::Type even = P::set(N::kQ[kEven]), odd = P::set(N::kQ[kOdd]);
#pragma GCC unroll 8
  for (std::size_t i = kEven; i > 0; i -= 2) even = P::fma(even, r2, P::set(N::kQ[i - 2]));
#pragma GCC unroll 8
  for (std::size_t i = kOdd; i > 1; i -= 2) odd = P::fma(odd, r2, P::set(N::kQ[i - 2]));
  using Bits = typename P::Bits;
  return {n, Bits(rounded) - Bits(P::set(N::kRound)), P::fma(r2, P::fma(odd, r, even), r)};
}

/// 2^n for a normal result
template <class S>
TSATTN_INLINE typename Pack<S>::Type power_of_two(typename Pack<S>::Bits n) {
  using P = Pack<S>;
  return typename P::Type((n + ExpNumbers<S>::kBias) << ExpNumbers<S>::kMantissaBits);
}

/// e^x for x from kSmallest to kLargest, and NaN
template <class S>
TSATTN_INLINE typename Pack<S>::Type exp_in_range(typename Pack<S>::Type x) {
  using P = Pack<S>;
  const auto e = reduced_exp<S>(x);
  const typename P::Type e_r = P::set(1) + e.expm1_r;
#if TSATTN_SIMD_HAS_SCALEF
  return scalef(e_r, e.n);
#else
  // In two factors, for 2^n may not be a normal number where e^x is one, or is denormal; only the last multiplication
  // rounds, as one by 2^n would.
  const typename P::Bits half = e.n_as_integer >> 1;
  return P::fma(e_r * power_of_two<S>(half), power_of_two<S>(e.n_as_integer - half), P::zero());
#endif
}

/// e^x; infinity and 0 beyond the range, NaN for NaN.
template <class S>
TSATTN_INLINE typename Pack<S>::Type exp(typename Pack<S>::Type x) {
  using P = Pack<S>;
  return exp_in_range<S>(P::at_least(ExpNumbers<S>::kSmallest, P::at_most(ExpNumbers<S>::kLargest, x)));
}

/// 1 / (1 + e^-x), from e^-|x| <= 1, which cannot overflow: the small values below x = 0 keep all their digits.
template <class S>
TSATTN_INLINE typename Pack<S>::Type sigmoid(typename Pack<S>::Type x) {
  using P = Pack<S>;
  const typename P::Type e = exp_in_range<S>(P::at_least(ExpNumbers<S>::kSmallest, P::negative_abs(x)));
  return (x < P::zero() ? e : P::set(1)) / (P::set(1) + e);
}

/// tanh |x| = (e^2|x| - 1) / (e^2|x| + 1): from e^y - 1 without cancellation, so that small values keep their digits.
template <class S>
TSATTN_INLINE typename Pack<S>::Type tanh(typename Pack<S>::Type x) {
  using P = Pack<S>;
  const typename P::Type magnitude = P::abs(x);
  const auto e = reduced_exp<S>(P::at_most(ExpNumbers<S>::kTanhIsOne, magnitude + magnitude));
  const typename P::Type scale = power_of_two<S>(e.n_as_integer), expm1 = P::fma(scale, e.expm1_r, scale - P::set(1));
  return P::copy_sign(expm1 / (expm1 + P::set(2)), x);
}
