#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/kernels/activation/reference.hpp>
#include <tsattn/kernels/adam/reference.hpp>
#include <tsattn/kernels/arguments.hpp>
#include <tsattn/kernels/attention/reference.hpp>
#include <tsattn/kernels/dense/reference.hpp>
#include <tsattn/kernels/finite/reference.hpp>
#include <tsattn/kernels/gru/reference.hpp>
#include <tsattn/kernels/lstm/reference.hpp>
#include <tsattn/kernels/product/reference.hpp>
#include <tsattn/kernels/rms_prop/reference.hpp>
#include <tsattn/kernels/rnn/reference.hpp>
#include <tsattn/kernels/sgd/reference.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>
#include <tsattn/kernels/softmax/reference.hpp>
#include <tsattn/kernels/sums/reference.hpp>

#if TSATTN_SIMD_X86
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// The kernels, compiled once for each instruction set into a namespace of its own, whatever the compiler's -m flags
// are: a pragma opens the instructions for everything up to the next. (Not templates of the instruction set: a function
// has the instructions of the place where it is written, not of where it is instantiated.) No Eigen type and no pack
// crosses the border of a namespace, for their sizes and alignments do depend on flags.

#if TSATTN_SIMD_GENERIC

#define TSATTN_INLINE inline __attribute__((always_inline))
#define TSATTN_INLINE_LAMBDA __attribute__((always_inline))
#define TSATTN_NOINLINE __attribute__((noinline))

namespace tsattn::kernels {

/// `bytes` of scalars as one value of the compiler's vector extension.
template <class S, Index bytes>
struct PackType {
  typedef S Type __attribute__((vector_size(bytes)));
};
template <class S, Index bytes>
using PackOf = typename PackType<S, bytes>::Type;

}  // namespace tsattn::kernels

#if TSATTN_SIMD_X86

#define TSATTN_SIMD_NAMESPACE avx512
#define TSATTN_SIMD_HAS_SCALEF 1
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
namespace tsattn::kernels::avx512 {
#include <tsattn/kernels/simd/avx512.inl>
//
#include <tsattn/kernels/simd/kernels.inl>
}  // namespace tsattn::kernels::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_HAS_SCALEF

#define TSATTN_SIMD_NAMESPACE avx2
#define TSATTN_SIMD_HAS_SCALEF 0
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace tsattn::kernels::avx2 {
#include <tsattn/kernels/simd/avx2.inl>
//
#include <tsattn/kernels/simd/kernels.inl>
}  // namespace tsattn::kernels::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_HAS_SCALEF

#endif

// Without AVX even where the user's flags allow it: fused or not, `generic` gives the same bits with all flags.
#define TSATTN_SIMD_NAMESPACE generic
#define TSATTN_SIMD_HAS_SCALEF 0
#if TSATTN_SIMD_X86 && defined(__clang__)
#pragma clang attribute push(__attribute__((target("no-avx"))), apply_to = function)
#elif TSATTN_SIMD_X86
#pragma GCC push_options
#pragma GCC target("no-avx")
#endif
namespace tsattn::kernels::generic {
#include <tsattn/kernels/simd/generic.inl>
//
#include <tsattn/kernels/simd/kernels.inl>
}  // namespace tsattn::kernels::generic
#if TSATTN_SIMD_X86 && defined(__clang__)
#pragma clang attribute pop
#elif TSATTN_SIMD_X86
#pragma GCC pop_options
#endif
#undef TSATTN_SIMD_NAMESPACE
#undef TSATTN_SIMD_HAS_SCALEF

#undef TSATTN_INLINE
#undef TSATTN_INLINE_LAMBDA
#undef TSATTN_NOINLINE

#endif

/// TSATTN_RUN(set, call) returns what the kernel `call` gives, from the namespace of that instruction set.
#if TSATTN_SIMD_X86
#define TSATTN_RUN(set, ...)         \
  switch (set) {                     \
    case InstructionSet::avx512:     \
      return avx512::__VA_ARGS__;    \
    case InstructionSet::avx2:       \
      return avx2::__VA_ARGS__;      \
    case InstructionSet::generic:    \
      return generic::__VA_ARGS__;   \
    default:                         \
      return reference::__VA_ARGS__; \
  }
#elif TSATTN_SIMD_GENERIC
#define TSATTN_RUN(set, ...) return (set) == InstructionSet::reference ? reference::__VA_ARGS__ : generic::__VA_ARGS__
#else
#define TSATTN_RUN(set, ...) return reference::__VA_ARGS__
#endif
