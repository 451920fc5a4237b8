// The primitives of what every x86-64 (SSE2) and AArch64 (NEON) processor has, in the vector extensions of GCC and
// Clang: 16 bytes at a time.

inline constexpr Index kBytes = 16;

#if defined(__aarch64__)

// 32 registers; with six columns GCC, which loads all packs of A first, keeps three of the sums in memory.
inline constexpr std::size_t kTileCols = 5;

TSATTN_INLINE float32x4_t fma(float32x4_t a, float32x4_t b, float32x4_t c) { return vfmaq_f32(c, a, b); }
TSATTN_INLINE float64x2_t fma(float64x2_t a, float64x2_t b, float64x2_t c) { return vfmaq_f64(c, a, b); }
TSATTN_INLINE float32x4_t fnma(float32x4_t a, float32x4_t b, float32x4_t c) { return vfmsq_f32(c, a, b); }
TSATTN_INLINE float64x2_t fnma(float64x2_t a, float64x2_t b, float64x2_t c) { return vfmsq_f64(c, a, b); }
TSATTN_INLINE float32x4_t square_root(float32x4_t a) { return vsqrtq_f32(a); }
TSATTN_INLINE float64x2_t square_root(float64x2_t a) { return vsqrtq_f64(a); }

#else

// 16 registers; with three columns, and without fused instructions, GCC runs out of them.
inline constexpr std::size_t kTileCols = 2;

template <class Pack>
TSATTN_INLINE Pack fma(Pack a, Pack b, Pack c) {
  return a * b + c;
}
template <class Pack>
TSATTN_INLINE Pack fnma(Pack a, Pack b, Pack c) {
  return c - a * b;
}
template <class Pack>
TSATTN_INLINE Pack square_root(Pack a) {
  constexpr int kLanes = sizeof(a) / sizeof(a[0]);
  for (int i = 0; i < kLanes; ++i) a[i] = std::sqrt(a[i]);
  return a;
}

#endif

template <class Pack>
TSATTN_INLINE Pack larger(Pack bound, Pack x) {
  return bound > x ? bound : x;
}
template <class Pack>
TSATTN_INLINE Pack smaller(Pack bound, Pack x) {
  return bound < x ? bound : x;
}

template <class Scalar>
TSATTN_INLINE PackOf<Scalar, 16> load_first(const Scalar* from, Index count) {
  PackOf<Scalar, 16> pack{};
  for (Index i = 0; i < count; ++i) pack[i] = from[i];
  return pack;
}
template <class Scalar, class Pack>
TSATTN_INLINE void store_first(Scalar* to, const Pack& pack, Index count) {
  for (Index i = 0; i < count; ++i) to[i] = pack[i];
}
