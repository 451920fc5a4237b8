#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/gru/reference.hpp>
#include <tsattn/kernels/recurrent/simd.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/gru/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// One time step of a GRU; equations in layers/gru.hpp. w_x [3H, F], w_h [3H, H], b [3H], all column-major, with the
/// blocks r | z | n. gates [3H, B] holds r | z | n after the nonlinearities; deltas [4H, B] is da_r | da_z | da_n | dq.
namespace tsattn::kernels {

// Reset after the product: saved [H, B] is q_t = W_hn h_{t-1} + b_hn, b_hn [H].

/// The weights in gru_after_forward's order.
TSATTN_PACKING_KERNEL(gru_after_pack, (Index, features), (Index, hidden), (const S*, w_x), (const S*, w_h),
                      (const S*, b), (const S*, b_hn));

/// Step t from the state of step t - 1: assigns h, y and gates and saved if step.keeps.
TSATTN_PACKED_KERNEL(gru_after_forward, (const StepForward<S>&, step));

/// The weights in gru_after_backward's order.
TSATTN_PACKING_KERNEL(gru_after_pack_backward, (Index, hidden), (const S*, w_h));

/// The deltas of step t from those of step t + 1; weights' gradients are products with the deltas of all steps.
TSATTN_PACKED_KERNEL(gru_after_backward, (const StepBackward<S>&, step));

// Reset before the product: saved [H, B] is m_t = r * h_{t-1}; gates and saved are written even where backward will not
// read them. The fourth block of the deltas is not.

/// The weights in gru_before_forward's order.
TSATTN_PACKING_KERNEL(gru_before_pack, (Index, features), (Index, hidden), (const S*, w_x), (const S*, w_h),
                      (const S*, b));

/// Step t from the state of step t - 1: assigns h, y and gates and saved.
TSATTN_PACKED_KERNEL(gru_before_forward, (const StepForward<S>&, step));

/// The weights in gru_before_backward's order.
TSATTN_PACKING_KERNEL(gru_before_pack_backward, (Index, hidden), (const S*, w_h));

/// The deltas of step t from those of step t + 1; weights' gradients are products with the deltas of all steps.
TSATTN_PACKED_KERNEL(gru_before_backward, (const StepBackward<S>&, step));

}  // namespace tsattn::kernels
