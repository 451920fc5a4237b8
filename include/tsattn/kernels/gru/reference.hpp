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
void gru_after_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
                    AlignedBuffer<S>& out) {
  out.resize(3 * hidden * (features + hidden + 1) + hidden);
  pack_copy(features, hidden, 3 * hidden, w_x, w_h, b, out.data());
  std::copy_n(b_hn, hidden, out.data() + 3 * hidden * (features + hidden + 1));
}

template <class S>
void gru_after_forward(const StepForward<S>& s) {
  const Index rows = 3 * s.hidden;
  const S* w_h = s.weights + rows * s.features;
  const S* b_hn = w_h + rows * (s.hidden + 1);
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S *x = s.x + b * s.features, *h_prev = s.h_prev + b * s.hidden, *no_h = nullptr;
      const S r = sigmoid(pre_activation(s, rows, u, x, h_prev));
      const S z = sigmoid(pre_activation(s, rows, s.hidden + u, x, h_prev));
      S q = b_hn[u];
      for (Index k = 0; k < s.hidden; ++k) q += w_h[k * rows + 2 * s.hidden + u] * h_prev[k];
      const S n = std::tanh(pre_activation(s, rows, 2 * s.hidden + u, x, no_h) + r * q);
      keep_h(s, at, (1 - z) * n + z * s.h_carried[at]);
      if (!s.keeps) continue;
      S* gates = s.gates + b * rows + u;
      gates[0] = r;
      gates[s.hidden] = z;
      gates[2 * s.hidden] = n;
      s.saved[at] = q;
    }
}

template <class S>
void gru_after_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * hidden);
  std::copy_n(w_h, 3 * hidden * hidden, out.data());
}

template <class S>
void gru_after_backward(const StepBackward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b)
    for (Index u = 0; u < s.hidden; ++u) {
      const Index at = b * s.hidden + u;
      const S* gates = s.gates + b * rows + u;
      S* deltas = s.deltas + b * 4 * s.hidden + u;
      const S r = gates[0], z = gates[s.hidden], n = gates[2 * s.hidden], q = s.saved[at];
      S dh = s.dh[at];
      if (s.dy != nullptr) dh += s.dy[at];
      if (s.next_deltas != nullptr) {
        const S* next = s.next_deltas + b * 4 * s.hidden;
        dh += back_projection(s, rows, 0, 2 * s.hidden, u, next);
        dh += back_projection(s, rows, 2 * s.hidden, s.hidden, u, next + 3 * s.hidden);
      }
      const S da_n = dh * (1 - z) * (1 - n * n);
      deltas[0] = da_n * q * r * (1 - r);
      deltas[s.hidden] = dh * (s.h_carried[at] - n) * z * (1 - z);
      deltas[2 * s.hidden] = da_n;
      deltas[3 * s.hidden] = da_n * r;
      s.dh[at] = dh * z;
    }
}

template <class S>
void gru_before_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * (features + hidden + 1));
  pack_copy(features, hidden, 3 * hidden, w_x, w_h, b, out.data());
}

template <class S>
void gru_before_forward(const StepForward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b) {
    const S *x = s.x + b * s.features, *h_prev = s.h_prev + b * s.hidden;
    S *gates = s.gates + b * rows, *m = s.saved + b * s.hidden;
    for (Index u = 0; u < s.hidden; ++u) {
      gates[u] = sigmoid(pre_activation(s, rows, u, x, h_prev));
      gates[s.hidden + u] = sigmoid(pre_activation(s, rows, s.hidden + u, x, h_prev));
      m[u] = gates[u] * h_prev[u];
    }
    for (Index u = 0; u < s.hidden; ++u) {
      const S z = gates[s.hidden + u];
      const S n = std::tanh(pre_activation(s, rows, 2 * s.hidden + u, x, static_cast<const S*>(m)));
      gates[2 * s.hidden + u] = n;
      keep_h(s, b * s.hidden + u, (1 - z) * n + z * s.h_carried[b * s.hidden + u]);
    }
  }
}

template <class S>
void gru_before_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(3 * hidden * hidden);
  std::copy_n(w_h, 3 * hidden * hidden, out.data());
}

template <class S>
void gru_before_backward(const StepBackward<S>& s) {
  const Index rows = 3 * s.hidden;
  for (Index b = 0; b < s.batch; ++b) {
    const S *gates = s.gates + b * rows, *h_prev = s.h_prev + b * s.hidden;
    S *deltas = s.deltas + b * 4 * s.hidden, *carried = s.dh + b * s.hidden;
    for (Index u = 0; u < s.hidden; ++u) {
      const S z = gates[s.hidden + u], n = gates[2 * s.hidden + u];
      S dh = carried[u];
      if (s.dy != nullptr) dh += s.dy[b * s.hidden + u];
      if (s.next_deltas != nullptr)
        dh += back_projection(s, rows, 0, 2 * s.hidden, u, s.next_deltas + b * 4 * s.hidden);
      deltas[s.hidden + u] = dh * (s.h_carried[b * s.hidden + u] - n) * z * (1 - z);
      deltas[2 * s.hidden + u] = dh * (1 - z) * (1 - n * n);
      carried[u] = dh * z;
    }
    for (Index u = 0; u < s.hidden; ++u) {
      const S r = gates[u];
      const S dm = back_projection(s, rows, 2 * s.hidden, s.hidden, u, static_cast<const S*>(deltas + 2 * s.hidden));
      deltas[u] = dm * h_prev[u] * r * (1 - r);
      carried[u] += s.mask == nullptr ? dm * r : s.mask[b * s.hidden + u] * dm * r;
    }
  }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
