// Sums over many scalars. They run in 64 bytes of lanes whatever the width of a pack, and the lanes are added in one
// order: so the sum is the same bits for every width.

template <class S>
struct Lanes {
  using P = Pack<S>;
  static constexpr Index kCount = 64 / static_cast<Index>(sizeof(S));
  static constexpr std::size_t kPacks = 64 / static_cast<std::size_t>(kBytes);

  typename P::Type packs[kPacks] = {};

  /// Calls term(first, count, lanes so far) for the packs of `size` scalars, each on its turn of the lanes.
  template <class Term>
  TSATTN_INLINE void add(Index size, const Term& term) {
    for (Index begin = 0; begin < size; begin += kCount)
#pragma GCC unroll 4
      for (std::size_t i = 0; i < kPacks; ++i) {
        const Index first = begin + static_cast<Index>(i) * P::kWidth, left = size - first;
        if (left > 0) packs[i] = term(first, left < P::kWidth ? left : P::kWidth, packs[i]);
      }
  }

  /// Lane i and lane i + kCount / 2 first, and so on.
  TSATTN_INLINE S sum() const {
    typename P::Type folded[kPacks];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kPacks; ++i) folded[i] = packs[i];
#pragma GCC unroll 2
    for (std::size_t half = kPacks / 2; half > 0; half /= 2)
#pragma GCC unroll 2
      for (std::size_t i = 0; i < half; ++i) folded[i] = folded[i] + folded[i + half];
    return fold(folded[0], std::make_index_sequence<static_cast<std::size_t>(P::kWidth) / 2>());
  }

 private:
  /// The sum of a pack, its lower and its upper half first.
  template <class V, std::size_t... I>
  static TSATTN_INLINE S fold(V pack, std::index_sequence<I...>) {
    constexpr std::size_t kHalf = sizeof...(I);
    if constexpr (kHalf == 1) {
      return pack[0] + pack[1];
    } else {
      const PackOf<S, static_cast<Index>(kHalf * sizeof(S))> lower = __builtin_shufflevector(pack, pack,
                                                                                             static_cast<int>(I)...),
                                                             upper = __builtin_shufflevector(
                                                                 pack, pack, static_cast<int>(kHalf + I)...);
      return fold(lower + upper, std::make_index_sequence<kHalf / 2>());
    }
  }
};

/// sum_i a_i b_i
template <class S>
TSATTN_INLINE S dot(Index size, const S* a, const S* b) {
  using P = Pack<S>;
  Lanes<S> lanes;
  lanes.add(size,
            [&](Index i, Index n, typename P::Type sum) { return P::fma(P::load(a + i, n), P::load(b + i, n), sum); });
  return lanes.sum();
}
