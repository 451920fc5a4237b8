#pragma once

#include <algorithm>
#include <cmath>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/kernels/activation/reference.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/kernels/recurrent/reference.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void lstm_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(4 * hidden * (features + hidden + 1));
  pack_copy(features, hidden, 4 * hidden, w_x, w_h, b, out.data());
}

template <class S>
void lstm_forward(const StepForward<S>& s) {
  const Index rows = 4 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const auto a = [&](Index gate) {
        return pre_activation(s, rows, gate * s.hidden + u, s.x + b * s.features, s.h_prev + b * s.hidden);
      };
      const S i = sigmoid(a(0)), f = sigmoid(a(1)), g = std::tanh(a(2)), o = sigmoid(a(3));
      const S c = f * s.c_prev[at] + i * g, tanh_c = std::tanh(c);
      s.c[at] = c;
      keep_h(s, at, o * tanh_c);
      if (!s.keeps) continue;
      S* gates = s.gates + b * rows + u;
      gates[0] = i;
      gates[s.hidden] = f;
      gates[2 * s.hidden] = g;
      gates[3 * s.hidden] = o;
      s.saved[at] = tanh_c;
    }
}

template <class S>
void lstm_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(4 * hidden * hidden);
  std::copy_n(w_h, 4 * hidden * hidden, out.data());
}

template <class S>
void lstm_backward(const StepBackward<S>& s) {
  const Index rows = 4 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S* gates = s.gates + b * rows + u;
      S* deltas = s.deltas + b * rows + u;
      const S i = gates[0], f = gates[s.hidden], g = gates[2 * s.hidden], o = gates[3 * s.hidden];
      const S tanh_c = s.saved[at];
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) dh += back_projection(s, rows, 0, rows, u, s.next_deltas + b * rows);
      const S dc = s.dc[at] + dh * o * (1 - tanh_c * tanh_c);
      deltas[0] = dc * g * i * (1 - i);
      deltas[s.hidden] = dc * s.c_prev[at] * f * (1 - f);
      deltas[2 * s.hidden] = dc * i * (1 - g * g);
      deltas[3 * s.hidden] = dh * tanh_c * o * (1 - o);
      s.dc[at] = dc * f;
      s.dh[at] = 0;
    }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
