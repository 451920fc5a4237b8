#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/lstm/reference.hpp>
#include <tsattn/kernels/recurrent/simd.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/lstm/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// One time step of an LSTM; equations in layers/lstm.hpp. w_x [4H, F], w_h [4H, H], b [4H], all column-major, with the
/// blocks i | f | g | o. gates [4H, B] holds i | f | g | o after the nonlinearities, saved [H, B] tanh(c_t); deltas
/// [4H, B] is da_t.
namespace tsattn::kernels {

/// The weights in lstm_forward's order.
TSATTN_PACKING_KERNEL(lstm_pack, (Index, features), (Index, hidden), (const S*, w_x), (const S*, w_h), (const S*, b));

/// Step t from the state of step t - 1: assigns h, y and c, and gates and saved if step.keeps.
TSATTN_PACKED_KERNEL(lstm_forward, (const StepForward<S>&, step));

/// The weights in lstm_backward's order.
TSATTN_PACKING_KERNEL(lstm_pack_backward, (Index, hidden), (const S*, w_h));

/// The deltas of step t from those of step t + 1; weights' gradients are products with the deltas of all steps.
TSATTN_PACKED_KERNEL(lstm_backward, (const StepBackward<S>&, step));

}  // namespace tsattn::kernels
