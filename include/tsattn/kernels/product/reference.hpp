#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void add_product(Index rows, Index cols, Index depth, const S* a, Index a_row, Index a_col, const S* b, Index b_row,
                 Index b_col, S* c, Index c_col) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) {
      S sum = c[j * c_col + i];
      for (Index k = 0; k < depth; ++k) sum += a[i * a_row + k * a_col] * b[k * b_row + j * b_col];
      c[j * c_col + i] = sum;
    }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
