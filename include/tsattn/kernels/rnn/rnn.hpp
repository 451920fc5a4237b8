#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// One time step of a simple RNN; equations in layers/rnn.hpp. w_x [H, F], w_h [H, H], b [H], all column-major.
/// gates [H, B] holds h_t, `saved` nothing; deltas [H, B] is da_t.
namespace tsattn::kernels {

template <class S>
void rnn_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, rnn_pack(features, hidden, w_x, w_h, b, out.values));
}
TSATTN_COMPILED(rnn_pack);

template <class S>
void rnn_forward(InstructionSet packed_for, const StepForward<S>& step) {
  TSATTN_RUN(packed_for, rnn_forward(step));
}
TSATTN_COMPILED(rnn_forward);

template <class S>
void rnn_pack_backward(Index hidden, const S* w_h, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, rnn_pack_backward(hidden, w_h, out.values));
}
TSATTN_COMPILED(rnn_pack_backward);

template <class S>
void rnn_backward(InstructionSet packed_for, const StepBackward<S>& step) {
  TSATTN_RUN(packed_for, rnn_backward(step));
}
TSATTN_COMPILED(rnn_backward);

}  // namespace tsattn::kernels
