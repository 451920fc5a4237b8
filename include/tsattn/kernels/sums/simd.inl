// See kernels/sums/sums.hpp.

template <class S>
TSATTN_NOINLINE void add_column_sums(Index rows, Index cols, const S* in, Index in_col, S* sums) {
  using P = Pack<S>;
  constexpr Index kPacks = Index{kTileRows},
                  kRows = kPacks * P::kWidth;  // several packs at a time: one addition waits for the one before it
  Index row = 0;
  for (; row + kRows <= rows; row += kRows) {
    typename P::Type sum[kTileRows];
#pragma GCC unroll 4
    for (Index i = 0; i < kPacks; ++i) sum[i] = P::load(sums + row + i * P::kWidth);
    for (Index j = 0; j < cols; ++j)
#pragma GCC unroll 4
      for (Index i = 0; i < kPacks; ++i) sum[i] = sum[i] + P::load(in + j * in_col + row + i * P::kWidth);
#pragma GCC unroll 4
    for (Index i = 0; i < kPacks; ++i) P::store(sums + row + i * P::kWidth, sum[i]);
  }
  for_packs<S>(rows - row, [&](Index i, Index n) {
    typename P::Type sum = P::load(sums + row + i, n);
    for (Index j = 0; j < cols; ++j) sum = sum + P::load(in + j * in_col + row + i, n);
    P::store(sums + row + i, sum, n);
  });
}

template <class S>
TSATTN_NOINLINE void add(Index size, const S* from, S* to) {
  map(size, from, to, to, [](auto a, auto b) TSATTN_INLINE_LAMBDA { return b + a; });
}

template <class S>
TSATTN_NOINLINE double sum_of_squares(Index size, const S* values) {
  using P = Pack<double>;
  using Narrow = PackOf<S, kBytes / 8 * static_cast<Index>(sizeof(S))>;
  Lanes<double> lanes;
  lanes.add(size, [&](Index i, Index n, P::Type sum) TSATTN_INLINE_LAMBDA {
    Narrow narrow{};
    if (n == P::kWidth) {
      __builtin_memcpy(&narrow, values + i, sizeof(narrow));
    } else {
      for (Index k = 0; k < n; ++k) narrow[k] = values[i + k];
    }
    const P::Type value = __builtin_convertvector(narrow, P::Type);
    return P::fma(value, value, sum);
  });
  return lanes.sum();
}
