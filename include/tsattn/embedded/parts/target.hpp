#ifndef TSATTN_EMBEDDED_PARTS_TARGET_HPP
#define TSATTN_EMBEDDED_PARTS_TARGET_HPP

// The widest vectors of the target, in floats. It is part of the name of every type and function (an inline namespace),
// so that files compiled for different processors can be linked into one program.
#if defined(__GNUC__) && defined(__AVX512F__)
#define TSATTN_EMBEDDED_LANES 16
#define TSATTN_EMBEDDED_TARGET lanes16
#elif defined(__GNUC__) && defined(__AVX__) && defined(__FMA__)
#define TSATTN_EMBEDDED_LANES 8
#define TSATTN_EMBEDDED_TARGET lanes8_fma
#elif defined(__GNUC__) && defined(__AVX__)
#define TSATTN_EMBEDDED_LANES 8
#define TSATTN_EMBEDDED_TARGET lanes8
#elif defined(__GNUC__) && (defined(__SSE2__) || defined(__aarch64__) || defined(__VSX__) || defined(__wasm_simd128__))
#define TSATTN_EMBEDDED_LANES 4
#define TSATTN_EMBEDDED_TARGET lanes4
#else
#define TSATTN_EMBEDDED_LANES 1
#define TSATTN_EMBEDDED_TARGET lanes1
#endif

// Without inlining and unrolling the sums of a layer would be arrays in memory.
#if defined(__GNUC__)
#define TSATTN_EMBEDDED_INLINE inline __attribute__((always_inline))
#else
#define TSATTN_EMBEDDED_INLINE inline
#endif

#endif
