// Includes the file that TSATTN_SIMD_FORM names once for each instruction set of this build, into a namespace of its
// own and whatever the compiler's -m flags are: a pragma opens the instructions for everything up to the next. (Not
// templates of the instruction set: a function has the instructions of the place where it is written, not of where it
// is instantiated.) No Eigen type and no pack crosses the border of a namespace, for their sizes and alignments do
// depend on flags.
//
// The names of files are in quotes, for in angle brackets a program that renames `tsattn` by a macro would rename them.

#if TSATTN_SIMD_GENERIC

#define TSATTN_INLINE inline __attribute__((always_inline))
#define TSATTN_INLINE_LAMBDA __attribute__((always_inline))
#define TSATTN_NOINLINE __attribute__((noinline))

#if TSATTN_SIMD_X86

#define TSATTN_SIMD_NAMESPACE avx512
#define TSATTN_SIMD_PRIMITIVES "tsattn/kernels/simd/avx512.inl"
#define TSATTN_SIMD_HAS_SCALEF 1
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
namespace tsattn::kernels::avx512 {
#include TSATTN_SIMD_FORM
}  // namespace tsattn::kernels::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_PRIMITIVES
#undef TSATTN_SIMD_HAS_SCALEF

#define TSATTN_SIMD_NAMESPACE avx2
#define TSATTN_SIMD_PRIMITIVES "tsattn/kernels/simd/avx2.inl"
#define TSATTN_SIMD_HAS_SCALEF 0
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace tsattn::kernels::avx2 {
#include TSATTN_SIMD_FORM
}  // namespace tsattn::kernels::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_PRIMITIVES
#undef TSATTN_SIMD_HAS_SCALEF

#endif

// Without AVX even where the user's flags allow it: fused or not, `generic` gives the same bits with all flags.
#define TSATTN_SIMD_NAMESPACE generic
#define TSATTN_SIMD_PRIMITIVES "tsattn/kernels/simd/generic.inl"
#define TSATTN_SIMD_HAS_SCALEF 0
#if TSATTN_SIMD_X86 && defined(__clang__)
#pragma clang attribute push(__attribute__((target("no-avx"))), apply_to = function)
#elif TSATTN_SIMD_X86
#pragma GCC push_options
#pragma GCC target("no-avx")
#endif
namespace tsattn::kernels::generic {
#include TSATTN_SIMD_FORM
}  // namespace tsattn::kernels::generic
#if TSATTN_SIMD_X86 && defined(__clang__)
#pragma clang attribute pop
#elif TSATTN_SIMD_X86
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_PRIMITIVES
#undef TSATTN_SIMD_HAS_SCALEF

#undef TSATTN_INLINE
#undef TSATTN_INLINE_LAMBDA
#undef TSATTN_NOINLINE

#endif

#undef TSATTN_SIMD_FORM
