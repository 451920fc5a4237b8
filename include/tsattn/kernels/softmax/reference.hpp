#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void softmax_forward(Index size, const S* s, S* w) {
  S largest = s[0];
  for (Index k = 1; k < size; ++k) largest = s[k] > largest ? s[k] : largest;
  S sum = 0;
  for (Index k = 0; k < size; ++k) sum += w[k] = std::exp(s[k] - largest);
  for (Index k = 0; k < size; ++k) w[k] /= sum;
}

template <class S>
void softmax_backward(Index size, const S* w, const S* dw, S* ds) {
  S mean = 0;
  for (Index k = 0; k < size; ++k) mean += w[k] * dw[k];
  for (Index k = 0; k < size; ++k) ds[k] = w[k] * (dw[k] - mean);
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
