#pragma once

#include <algorithm>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>

/// What all attention ends with, pooling too: the mean of the values, weighted by the softmax of the scores over those
/// keys that a query sees. Of one sample, with Tq queries, Tk keys and values:
///   forward   (1) w = softmax over k of s,  0 for keys that are not seen          (2) c = sum_k w_k v_k
///   backward  (3) dw_k = dc . v_k,  dv_k += w_k dc                                (4) ds_k = w_k (dw_k - sum_j w_j
///   dw_j)
/// (4) is the Jacobian diag(w) - w w^T of the softmax, applied in O(Tk). Derivation: docs/layers/attention.md.
namespace tsattn {

/// w [Tq, Tk]: in, the scores of visible keys; out, the weights. c [Tq, Dv]: in, zeros; out, the means of the values v
/// [Tk, Dv].
template <class S>
void softmax_mean(AttentionMask mask, const SampleSteps<S>& w, const SampleSteps<const S>& v, const SampleSteps<S>& c) {
  for (Index t = 0; t < w.count; ++t) {
    const Index visible = visible_keys(mask, t, v.count);
    kernels::softmax_forward(visible, w[t], w[t]);  // (1)
    std::fill(w[t] + visible, w[t] + v.count, S(0));
  }
  if (uses_products(mask, w.count)) {
    kernels::add_product(v.size, w.count, v.count, v.data, v.stride, w.data, 1, w.stride, c.data, c.stride);  // (2)
  } else {
    for (Index t = 0; t < w.count; ++t)
      kernels::weighted_sum(visible_keys(mask, t, v.count), v.size, w[t], v.data, v.stride, c[t]);  // (2)
  }
}

/// Assigns ds [Tq, Tk] for visible keys, and adds to dv [Tk, Dv] unless that is declined.
template <class S>
void softmax_mean_backward(AttentionMask mask, const SampleSteps<const S>& w, const SampleSteps<const S>& v,
                           const SampleSteps<const S>& dc, const SampleSteps<S>& ds, const SampleSteps<S>& dv) {
  if (uses_products(mask, w.count)) {
    for (Index t = 0; t < ds.count; ++t) std::fill_n(ds[t], ds.size, S(0));
    kernels::add_transposed_product(v.count, w.count, v.size, v.data, v.stride, dc.data, 1, dc.stride, ds.data,
                                    ds.stride);  // (3)
    if (dv.data != nullptr)
      kernels::add_product(v.size, v.count, w.count, dc.data, dc.stride, w.data, w.stride, 1, dv.data,
                           dv.stride);  // (3)
  } else {
    for (Index t = 0; t < w.count; ++t)
      kernels::weighted_sum_backward(visible_keys(mask, t, v.count), v.size, w[t], v.data, v.stride, dc[t], ds[t],
                                     dv.data);  // (3)
  }
  for (Index t = 0; t < w.count; ++t)
    kernels::softmax_backward(visible_keys(mask, t, v.count), w[t], ds[t], ds[t]);  // (4)
}

/// The same for one query over `count` scores s, with values of `size` at v[k stride]: assigns w, which may be s, and
/// c.
template <class S>
void softmax_mean(Index count, const S* s, S* w, Index size, const S* v, Index stride, S* c) noexcept {
  kernels::softmax_forward(count, s, w);                // (1)
  kernels::weighted_sum(count, size, w, v, stride, c);  // (2)
}

}  // namespace tsattn
