#pragma once

#include <algorithm>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/product/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/product/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// C += A B with C [rows, cols], A [rows, depth], B [depth, cols].
///
/// A and C are column-major: element (i, k) of A is a[k a_col + i], so a_col >= rows, and C likewise. B has both
/// strides free, element (k, j) is b[k b_row + j b_col]: b_row = 1 reads a column-major B, b_col = 1 its transpose.
/// C must not overlap A or B. Every element is summed from the first k to the last, starting from the value in C,
/// whatever the sizes, so cutting a product along rows, columns or depth changes no bit.
TSATTN_KERNEL_CALLING(void, add_product,
                      (Index rows, Index cols, Index depth, const S* a, Index a_col, const S* b, Index b_row,
                       Index b_col, S* c, Index c_col),
                      TSATTN_RUN(instruction_set(),
                                 add_product(rows, cols, depth, a, Index{1}, a_col, b, b_row, b_col, c, c_col)));

/// C += A^T B, as add_product but with A [depth, rows]: element (k, i) of A is a[i a_col + k].
TSATTN_KERNEL_CALLING(void, add_transposed_product,
                      (Index rows, Index cols, Index depth, const S* a, Index a_col, const S* b, Index b_row,
                       Index b_col, S* c, Index c_col),
                      TSATTN_RUN(instruction_set(),
                                 add_product(rows, cols, depth, a, a_col, Index{1}, b, b_row, b_col, c, c_col)));

/// out [rows, cols] = one copy of `column` [rows] per column: what a product with a bias starts from.
TSATTN_KERNEL_CALLING(void, repeat_column, (Index rows, Index cols, const S* column, S* out),
                      for (Index j = 0; j < cols; ++j) std::copy_n(column, rows, out + j * rows));

}  // namespace tsattn::kernels
