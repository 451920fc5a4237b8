// See kernels/softmax/softmax.hpp.

/// The largest value; any, or NaN, if there is a NaN.
template <class S>
TSATTN_INLINE S maximum(Index size, const S* values) {
  using P = Pack<S>;
  constexpr Index kWidth = P::kWidth;
  S largest = values[0];
  Index i = 0;
  if (size >= kWidth) {
    typename P::Type packs = P::load(values);
    for (i = kWidth; i + kWidth <= size; i += kWidth) {
      const typename P::Type pack = P::load(values + i);
      packs = pack > packs ? pack : packs;
    }
    for (Index lane = 0; lane < kWidth; ++lane) largest = packs[lane] > largest ? packs[lane] : largest;
  }
  for (; i < size; ++i) largest = values[i] > largest ? values[i] : largest;
  return largest;
}

template <class S>
TSATTN_NOINLINE void softmax_forward(Index size, const S* s, S* w) {
  using P = Pack<S>;
  using V = typename P::Type;
  const S largest = maximum(size, s);
  map(size, s, w, [&](auto v) TSATTN_INLINE_LAMBDA { return exp<S>(v - P::set(largest)); });
  Lanes<S> lanes;
  lanes.add(size, [&](Index i, Index n, V sum) TSATTN_INLINE_LAMBDA { return sum + P::load(w + i, n); });
  const V sum = P::set(lanes.sum());
  map(size, w, w, [&](auto v) TSATTN_INLINE_LAMBDA { return v / sum; });
}

template <class S>
TSATTN_NOINLINE void softmax_backward(Index size, const S* w, const S* dw, S* ds) {
  using P = Pack<S>;
  const auto mean = P::set(dot(size, w, dw));
  map(size, w, dw, ds, [&](auto v, auto d) TSATTN_INLINE_LAMBDA { return v * (d - mean); });
}
