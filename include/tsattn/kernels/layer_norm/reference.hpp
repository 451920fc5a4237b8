#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/layer_norm/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void layer_norm_forward(const LayerNormForward<S>& a) {
  const S count = static_cast<S>(a.features);
  for (Index j = 0; j < a.columns; ++j) {
    const S* x = a.x + j * a.features;
    S* y = a.y + j * a.features;
    S sum = 0, squares = 0;
    for (Index i = 0; i < a.features; ++i) sum += x[i];
    const S mean = sum / count;  // (1)
    for (Index i = 0; i < a.features; ++i) squares += (x[i] - mean) * (x[i] - mean);
    const S scale = 1 / std::sqrt(squares / count + a.epsilon);  // (2) (3)
    for (Index i = 0; i < a.features; ++i) {
      const S normalised = scale * (x[i] - mean);                                                     // (4)
      y[i] = (a.gain != nullptr ? a.gain[i] : 1) * normalised + (a.bias != nullptr ? a.bias[i] : 0);  // (5)
    }
    if (a.mean != nullptr) a.mean[j] = mean;
    if (a.scale != nullptr) a.scale[j] = scale;
  }
}

template <class S>
void layer_norm_backward(const LayerNormBackward<S>& a) {
  const S count = static_cast<S>(a.features);
  for (Index j = 0; j < a.columns; ++j) {
    const S* x = a.x + j * a.features;
    const S* dy = a.dy + j * a.features;
    const S mean = a.mean[j], scale = a.scale[j];
    const auto normalised = [&](Index i) { return scale * (x[i] - mean); };                              // (4)
    const auto dn = [&](Index i) { return (a.gain != nullptr ? a.gain[i] : 1) * dy[i]; };                // (8)
    for (Index i = 0; a.d_gain != nullptr && i < a.features; ++i) a.d_gain[i] += dy[i] * normalised(i);  // (6)
    for (Index i = 0; a.d_bias != nullptr && i < a.features; ++i) a.d_bias[i] += dy[i];                  // (7)
    if (a.dx == nullptr) continue;
    S sum = 0, projection = 0;
    for (Index i = 0; i < a.features; ++i) sum += dn(i), projection += dn(i) * normalised(i);
    for (Index i = 0; i < a.features; ++i)
      a.dx[j * a.features + i] = scale * (dn(i) - sum / count - normalised(i) * (projection / count));  // (9)
  }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
