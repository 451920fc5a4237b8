#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// 1 / (1 + e^-x); 0 and 1 in the limits, NaN for NaN.
template <class Scalar>
Scalar sigmoid(Scalar x) {
  return 1 / (1 + std::exp(-x));
}

/// y = tanh x; y may be x.
template <class Scalar>
void tanh_forward(Index size, const Scalar* x, Scalar* y) {
  for (Index i = 0; i < size; ++i) y[i] = std::tanh(x[i]);
}
/// dx = dy (1 - y^2); dx may be dy.
template <class Scalar>
void tanh_backward(Index size, const Scalar* y, const Scalar* dy, Scalar* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

/// y = sigmoid x; y may be x.
template <class Scalar>
void sigmoid_forward(Index size, const Scalar* x, Scalar* y) {
  for (Index i = 0; i < size; ++i) y[i] = sigmoid(x[i]);
}
/// dx = dy y (1 - y); dx may be dy.
template <class Scalar>
void sigmoid_backward(Index size, const Scalar* y, const Scalar* dy, Scalar* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

/// y = max(x, 0), and NaN for NaN; y may be x.
template <class Scalar>
void relu_forward(Index size, const Scalar* x, Scalar* y) {
  for (Index i = 0; i < size; ++i) y[i] = x[i] < 0 ? Scalar(0) : x[i];
}
/// dx = dy where y > 0, otherwise 0; dx may be dy.
template <class Scalar>
void relu_backward(Index size, const Scalar* y, const Scalar* dy, Scalar* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = y[i] > 0 ? dy[i] : Scalar(0);
}

}  // namespace tsattn::kernels
