#pragma once

#include <algorithm>
#include <cmath>

#include <tsattn/core/index.hpp>

/// What attention does between its products, for one query of one sample: `count` steps of `size` values each, step k
/// at keys[k stride] (stride >= size: in a batch the other samples' values lie between two steps of one). Gradients are
/// added.
namespace tsattn::kernels {

/// s_k = scale p . key_k
template <class Scalar>
void dot_scores(Index count, Index size, Scalar scale, const Scalar* p, const Scalar* keys, Index stride, Scalar* s) {
  for (Index k = 0; k < count; ++k, keys += stride) {
    Scalar sum = 0;
    for (Index i = 0; i < size; ++i) sum += p[i] * keys[i];
    s[k] = scale * sum;
  }
}

/// dp += scale sum_k ds_k key_k,  d_key_k += scale ds_k p; a null pointer declines one.
template <class Scalar>
void dot_scores_backward(Index count, Index size, Scalar scale, const Scalar* p, const Scalar* keys, Index stride,
                         const Scalar* ds, Scalar* dp, Scalar* d_keys) {
  for (Index k = 0; k < count; ++k) {
    const Scalar factor = scale * ds[k];
    const Scalar* key = keys + k * stride;
    for (Index i = 0; dp != nullptr && i < size; ++i) dp[i] += factor * key[i];
    if (d_keys == nullptr) continue;
    Scalar* d_key = d_keys + k * stride;
    for (Index i = 0; i < size; ++i) d_key[i] += factor * p[i];
  }
}

/// s_k = v . tanh(p + key_k)
template <class Scalar>
void additive_scores(Index count, Index size, const Scalar* v, const Scalar* p, const Scalar* keys, Index stride,
                     Scalar* s) {
  for (Index k = 0; k < count; ++k, keys += stride) {
    s[k] = 0;
    for (Index i = 0; i < size; ++i) s[k] += v[i] * std::tanh(p[i] + keys[i]);
  }
}

/// With u_k = tanh(p + key_k), computed again because storing it would take queries x keys x size scalars:
/// dv += sum_k ds_k u_k,  e_k = ds_k v * (1 - u_k^2),  dp += sum_k e_k,  d_key_k += e_k
template <class Scalar>
void additive_scores_backward(Index count, Index size, const Scalar* v, const Scalar* p, const Scalar* keys,
                              Index stride, const Scalar* ds, Scalar* dv, Scalar* dp, Scalar* d_keys) {
  for (Index k = 0; k < count; ++k)
    for (Index i = 0; i < size; ++i) {
      const Scalar u = std::tanh(p[i] + keys[k * stride + i]);
      const Scalar e = ds[k] * v[i] * (1 - u * u);
      dv[i] += ds[k] * u;
      dp[i] += e;
      d_keys[k * stride + i] += e;
    }
}

/// c = sum_k w_k value_k, assigned
template <class Scalar>
void weighted_sum(Index count, Index size, const Scalar* w, const Scalar* values, Index stride, Scalar* c) {
  std::fill_n(c, size, Scalar(0));
  for (Index k = 0; k < count; ++k, values += stride)
    for (Index i = 0; i < size; ++i) c[i] += w[k] * values[i];
}

/// dw_k = dc . value_k, assigned;  d_value_k += w_k dc, unless it is null
template <class Scalar>
void weighted_sum_backward(Index count, Index size, const Scalar* w, const Scalar* values, Index stride,
                           const Scalar* dc, Scalar* dw, Scalar* d_values) {
  dot_scores(count, size, Scalar(1), dc, values, stride, dw);
  if (d_values == nullptr) return;
  for (Index k = 0; k < count; ++k, d_values += stride)
    for (Index i = 0; i < size; ++i) d_values[i] += w[k] * dc[i];
}

}  // namespace tsattn::kernels
