// Elementwise functions, see kernels/activation/activation.hpp.

template <class S>
TSATTN_NOINLINE void exp_forward(Index size, const S* x, S* y) {
  map(size, x, y, [](auto v) TSATTN_INLINE_LAMBDA { return exp<S>(v); });
}

template <class S>
TSATTN_NOINLINE void tanh_forward(Index size, const S* x, S* y) {
  map(size, x, y, [](auto v) TSATTN_INLINE_LAMBDA { return tanh<S>(v); });
}
template <class S>
TSATTN_NOINLINE void tanh_backward(Index size, const S* y, const S* dy, S* dx) {
  using P = Pack<S>;
  map(size, y, dy, dx, [](auto v, auto d) TSATTN_INLINE_LAMBDA { return d * P::fnma(v, v, P::set(1)); });
}

template <class S>
TSATTN_NOINLINE void sigmoid_forward(Index size, const S* x, S* y) {
  map(size, x, y, [](auto v) TSATTN_INLINE_LAMBDA { return sigmoid<S>(v); });
}
template <class S>
TSATTN_NOINLINE void sigmoid_backward(Index size, const S* y, const S* dy, S* dx) {
  using P = Pack<S>;
  map(size, y, dy, dx, [](auto v, auto d) TSATTN_INLINE_LAMBDA { return d * (v * (P::set(1) - v)); });
}

template <class S>
TSATTN_NOINLINE void relu_forward(Index size, const S* x, S* y) {
  using P = Pack<S>;
  map(size, x, y, [](auto v) TSATTN_INLINE_LAMBDA { return P::at_least(0, v); });
}
template <class S>
TSATTN_NOINLINE void relu_backward(Index size, const S* y, const S* dy, S* dx) {
  using P = Pack<S>;
  map(size, y, dy, dx, [](auto v, auto d) TSATTN_INLINE_LAMBDA { return v > P::zero() ? d : P::zero(); });
}
