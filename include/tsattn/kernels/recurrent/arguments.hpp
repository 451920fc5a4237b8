#pragma once

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// One time step of a recurrent cell. Matrices are column-major without gaps, one column per sample; B = batch,
/// F = features, H = hidden. What `gates`, `saved` and `deltas` hold is said in rnn.hpp, lstm.hpp and gru.hpp.
template <class S>
struct StepForward {
  Index features, hidden, batch;
  const S* weights;    // packed
  const S* x;          // [F, B]
  const S* h_prev;     // [H, B]  what W_h multiplies
  const S* h_carried;  // [H, B]  GRU: what z multiplies; h_prev, but for dropout of states
  const S* c_prev;     // [H, B]  LSTM
  S* h;                // [H, B]  neither h_prev nor h_carried
  S* c;                // [H, B]  LSTM; may be c_prev
  S* y;                // [H, B]  a second place for h, or null
  bool keeps;          // whether backward will read gates and saved
  S* gates;            // [G H, B]  for G gates
  S* saved;            // [H, B]
};

template <class S>
struct StepBackward {
  Index hidden, batch;
  const S* weights;  // packed for backward
  const S* gates;    // as forward left them
  const S* saved;
  const S* h_prev;       // [H, B]  as forward's, for the GRU
  const S* h_carried;    // [H, B]  as forward's, for the GRU
  const S* mask;         // [H, B]  GRU, reset before the product: h_prev = mask * h_carried; null: they are the same
  const S* c_prev;       // [H, B]  LSTM
  const S* dy;           // [H, B]  what dL/dh_t has from the layer's output; null: nothing
  const S* next_deltas;  // the deltas of step t + 1; null: this is the last step
  S* dh;                 // [H, B]  in: what dL/dh_t has besides dy and the products with the deltas; out: dL/dh_{t-1}'s
  S* dc;                 // [H, B]  LSTM  in: dL/dc_t but for the part through h_t; out: the same of c_{t-1}
  S* deltas;             // assigned
};

}  // namespace tsattn::kernels
