// The primitives of AVX-512 (F, VL, DQ, BW). 32 registers hold a tile of 4 x 6 packs, one column of A and a scalar.

inline constexpr Index kBytes = 64;
inline constexpr std::size_t kTileCols = 6;

TSATTN_INLINE __m512 fma(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
TSATTN_INLINE __m512d fma(__m512d a, __m512d b, __m512d c) { return _mm512_fmadd_pd(a, b, c); }
TSATTN_INLINE __m512 fnma(__m512 a, __m512 b, __m512 c) { return _mm512_fnmadd_ps(a, b, c); }
TSATTN_INLINE __m512d fnma(__m512d a, __m512d b, __m512d c) { return _mm512_fnmadd_pd(a, b, c); }
// With a mask of ones, for GCC 12 takes what the plain forms leave undefined for a mistake of their caller's.
TSATTN_INLINE __m512 square_root(__m512 a) { return _mm512_maskz_sqrt_ps(0xFFFF, a); }
TSATTN_INLINE __m512d square_root(__m512d a) { return _mm512_maskz_sqrt_pd(0xFF, a); }

TSATTN_INLINE __m512 larger(__m512 bound, __m512 x) { return _mm512_maskz_max_ps(0xFFFF, bound, x); }
TSATTN_INLINE __m512d larger(__m512d bound, __m512d x) { return _mm512_maskz_max_pd(0xFF, bound, x); }
TSATTN_INLINE __m512 smaller(__m512 bound, __m512 x) { return _mm512_maskz_min_ps(0xFFFF, bound, x); }
TSATTN_INLINE __m512d smaller(__m512d bound, __m512d x) { return _mm512_maskz_min_pd(0xFF, bound, x); }

/// a 2^n for whole n, rounded once
TSATTN_INLINE __m512 scalef(__m512 a, __m512 n) { return _mm512_maskz_scalef_ps(0xFFFF, a, n); }
TSATTN_INLINE __m512d scalef(__m512d a, __m512d n) { return _mm512_maskz_scalef_pd(0xFF, a, n); }

TSATTN_INLINE __m512 load_first(const float* from, Index count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << count) - 1), from);
}
TSATTN_INLINE __m512d load_first(const double* from, Index count) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1U << count) - 1), from);
}
TSATTN_INLINE void store_first(float* to, __m512 pack, Index count) {
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << count) - 1), pack);
}
TSATTN_INLINE void store_first(double* to, __m512d pack, Index count) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>((1U << count) - 1), pack);
}
