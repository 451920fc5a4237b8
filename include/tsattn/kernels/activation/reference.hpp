#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
S sigmoid(S x) {
  return 1 / (1 + std::exp(-x));
}

template <class S>
void exp_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = std::exp(x[i]);
}

template <class S>
void tanh_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = std::tanh(x[i]);
}

template <class S>
void tanh_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

template <class S>
void sigmoid_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = sigmoid(x[i]);
}

template <class S>
void sigmoid_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

template <class S>
void relu_forward(Index size, const S* x, S* y) {
  for (Index i = 0; i < size; ++i) y[i] = x[i] < 0 ? S(0) : x[i];
}

template <class S>
void relu_backward(Index size, const S* y, const S* dy, S* dx) {
  for (Index i = 0; i < size; ++i) dx[i] = y[i] > 0 ? dy[i] : S(0);
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
