#pragma once

#include <tsattn/core/index.hpp>

/// Plain loops that define what a faster kernel computes. They serve compilers without vector extensions, and every
/// kernel is tested against them.
namespace tsattn::kernels::reference {

/// C += A B; shapes, strides and the order of additions as in kernels::add_product.
template <class Scalar>
void add_product(Index rows, Index cols, Index depth, const Scalar* a, Index a_col, const Scalar* b, Index b_row,
                 Index b_col, Scalar* c, Index c_col) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) {
      Scalar sum = c[j * c_col + i];
      for (Index k = 0; k < depth; ++k) sum += a[k * a_col + i] * b[k * b_row + j * b_col];
      c[j * c_col + i] = sum;
    }
}

}  // namespace tsattn::kernels::reference
