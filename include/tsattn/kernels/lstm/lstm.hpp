#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// One time step of an LSTM; equations in layers/lstm.hpp. w_x [4H, F], w_h [4H, H], b [4H], all column-major, with the
/// blocks i | f | g | o. gates [4H, B] holds i | f | g | o after the nonlinearities, saved [H, B] tanh(c_t); deltas
/// [4H, B] is da_t.
namespace tsattn::kernels {

template <class S>
void lstm_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, lstm_pack(features, hidden, w_x, w_h, b, out.values));
}
TSATTN_COMPILED(lstm_pack);

template <class S>
void lstm_forward(InstructionSet packed_for, const StepForward<S>& step) {
  TSATTN_RUN(packed_for, lstm_forward(step));
}
TSATTN_COMPILED(lstm_forward);

template <class S>
void lstm_pack_backward(Index hidden, const S* w_h, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, lstm_pack_backward(hidden, w_h, out.values));
}
TSATTN_COMPILED(lstm_pack_backward);

template <class S>
void lstm_backward(InstructionSet packed_for, const StepBackward<S>& step) {
  TSATTN_RUN(packed_for, lstm_backward(step));
}
TSATTN_COMPILED(lstm_backward);

}  // namespace tsattn::kernels
