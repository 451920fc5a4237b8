#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/attention/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/attention/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// What attention does between its products, for one query of one sample: `count` steps of `size` values each, step k
/// at keys[k stride] (stride >= size: in a batch the other samples' values lie between two steps of one). Gradients are
/// added.
namespace tsattn::kernels {

/// s_k = scale p . key_k
TSATTN_KERNEL(void, dot_scores, (Index, count), (Index, size), (S, scale), (const S*, p), (const S*, keys),
              (Index, stride), (S*, s));

/// dp += scale sum_k ds_k key_k,  d_key_k += scale ds_k p; a null pointer declines one.
TSATTN_KERNEL(void, dot_scores_backward, (Index, count), (Index, size), (S, scale), (const S*, p), (const S*, keys),
              (Index, stride), (const S*, ds), (S*, dp), (S*, d_keys));

/// s_k = v . tanh(p + key_k)
TSATTN_KERNEL(void, additive_scores, (Index, count), (Index, size), (const S*, v), (const S*, p), (const S*, keys),
              (Index, stride), (S*, s));

/// With u_k = tanh(p + key_k), computed again because storing it would take queries x keys x size scalars:
/// dv += sum_k ds_k u_k,  e_k = ds_k v * (1 - u_k^2),  dp += sum_k e_k,  d_key_k += e_k
TSATTN_KERNEL(void, additive_scores_backward, (Index, count), (Index, size), (const S*, v), (const S*, p),
              (const S*, keys), (Index, stride), (const S*, ds), (S*, dv), (S*, dp), (S*, d_keys));

/// c = sum_k w_k value_k, assigned
TSATTN_KERNEL(void, weighted_sum, (Index, count), (Index, size), (const S*, w), (const S*, values), (Index, stride),
              (S*, c));

/// dw_k = dc . value_k, assigned;  d_value_k += w_k dc, unless it is null
TSATTN_KERNEL(void, weighted_sum_backward, (Index, count), (Index, size), (const S*, w), (const S*, values),
              (Index, stride), (const S*, dc), (S*, dw), (S*, d_values));

}  // namespace tsattn::kernels
