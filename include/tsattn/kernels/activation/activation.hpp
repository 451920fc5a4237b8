#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// Elementwise functions of `size` scalars. The output may be an input.
///
/// Largest error in units in the last place (ULP) of the correctly rounded result, over every float, and over 120
/// million doubles of all magnitudes (generic on x86-64, which does not fuse, in parentheses):
///              float        double
///   exp        1.2 (1.2)    1.1 (1.1)
///   sigmoid    2.5 (2.5)    2.5 (2.5)
///   tanh       2.5 (2.6)    2.7 (2.8)
/// Infinities, NaN, -0 and denormal numbers give what std:: gives. With AVX2 and AVX-512 denormal numbers take no
/// longer than others, but for tanh of one and a sigmoid that is one: their division takes five times as long (on Zen
/// 5; a quarter of std::tanh's time).
namespace tsattn::kernels {

/// y = e^x
template <class S>
void exp_forward(Index size, const S* x, S* y) {
  TSATTN_RUN(instruction_set(), exp_forward(size, x, y));
}
TSATTN_COMPILED(exp_forward);

/// y = tanh x
template <class S>
void tanh_forward(Index size, const S* x, S* y) {
  TSATTN_RUN(instruction_set(), tanh_forward(size, x, y));
}
TSATTN_COMPILED(tanh_forward);
/// dx = dy (1 - y^2)
template <class S>
void tanh_backward(Index size, const S* y, const S* dy, S* dx) {
  TSATTN_RUN(instruction_set(), tanh_backward(size, y, dy, dx));
}
TSATTN_COMPILED(tanh_backward);

/// y = 1 / (1 + e^-x)
template <class S>
void sigmoid_forward(Index size, const S* x, S* y) {
  TSATTN_RUN(instruction_set(), sigmoid_forward(size, x, y));
}
TSATTN_COMPILED(sigmoid_forward);
/// dx = dy y (1 - y)
template <class S>
void sigmoid_backward(Index size, const S* y, const S* dy, S* dx) {
  TSATTN_RUN(instruction_set(), sigmoid_backward(size, y, dy, dx));
}
TSATTN_COMPILED(sigmoid_backward);

/// y = max(x, 0), and NaN for NaN
template <class S>
void relu_forward(Index size, const S* x, S* y) {
  TSATTN_RUN(instruction_set(), relu_forward(size, x, y));
}
TSATTN_COMPILED(relu_forward);
/// dx = dy where y > 0, otherwise 0
template <class S>
void relu_backward(Index size, const S* y, const S* dy, S* dx) {
  TSATTN_RUN(instruction_set(), relu_backward(size, y, dy, dx));
}
TSATTN_COMPILED(relu_backward);

}  // namespace tsattn::kernels
