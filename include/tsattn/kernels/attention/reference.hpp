#pragma once

#include <algorithm>
#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void dot_scores(Index count, Index size, S scale, const S* p, const S* keys, Index stride, S* s) {
  for (Index k = 0; k < count; ++k) {
    S sum = 0;
    for (Index i = 0; i < size; ++i) sum += p[i] * keys[k * stride + i];
    s[k] = scale * sum;
  }
}

template <class S>
void dot_scores_backward(Index count, Index size, S scale, const S* p, const S* keys, Index stride, const S* ds, S* dp,
                         S* d_keys) {
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) {
      if (dp != nullptr) dp[i] += scale * ds[k] * keys[k * stride + i];
      if (d_keys != nullptr) d_keys[k * stride + i] += scale * ds[k] * p[i];
    }
}

template <class S>
void additive_scores(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, S* s) {
  for (Index k = 0; k < count; ++k) {
    s[k] = 0;
    for (Index i = 0; i < size; ++i) s[k] += v[i] * std::tanh(p[i] + keys[k * stride + i]);
  }
}

template <class S>
void additive_scores_backward(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, const S* ds,
                              S* dv, S* dp, S* d_keys) {
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) {
      const S u = std::tanh(p[i] + keys[k * stride + i]);
      const S e = ds[k] * v[i] * (1 - u * u);
      dv[i] += ds[k] * u;
      dp[i] += e;
      d_keys[k * stride + i] += e;
    }
}

template <class S>
void weighted_sum(Index count, Index size, const S* w, const S* values, Index stride, S* c) {
  std::fill_n(c, size, S(0));
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) c[i] += w[k] * values[k * stride + i];
}

template <class S>
void weighted_sum_backward(Index count, Index size, const S* w, const S* values, Index stride, const S* dc, S* dw,
                           S* d_values) {
  dot_scores(count, size, S(1), dc, values, stride, dw);
  if (d_values == nullptr) return;
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) d_values[k * stride + i] += w[k] * dc[i];
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
