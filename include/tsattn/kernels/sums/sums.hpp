#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// Sums over the elements of arrays.
namespace tsattn::kernels {

/// sums [rows] += the columns of in [rows, cols], first to last; column j starts at in[j in_col].
template <class S>
void add_column_sums(Index rows, Index cols, const S* in, Index in_col, S* sums) {
  TSATTN_RUN(instruction_set(), add_column_sums(rows, cols, in, in_col, sums));
}
TSATTN_COMPILED(add_column_sums);

/// to += from
template <class S>
void add(Index size, const S* from, S* to) {
  TSATTN_RUN(instruction_set(), add(size, from, to));
}
TSATTN_COMPILED(add);

/// The sum of all squares, in double.
template <class S>
double sum_of_squares(Index size, const S* values) {
  TSATTN_RUN(instruction_set(), sum_of_squares(size, values));
}
TSATTN_COMPILED(sum_of_squares);

}  // namespace tsattn::kernels
