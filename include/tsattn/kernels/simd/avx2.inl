// The primitives of AVX2 with FMA. 16 registers hold a tile of 4 x 3 packs, three scalars and one pack of A.

inline constexpr Index kBytes = 32;
inline constexpr std::size_t kTileCols = 3;

TSATTN_INLINE __m256 fma(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
TSATTN_INLINE __m256d fma(__m256d a, __m256d b, __m256d c) { return _mm256_fmadd_pd(a, b, c); }
TSATTN_INLINE __m256 fnma(__m256 a, __m256 b, __m256 c) { return _mm256_fnmadd_ps(a, b, c); }
TSATTN_INLINE __m256d fnma(__m256d a, __m256d b, __m256d c) { return _mm256_fnmadd_pd(a, b, c); }
TSATTN_INLINE __m256 square_root(__m256 a) { return _mm256_sqrt_ps(a); }
TSATTN_INLINE __m256d square_root(__m256d a) { return _mm256_sqrt_pd(a); }
TSATTN_INLINE __m256 larger(__m256 bound, __m256 x) { return _mm256_max_ps(bound, x); }
TSATTN_INLINE __m256d larger(__m256d bound, __m256d x) { return _mm256_max_pd(bound, x); }
TSATTN_INLINE __m256 smaller(__m256 bound, __m256 x) { return _mm256_min_ps(bound, x); }
TSATTN_INLINE __m256d smaller(__m256d bound, __m256d x) { return _mm256_min_pd(bound, x); }

TSATTN_INLINE __m256i first_of_8(Index count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
TSATTN_INLINE __m256i first_of_4(Index count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
TSATTN_INLINE __m256 load_first(const float* from, Index count) { return _mm256_maskload_ps(from, first_of_8(count)); }
TSATTN_INLINE __m256d load_first(const double* from, Index count) {
  return _mm256_maskload_pd(from, first_of_4(count));
}
TSATTN_INLINE void store_first(float* to, __m256 pack, Index count) {
  _mm256_maskstore_ps(to, first_of_8(count), pack);
}
TSATTN_INLINE void store_first(double* to, __m256d pack, Index count) {
  _mm256_maskstore_pd(to, first_of_4(count), pack);
}
