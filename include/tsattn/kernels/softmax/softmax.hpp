#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

namespace tsattn::kernels {

/// w = softmax(s) over `size` > 0 values, w_k = e^(s_k - max s) / sum_j e^(s_j - max s); the subtraction keeps every
/// exponent at or below 0. w may be s. A NaN among the scores makes every weight NaN.
template <class S>
void softmax_forward(Index size, const S* s, S* w) {
  TSATTN_RUN(instruction_set(), softmax_forward(size, s, w));
}
TSATTN_COMPILED(softmax_forward);

/// ds_k = w_k (dw_k - sum_j w_j dw_j): the Jacobian diag(w) - w w^T applied in O(size). ds may be dw.
template <class S>
void softmax_backward(Index size, const S* w, const S* dw, S* ds) {
  TSATTN_RUN(instruction_set(), softmax_backward(size, w, dw, ds));
}
TSATTN_COMPILED(softmax_backward);

}  // namespace tsattn::kernels
