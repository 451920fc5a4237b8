#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// What attention does between its products, for one query of one sample: `count` steps of `size` values each, step k
/// at keys[k stride] (stride >= size: in a batch the other samples' values lie between two steps of one). Gradients are
/// added.
namespace tsattn::kernels {

/// s_k = scale p . key_k
template <class S>
void dot_scores(Index count, Index size, S scale, const S* p, const S* keys, Index stride, S* s) {
  TSATTN_RUN(instruction_set(), dot_scores(count, size, scale, p, keys, stride, s));
}
TSATTN_COMPILED(dot_scores);

/// dp += scale sum_k ds_k key_k,  d_key_k += scale ds_k p; a null pointer declines one.
template <class S>
void dot_scores_backward(Index count, Index size, S scale, const S* p, const S* keys, Index stride, const S* ds, S* dp,
                         S* d_keys) {
  TSATTN_RUN(instruction_set(), dot_scores_backward(count, size, scale, p, keys, stride, ds, dp, d_keys));
}
TSATTN_COMPILED(dot_scores_backward);

/// s_k = v . tanh(p + key_k)
template <class S>
void additive_scores(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, S* s) {
  TSATTN_RUN(instruction_set(), additive_scores(count, size, v, p, keys, stride, s));
}
TSATTN_COMPILED(additive_scores);

/// With u_k = tanh(p + key_k), computed again because storing it would take queries x keys x size scalars:
/// dv += sum_k ds_k u_k,  e_k = ds_k v * (1 - u_k^2),  dp += sum_k e_k,  d_key_k += e_k
template <class S>
void additive_scores_backward(Index count, Index size, const S* v, const S* p, const S* keys, Index stride, const S* ds,
                              S* dv, S* dp, S* d_keys) {
  TSATTN_RUN(instruction_set(), additive_scores_backward(count, size, v, p, keys, stride, ds, dv, dp, d_keys));
}
TSATTN_COMPILED(additive_scores_backward);

/// c = sum_k w_k value_k, assigned
template <class S>
void weighted_sum(Index count, Index size, const S* w, const S* values, Index stride, S* c) {
  TSATTN_RUN(instruction_set(), weighted_sum(count, size, w, values, stride, c));
}
TSATTN_COMPILED(weighted_sum);

/// dw_k = dc . value_k, assigned;  d_value_k += w_k dc, unless it is null
template <class S>
void weighted_sum_backward(Index count, Index size, const S* w, const S* values, Index stride, const S* dc, S* dw,
                           S* d_values) {
  TSATTN_RUN(instruction_set(), weighted_sum_backward(count, size, w, values, stride, dc, dw, d_values));
}
TSATTN_COMPILED(weighted_sum_backward);

}  // namespace tsattn::kernels
