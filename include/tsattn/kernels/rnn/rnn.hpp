#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/recurrent/simd.hpp>
#include <tsattn/kernels/rnn/reference.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/rnn/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// One time step of a simple RNN; equations in layers/rnn.hpp. w_x [H, F], w_h [H, H], b [H], all column-major.
/// gates [H, B] holds h_t, `saved` nothing; deltas [H, B] is da_t.
namespace tsattn::kernels {

/// The weights in rnn_forward's order.
TSATTN_PACKING_KERNEL(rnn_pack, (Index, features), (Index, hidden), (const S*, w_x), (const S*, w_h), (const S*, b));

/// Step t from the state of step t - 1: assigns h, y and if step.keeps gates.
TSATTN_PACKED_KERNEL(rnn_forward, (const StepForward<S>&, step));

/// The weights in rnn_backward's order.
TSATTN_PACKING_KERNEL(rnn_pack_backward, (Index, hidden), (const S*, w_h));

/// The deltas of step t from those of step t + 1; weights' gradients are products with the deltas of all steps.
TSATTN_PACKED_KERNEL(rnn_backward, (const StepBackward<S>&, step));

}  // namespace tsattn::kernels
