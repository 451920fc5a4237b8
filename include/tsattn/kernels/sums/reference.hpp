#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void add_column_sums(Index rows, Index cols, const S* in, Index in_col, S* sums) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) sums[i] += in[j * in_col + i];
}

template <class S>
void add(Index size, const S* from, S* to) {
  for (Index i = 0; i < size; ++i) to[i] += from[i];
}

template <class S>
double sum_of_squares(Index size, const S* values) {
  double sum = 0;
  for (Index i = 0; i < size; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return sum;
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
