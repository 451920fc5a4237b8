// See kernels/attention/attention.hpp.

template <class S>
TSATTN_NOINLINE void dot_scores(Index count, Index size, S scale, const S* p, const S* keys, Index stride, S* s) {
  for (Index k = 0; k < count; ++k) s[k] = scale * dot(size, p, keys + k * stride);
}

/// Calls visit(number of packs, first, lanes of a pack) for the packs of `size` scalars, four at a time: steps
/// lie far apart in memory, and walking over all of them once per pack would bring every cache line several times.
template <class S, class Visit>
TSATTN_INLINE void for_four_packs(Index size, const Visit& visit) {
  constexpr Index kWidth = Pack<S>::kWidth;
  Index i = 0;
  for (; i + 4 * kWidth <= size; i += 4 * kWidth) visit(std::integral_constant<std::size_t, 4>(), i, kWidth);
  for (; i < size; i += kWidth)
    visit(std::integral_constant<std::size_t, 1>(), i, size - i < kWidth ? size - i : kWidth);
}

/// c += scale sum_k w_k value_k
template <class S>
TSATTN_INLINE void add_weighted_rows(Index count, Index size, S scale, const S* w, const S* values, Index stride,
                                     S* c) {
  using P = Pack<S>;
  for_four_packs<S>(size, [&](auto packs, Index first, Index n) {
    constexpr std::size_t kPacks = decltype(packs)::value;
    typename P::Type sums[kPacks];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPacks; ++i) sums[i] = P::load(c + first + static_cast<Index>(i) * P::kWidth, n);
    for (Index k = 0; k < count; ++k) {
      const auto weight = P::set(scale * w[k]);
      const S* value = values + k * stride + first;
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kPacks; ++i)
        sums[i] = P::fma(weight, P::load(value + static_cast<Index>(i) * P::kWidth, n), sums[i]);
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPacks; ++i) P::store(c + first + static_cast<Index>(i) * P::kWidth, sums[i], n);
  });
}

/// row_k += scale w_k p
template <class S>
TSATTN_INLINE void add_outer_rows(Index count, Index size, S scale, const S* w, const S* p, S* rows, Index stride) {
  using P = Pack<S>;
  for (Index k = 0; k < count; ++k) {
    const auto factor = P::set(scale * w[k]);
    S* row = rows + k * stride;
    for_packs<S>(
        size, [&](Index i, Index n) { P::store(row + i, P::fma(factor, P::load(p + i, n), P::load(row + i, n)), n); });
  }
}

template <class S>
TSATTN_NOINLINE void dot_scores_backward(Index count, Index size, S scale, const S* p, const S* keys, Index stride,
                                         const S* ds, S* dp, S* d_keys) {
  if (dp != nullptr) add_weighted_rows(count, size, scale, ds, keys, stride, dp);
  if (d_keys != nullptr) add_outer_rows(count, size, scale, ds, p, d_keys, stride);
}

template <class S>
TSATTN_NOINLINE void additive_scores(Index count, Index size, const S* v, const S* p, const S* keys, Index stride,
                                     S* s) {
  using P = Pack<S>;
  for (Index k = 0; k < count; ++k) {
    const S* key = keys + k * stride;
    Lanes<S> lanes;
    lanes.add(size, [&](Index i, Index n, typename P::Type sum) TSATTN_INLINE_LAMBDA {
      return P::fma(P::load(v + i, n), tanh<S>(P::load(p + i, n) + P::load(key + i, n)), sum);
    });
    s[k] = lanes.sum();
  }
}

template <class S>
TSATTN_NOINLINE void additive_scores_backward(Index count, Index size, const S* v, const S* p, const S* keys,
                                              Index stride, const S* ds, S* dv, S* dp, S* d_keys) {
  using P = Pack<S>;
  using V = typename P::Type;
  for_four_packs<S>(size, [&](auto packs, Index first, Index n) {
    constexpr std::size_t kPacks = decltype(packs)::value;
    V dv_sums[kPacks], dp_sums[kPacks];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPacks; ++i) {
      const Index at = first + static_cast<Index>(i) * P::kWidth;
      dv_sums[i] = P::load(dv + at, n);
      dp_sums[i] = P::load(dp + at, n);
    }
    for (Index k = 0; k < count; ++k) {
      const V ds_k = P::set(ds[k]);
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kPacks; ++i) {
        const Index at = first + static_cast<Index>(i) * P::kWidth;
        S* d_key = d_keys + k * stride + at;
        const V u = tanh<S>(P::load(p + at, n) + P::load(keys + k * stride + at, n));
        const V ds_v = ds_k * P::load(v + at, n), slope = P::fnma(u, u, P::set(1));
        dv_sums[i] = P::fma(ds_k, u, dv_sums[i]);
        dp_sums[i] = P::fma(ds_v, slope, dp_sums[i]);
        P::store(d_key, P::fma(ds_v, slope, P::load(d_key, n)), n);
      }
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPacks; ++i) {
      const Index at = first + static_cast<Index>(i) * P::kWidth;
      P::store(dv + at, dv_sums[i], n);
      P::store(dp + at, dp_sums[i], n);
    }
  });
}

template <class S>
TSATTN_NOINLINE void weighted_sum(Index count, Index size, const S* w, const S* values, Index stride, S* c) {
  using P = Pack<S>;
  for_packs<S>(size, [&](Index i, Index n) { P::store(c + i, P::zero(), n); });
  add_weighted_rows(count, size, S(1), w, values, stride, c);
}

template <class S>
TSATTN_NOINLINE void weighted_sum_backward(Index count, Index size, const S* w, const S* values, Index stride,
                                           const S* dc, S* dw, S* d_values) {
  dot_scores(count, size, S(1), dc, values, stride, dw);
  if (d_values != nullptr) add_outer_rows(count, size, S(1), w, dc, d_values, stride);
}
