#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/simd/packs.hpp>
#include <tsattn/kernels/softmax/reference.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/softmax/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// w = softmax(s) over `size` > 0 values, w_k = e^(s_k - max s) / sum_j e^(s_j - max s); the subtraction keeps every
/// exponent at or below 0. w may be s. A NaN among the scores makes every weight NaN.
TSATTN_KERNEL(void, softmax_forward, (Index, size), (const S*, s), (S*, w));

/// ds_k = w_k (dw_k - sum_j w_j dw_j): the Jacobian diag(w) - w w^T applied in O(size). ds may be dw.
TSATTN_KERNEL(void, softmax_backward, (Index, size), (const S*, w), (const S*, dw), (S*, ds));

}  // namespace tsattn::kernels
