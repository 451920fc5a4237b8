#pragma once

#include <algorithm>
#include <cmath>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/kernels/recurrent/reference.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void rnn_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(hidden * (features + hidden + 1));
  pack_copy(features, hidden, hidden, w_x, w_h, b, out.data());
}

template <class S>
void rnn_forward(const StepForward<S>& s) {
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S h = std::tanh(pre_activation(s, s.hidden, u, s.x + b * s.features, s.h_prev + b * s.hidden));
      keep_h(s, at, h);
      if (s.keeps) s.gates[at] = h;
    }
}

template <class S>
void rnn_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(hidden * hidden);
  std::copy_n(w_h, hidden * hidden, out.data());
}

template <class S>
void rnn_backward(const StepBackward<S>& s) {
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) dh += back_projection(s, s.hidden, 0, s.hidden, u, s.next_deltas + b * s.hidden);
      s.deltas[at] = dh * (1 - s.gates[at] * s.gates[at]);
      s.dh[at] = 0;
    }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
