#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// One time step of a GRU; equations in layers/gru.hpp. w_x [3H, F], w_h [3H, H], b [3H], all column-major, with the
/// blocks r | z | n. gates [3H, B] holds r | z | n after the nonlinearities; deltas [4H, B] is da_r | da_z | da_n | dq.
namespace tsattn::kernels {

// Reset after the product: saved [H, B] is q_t = W_hn h_{t-1} + b_hn, b_hn [H].

template <class S>
void gru_after_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
                    PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, gru_after_pack(features, hidden, w_x, w_h, b, b_hn, out.values));
}
TSATTN_COMPILED(gru_after_pack);

template <class S>
void gru_after_forward(InstructionSet packed_for, const StepForward<S>& step) {
  TSATTN_RUN(packed_for, gru_after_forward(step));
}
TSATTN_COMPILED(gru_after_forward);

template <class S>
void gru_after_pack_backward(Index hidden, const S* w_h, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, gru_after_pack_backward(hidden, w_h, out.values));
}
TSATTN_COMPILED(gru_after_pack_backward);

template <class S>
void gru_after_backward(InstructionSet packed_for, const StepBackward<S>& step) {
  TSATTN_RUN(packed_for, gru_after_backward(step));
}
TSATTN_COMPILED(gru_after_backward);

// Reset before the product: saved [H, B] is m_t = r * h_{t-1}; gates and saved are written even where backward will not
// read them. The fourth block of the deltas is not.

template <class S>
void gru_before_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, gru_before_pack(features, hidden, w_x, w_h, b, out.values));
}
TSATTN_COMPILED(gru_before_pack);

template <class S>
void gru_before_forward(InstructionSet packed_for, const StepForward<S>& step) {
  TSATTN_RUN(packed_for, gru_before_forward(step));
}
TSATTN_COMPILED(gru_before_forward);

template <class S>
void gru_before_pack_backward(Index hidden, const S* w_h, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, gru_before_pack_backward(hidden, w_h, out.values));
}
TSATTN_COMPILED(gru_before_pack_backward);

template <class S>
void gru_before_backward(InstructionSet packed_for, const StepBackward<S>& step) {
  TSATTN_RUN(packed_for, gru_before_backward(step));
}
TSATTN_COMPILED(gru_before_backward);

}  // namespace tsattn::kernels
