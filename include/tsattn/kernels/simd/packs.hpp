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
#include <tsattn/kernels/simd/instruction_set.hpp>

#if TSATTN_SIMD_X86
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// tests/kernels/kernel_test.cpp: where tsattn::compiled is linked no header of a kernel brings this in.
#define TSATTN_SIMD_IS_PARSED

/// What the forms of kernels with packs are written in, for each instruction set: packs, tiles, sums, functions.
namespace tsattn::kernels {

#if TSATTN_SIMD_GENERIC
/// `bytes` of scalars as one value of the compiler's vector extension.
template <class S, Index bytes>
struct PackType {
  typedef S Type __attribute__((vector_size(bytes)));
};
template <class S, Index bytes>
using PackOf = typename PackType<S, bytes>::Type;
#endif

/// One of the products that a tile sums: A [rows, depth] times B [depth, cols]. The rows of one column of A lie
/// together; element (k, j) of B is b[k b_row + j b_col].
template <class S>
struct Terms {
  Index depth;
  const S* a;
  Index a_col;
  const S* b;
  Index b_row, b_col;
};

}  // namespace tsattn::kernels

#define TSATTN_SIMD_FORM "tsattn/kernels/simd/packs.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
