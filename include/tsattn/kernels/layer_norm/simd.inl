// See kernels/layer_norm/layer_norm.hpp. Equation numbers: layers/layer_norm.hpp.

template <class S>
TSATTN_NOINLINE void layer_norm_forward(const LayerNormForward<S>& a) {
  using P = Pack<S>;
  using V = typename P::Type;
  const Index size = a.features;
  const S count = static_cast<S>(size);
  for (Index j = 0; j < a.columns; ++j) {
    const S* x = a.x + j * size;
    S* y = a.y + j * size;
    Lanes<S> lanes;
    lanes.add(size, [&](Index i, Index n, V sum) TSATTN_INLINE_LAMBDA { return sum + P::load(x + i, n); });
    const S mean = lanes.sum() / count;  // (1)
    // y holds the deviations first: of a pack at the end that is not full, x - mean would be -mean where nothing is.
    map(size, x, y, [&](auto v) TSATTN_INLINE_LAMBDA { return v - P::set(mean); });
    const S variance = dot(size, y, y) / count;                                 // (2)
    const V scale = P::set(1) / P::sqrt(P::set(variance) + P::set(a.epsilon));  // (3)
    for_packs<S>(size, [&](Index i, Index n) {
      const V gain = a.gain != nullptr ? P::load(a.gain + i, n) : P::set(1);
      const V bias = a.bias != nullptr ? P::load(a.bias + i, n) : P::zero();
      P::store(y + i, P::fma(gain, scale * P::load(y + i, n), bias), n);  // (4) (5)
    });
    if (a.mean != nullptr) a.mean[j] = mean;
    if (a.scale != nullptr) a.scale[j] = scale[0];
  }
}

template <class S>
TSATTN_NOINLINE void layer_norm_backward(const LayerNormBackward<S>& a) {
  using P = Pack<S>;
  using V = typename P::Type;
  const Index size = a.features;
  const S count = static_cast<S>(size);
  for (Index j = 0; j < a.columns; ++j) {
    const S* x = a.x + j * size;
    const S* dy = a.dy + j * size;
    const V mean = P::set(a.mean[j]), scale = P::set(a.scale[j]);
    const auto normalised = [&](Index i, Index n) TSATTN_INLINE_LAMBDA { return scale * (P::load(x + i, n) - mean); };
    const auto gain = [&](Index i, Index n)
                          TSATTN_INLINE_LAMBDA { return a.gain != nullptr ? P::load(a.gain + i, n) : P::set(1); };
    if (a.d_gain != nullptr)
      for_packs<S>(size, [&](Index i, Index n) {
        P::store(a.d_gain + i, P::fma(P::load(dy + i, n), normalised(i, n), P::load(a.d_gain + i, n)), n);  // (6)
      });
    if (a.d_bias != nullptr)
      map(size, a.d_bias, dy, a.d_bias, [](auto b, auto d) TSATTN_INLINE_LAMBDA { return b + d; });  // (7)
    if (a.dx == nullptr) continue;
    Lanes<S> sum, projection;  // behind the end of a column dy is 0, and so is what they are given
    sum.add(size, [&](Index i, Index n, V lanes) TSATTN_INLINE_LAMBDA {
      return P::fma(gain(i, n), P::load(dy + i, n), lanes);  // (8)
    });
    projection.add(size, [&](Index i, Index n, V lanes) TSATTN_INLINE_LAMBDA {
      return P::fma(gain(i, n) * P::load(dy + i, n), normalised(i, n), lanes);
    });
    const V mean_dn = P::set(sum.sum() / count), mean_projection = P::set(projection.sum() / count);
    for_packs<S>(size, [&](Index i, Index n) {
      const V centred = P::fma(gain(i, n), P::load(dy + i, n), -mean_dn);
      P::store(a.dx + j * size + i, scale * P::fnma(normalised(i, n), mean_projection, centred), n);  // (9)
    });
  }
}
