#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// w = softmax(s) over `size` > 0 values, w_k = e^(s_k - max s) / sum_j e^(s_j - max s); the subtraction keeps every
/// exponent at or below 0. w may be s. A NaN among the scores makes every weight NaN.
template <class Scalar>
void softmax_forward(Index size, const Scalar* s, Scalar* w) {
  Scalar largest = s[0];
  for (Index k = 1; k < size; ++k) largest = s[k] > largest ? s[k] : largest;
  Scalar sum = 0;
  for (Index k = 0; k < size; ++k) sum += w[k] = std::exp(s[k] - largest);
  for (Index k = 0; k < size; ++k) w[k] /= sum;
}

/// ds_k = w_k (dw_k - sum_j w_j dw_j): the Jacobian diag(w) - w w^T applied in O(size). ds may be dw.
template <class Scalar>
void softmax_backward(Index size, const Scalar* w, const Scalar* dw, Scalar* ds) {
  Scalar mean = 0;
  for (Index k = 0; k < size; ++k) mean += w[k] * dw[k];
  for (Index k = 0; k < size; ++k) ds[k] = w[k] * (dw[k] - mean);
}

}  // namespace tsattn::kernels
