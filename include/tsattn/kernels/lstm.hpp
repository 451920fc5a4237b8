#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/activation.hpp>

/// One time step of an LSTM between the products, for `hidden` units and `batch` samples. Equation numbers:
/// layers/lstm.hpp.
namespace tsattn::kernels {

/// gates [4 hidden, batch]: in, the pre-activations a; out, i | f | g | o.  c_prev, c, tanh_c, h [hidden, batch].
/// c may be c_prev.
template <class Scalar>
void lstm_gates_forward(Index hidden, Index batch, Scalar* gates, const Scalar* c_prev, Scalar* c, Scalar* tanh_c,
                        Scalar* h) {
  for (Index b = 0; b < batch; ++b, gates += 4 * hidden, c_prev += hidden, c += hidden, tanh_c += hidden, h += hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar i = sigmoid(gates[u]);                 // (2)
      const Scalar f = sigmoid(gates[hidden + u]);        // (2)
      const Scalar g = std::tanh(gates[2 * hidden + u]);  // (2)
      const Scalar o = sigmoid(gates[3 * hidden + u]);    // (2)
      c[u] = f * c_prev[u] + i * g;                       // (3)
      tanh_c[u] = std::tanh(c[u]);
      h[u] = o * tanh_c[u];  // (4)
      gates[u] = i;
      gates[hidden + u] = f;
      gates[2 * hidden + u] = g;
      gates[3 * hidden + u] = o;
    }
}

/// gates i | f | g | o, c_prev and tanh_c as forward left them; dh [hidden, batch] the whole gradient of h_t.
/// dc [hidden, batch]: in, the part of dL/dc_t that comes from step t + 1; out, the part of dL/dc_{t-1} that comes from
/// step t. da [4 hidden, batch] is assigned.
template <class Scalar>
void lstm_gates_backward(Index hidden, Index batch, const Scalar* gates, const Scalar* c_prev, const Scalar* tanh_c,
                         const Scalar* dh, Scalar* dc, Scalar* da) {
  for (Index b = 0; b < batch;
       ++b, gates += 4 * hidden, c_prev += hidden, tanh_c += hidden, dh += hidden, dc += hidden, da += 4 * hidden)
    for (Index u = 0; u < hidden; ++u) {
      const Scalar i = gates[u], f = gates[hidden + u], g = gates[2 * hidden + u], o = gates[3 * hidden + u];
      const Scalar dc_t = dc[u] + dh[u] * o * (1 - tanh_c[u] * tanh_c[u]);  // (6)
      da[u] = dc_t * g * i * (1 - i);                                       // (7)
      da[hidden + u] = dc_t * c_prev[u] * f * (1 - f);                      // (7)
      da[2 * hidden + u] = dc_t * i * (1 - g * g);                          // (7)
      da[3 * hidden + u] = dh[u] * tanh_c[u] * o * (1 - o);                 // (7)
      dc[u] = dc_t * f;                                                     // (6), the first term of step t - 1
    }
}

}  // namespace tsattn::kernels
