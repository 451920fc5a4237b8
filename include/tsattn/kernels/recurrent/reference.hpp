#pragma once

#include <algorithm>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

// What the plain loops of all cells share. "Packed" weights are copies: W_x, W_h and the biases one after the other;
// for backward W_h alone.

template <class S>
void pack_copy(Index features, Index hidden, Index rows, const S* w_x, const S* w_h, const S* b, S* out) {
  out = std::copy_n(w_x, rows * features, out);
  out = std::copy_n(w_h, rows * hidden, out);
  std::copy_n(b, rows, out);
}

/// One element of W_x x + W_h h + b, from packed weights with `rows` rows. `h` may be null.
template <class S>
S pre_activation(const StepForward<S>& s, Index rows, Index row, const S* x, const S* h) {
  const S *w_x = s.weights, *w_h = w_x + rows * s.features, *b = w_h + rows * s.hidden;
  S sum = b[row];
  for (Index k = 0; k < s.features; ++k) sum += w_x[k * rows + row] * x[k];
  for (Index k = 0; h != nullptr && k < s.hidden; ++k) sum += w_h[k * rows + row] * h[k];
  return sum;
}

/// One element of W_h[first ... first + count]^T deltas
template <class S>
S back_projection(const StepBackward<S>& s, Index rows, Index first, Index count, Index unit, const S* deltas) {
  S sum = 0;
  for (Index k = 0; k < count; ++k) sum += s.weights[unit * rows + first + k] * deltas[k];
  return sum;
}

template <class S>
void keep_h(const StepForward<S>& s, Index at, S h) {
  s.h[at] = h;
  if (s.y != nullptr) s.y[at] = h;
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
