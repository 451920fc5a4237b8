#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/simd/packs.hpp>
#include <tsattn/kernels/sums/reference.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/sums/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// Sums over the elements of arrays.
namespace tsattn::kernels {

/// sums [rows] += the columns of in [rows, cols], first to last; column j starts at in[j in_col].
TSATTN_KERNEL(void, add_column_sums, (Index, rows), (Index, cols), (const S*, in), (Index, in_col), (S*, sums));

/// to += from
TSATTN_KERNEL(void, add, (Index, size), (const S*, from), (S*, to));

/// The sum of all squares, in double.
TSATTN_KERNEL(double, sum_of_squares, (Index, size), (const S*, values));

}  // namespace tsattn::kernels
