#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/activation.hpp>

/// One time step of a GRU between the products, for `hidden` units and `batch` samples. Equation numbers:
/// layers/gru.hpp. gates is [3 hidden, batch] with the blocks r | z | n, deltas [4 hidden, batch] with da_r | da_z |
/// da_n | dq.
namespace tsattn::kernels {

/// Reset after the product.  gates: in, a (without the recurrent part of n); out, r | z | n.  q [hidden, batch] is
/// W_hn h_{t-1} + b_hn.  h may be h_prev.
template <class Scalar>
void gru_after_forward(Index hidden, Index batch, Scalar* gates, const Scalar* q, const Scalar* h_prev, Scalar* h) {
  for (Index b = 0; b < batch; ++b, gates += 3 * hidden, q += hidden, h_prev += hidden, h += hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar r = sigmoid(gates[u]);                            // (2)
      const Scalar z = sigmoid(gates[hidden + u]);                   // (2)
      const Scalar n = std::tanh(gates[2 * hidden + u] + r * q[u]);  // (3a)
      h[u] = (1 - z) * n + z * h_prev[u];                            // (4)
      gates[u] = r;
      gates[hidden + u] = z;
      gates[2 * hidden + u] = n;
    }
}

/// dh [hidden, batch]: in, dL/dh_t; out, the part of dL/dh_{t-1} that goes past the products. deltas is assigned whole.
template <class Scalar>
void gru_after_backward(Index hidden, Index batch, const Scalar* gates, const Scalar* q, const Scalar* h_prev,
                        Scalar* dh, Scalar* deltas) {
  for (Index b = 0; b < batch;
       ++b, gates += 3 * hidden, q += hidden, h_prev += hidden, dh += hidden, deltas += 4 * hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar r = gates[u], z = gates[hidden + u], n = gates[2 * hidden + u];
      const Scalar da_n = dh[u] * (1 - z) * (1 - n * n);           // (5)
      deltas[u] = da_n * q[u] * r * (1 - r);                       // (7a)
      deltas[hidden + u] = dh[u] * (h_prev[u] - n) * z * (1 - z);  // (6)
      deltas[2 * hidden + u] = da_n;
      deltas[3 * hidden + u] = da_n * r;  // (7a)
      dh[u] *= z;                         // (8), first term
    }
}

/// Reset before the product, first half.  gates: in, a; out, r | z in the first two blocks.  reset_h [hidden, batch] =
/// r * h_prev is what W_hn multiplies next.
template <class Scalar>
void gru_before_reset(Index hidden, Index batch, Scalar* gates, const Scalar* h_prev, Scalar* reset_h) {
  for (Index b = 0; b < batch; ++b, gates += 3 * hidden, h_prev += hidden, reset_h += hidden)
    for (Index u = 0; u < hidden; ++u) {
      gates[u] = sigmoid(gates[u]);                    // (2)
      gates[hidden + u] = sigmoid(gates[hidden + u]);  // (2)
      reset_h[u] = gates[u] * h_prev[u];
    }
}

/// Second half: the third block of gates, now complete, becomes n, and h the new state.  h may be h_prev.
template <class Scalar>
void gru_before_forward(Index hidden, Index batch, Scalar* gates, const Scalar* h_prev, Scalar* h) {
  for (Index b = 0; b < batch; ++b, gates += 3 * hidden, h_prev += hidden, h += hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar z = gates[hidden + u];
      const Scalar n = std::tanh(gates[2 * hidden + u]);  // (3b)
      h[u] = (1 - z) * n + z * h_prev[u];                 // (4)
      gates[2 * hidden + u] = n;
    }
}

/// First half of backward.  dh as in gru_after_backward; the second and third block of deltas are assigned.
template <class Scalar>
void gru_before_backward(Index hidden, Index batch, const Scalar* gates, const Scalar* h_prev, Scalar* dh,
                         Scalar* deltas) {
  for (Index b = 0; b < batch; ++b, gates += 3 * hidden, h_prev += hidden, dh += hidden, deltas += 4 * hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar z = gates[hidden + u], n = gates[2 * hidden + u];
      deltas[hidden + u] = dh[u] * (h_prev[u] - n) * z * (1 - z);  // (6)
      deltas[2 * hidden + u] = dh[u] * (1 - z) * (1 - n * n);      // (5)
      dh[u] *= z;                                                  // (8), first term
    }
}

/// Second half: d_reset [hidden, batch] = W_hn^T da_n, the gradient of r * h_prev.  dh is added to; the first block of
/// deltas is assigned.
template <class Scalar>
void gru_before_reset_backward(Index hidden, Index batch, const Scalar* gates, const Scalar* h_prev,
                               const Scalar* d_reset, Scalar* dh, Scalar* deltas) {
  for (Index b = 0; b < batch;
       ++b, gates += 3 * hidden, h_prev += hidden, d_reset += hidden, dh += hidden, deltas += 4 * hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar r = gates[u];
      deltas[u] = d_reset[u] * h_prev[u] * r * (1 - r);  // (7b)
      dh[u] += d_reset[u] * r;                           // (8), the term through the reset
    }
}

}  // namespace tsattn::kernels
