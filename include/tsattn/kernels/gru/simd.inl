// One time step of a GRU, see kernels/gru/gru.hpp. Equation numbers: layers/gru.hpp.
//
// Reset after the product: as the LSTM, one panel per pack of units; its start has four rows, b_r | b_z | b_n | b_hn,
// every column of W_x and W_h three. The tile has four rows of sums: the third takes the terms of x, the fourth those
// of h.
//
// Reset before the product: a panel of r | z per pack of units for the first half, then panels of n for the second.

/// start + W_x x in the rows 0, 1, 2 and + W_h h in the rows 0, 1, 3.
template <class S, std::size_t C>
TSATTN_NOINLINE void gru_tile(const S* start, const Terms<S>& x, const Terms<S>& h, S* out, Index out_col) {
  using P = Pack<S>;
  constexpr Index kCols = C;
  typename P::Type sums[4][C];
#pragma GCC unroll 8
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 4
    for (Index i = 0; i < 4; ++i) sums[i][j] = P::load(start + i * P::kWidth);
  accumulate<S, C>(x, sums, std::index_sequence<0, 1, 2>());
  accumulate<S, C>(h, sums, std::index_sequence<0, 1, 3>());
#pragma GCC unroll 8
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 4
    for (Index i = 0; i < 4; ++i) P::store(out + j * out_col + i * P::kWidth, sums[i][j]);
}

template <class S>
using GruTile = void (*)(const S*, const Terms<S>&, const Terms<S>&, S*, Index);

template <class S, std::size_t... C>
constexpr std::array<GruTile<S>, sizeof...(C)> gru_tiles(std::index_sequence<C...>) {
  return {gru_tile<S, C + 1>...};
}

template <class S>
void gru_after_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S* b_hn,
                    AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * (4 + 3 * (features + hidden)));
  constexpr Index kWidth = Pack<S>::kWidth;
  for_packs<S>(hidden, [&](Index unit, Index n) {
    S* panel = out.data() + unit * (4 + 3 * (features + hidden));
    pack_panel(n, Index{1}, Index{1}, b_hn + unit, Index{1}, Index{0}, panel + 3 * kWidth, kWidth);
    for (Index gate = 0; gate < 3; ++gate) {
      const Index row = gate * hidden + unit, to = gate * kWidth;
      pack_panel(n, Index{1}, Index{1}, b + row, Index{1}, Index{0}, panel + to, kWidth);
      pack_panel(n, Index{1}, features, w_x + row, Index{1}, 3 * hidden, panel + 4 * kWidth + to, 3 * kWidth);
      pack_panel(n, Index{1}, hidden, w_h + row, Index{1}, 3 * hidden, panel + (4 + 3 * features) * kWidth + to,
                 3 * kWidth);
    }
  });
}

/// The equations of a pack of units of one column, in two parts as the LSTM's. The first gives n before its tanh, and
/// z.
template <class S>
struct GruGates {
  typename Pack<S>::Type a_n, z;
};
template <class S>
TSATTN_INLINE GruGates<S> gru_after_gates(const StepForward<S>& s, Index col, Index unit, Index n,
                                          typename Pack<S>::Type a_r, typename Pack<S>::Type a_z,
                                          typename Pack<S>::Type a_n, typename Pack<S>::Type q) {
  using P = Pack<S>;
  const typename P::Type r = sigmoid<S>(a_r), z = sigmoid<S>(a_z);  // (2)
  if (s.keeps) {
    S* gates = s.gates + col * 3 * s.hidden + unit;
    P::store(gates, r, n);
    P::store(gates + s.hidden, z, n);
    P::store(s.saved + col * s.hidden + unit, q, n);
  }
  return {P::fma(r, q, a_n), z};  // (3a)
}
template <class S>
TSATTN_INLINE void gru_after_output(const StepForward<S>& s, Index col, Index unit, Index n, const GruGates<S>& gates) {
  using P = Pack<S>;
  const Index at = col * s.hidden + unit;
  const typename P::Type n_t = tanh<S>(gates.a_n);  // (3a)
  const typename P::Type one = P::set(1), z = gates.z;
  const typename P::Type h = P::fma(z, P::load(s.h_carried + at, n), (one - z) * n_t);  // (4), exact for z = 0 and 1
  P::store(s.h + at, h, n);
  if (s.y != nullptr) P::store(s.y + at, h, n);
  if (s.keeps) P::store(s.gates + col * 3 * s.hidden + 2 * s.hidden + unit, n_t, n);
}

/// A batch of one column.
template <class S>
TSATTN_INLINE void gru_after_forward_column(const StepForward<S>& s) {
  using P = Pack<S>;
  constexpr Index kRows = 3 * P::kWidth;
  const Index panel = 4 * P::kWidth + kRows * (s.features + s.hidden);
  for_panels_of_column<S>(
      s.hidden, [&]<std::size_t N>(Index unit, std::integral_constant<std::size_t, N>) TSATTN_INLINE_LAMBDA {
        const S* start = s.weights + unit / P::kWidth * panel;
        const S* w_x = start + 4 * P::kWidth;
        typename P::Type a[N][4];
        GruGates<S> gates[N];
        load_starts(start, panel, a);
        accumulate_column<S>({s.features, w_x, kRows, s.x, 1, 0}, panel, a, std::index_sequence<0, 1, 2>());  // (1)
        accumulate_column<S>({s.hidden, w_x + kRows * s.features, kRows, s.h_prev, 1, 0}, panel, a,
                             std::index_sequence<0, 1, 3>());  // (1)
        for_panels<S, N>(s.hidden, unit, [&](std::size_t i, Index first, Index n) TSATTN_INLINE_LAMBDA {
          gates[i] = gru_after_gates(s, 0, first, n, a[i][0], a[i][1], a[i][2], a[i][3]);
        });
        for_panels<S, N>(s.hidden, unit, [&](std::size_t i, Index first, Index n) TSATTN_INLINE_LAMBDA {
          gru_after_output(s, 0, first, n, gates[i]);
        });
      });
}

template <class S>
TSATTN_NOINLINE void gru_after_forward(const StepForward<S>& s) {
  using P = Pack<S>;
  static constexpr auto kGruTiles = gru_tiles<S>(std::make_index_sequence<kTileCols>());
  using Tile = TileSums<S>;
  if (s.batch == 1) return gru_after_forward_column(s);
  const auto run = [&](const Tile& tile) {
    const S* bias = s.weights + tile.unit * (4 + 3 * (s.features + s.hidden));
    const S* panel = bias + 4 * P::kWidth;
    kGruTiles[static_cast<std::size_t>(tile.count - 1)](
        bias, {s.features, panel, 3 * P::kWidth, s.x + tile.col * s.features, 1, s.features},
        {s.hidden, panel + 3 * P::kWidth * s.features, 3 * P::kWidth, s.h_prev + tile.col * s.hidden, 1, s.hidden},
        tile.sums, tile.kCol);  // (1)
  };
  for_tile_groups<S>(s.hidden, P::kWidth, s.batch, run, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j) {
        S* a = tile.column(j);
        const GruGates<S> gates =
            gru_after_gates(s, tile.col + j, tile.unit, tile.units, P::load(a), P::load(a + P::kWidth),
                            P::load(a + 2 * P::kWidth), P::load(a + 3 * P::kWidth));
        P::store(a, gates.a_n);
        P::store(a + P::kWidth, gates.z);
      }
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j) {
        const S* a = tile.column(j);
        gru_after_output(s, tile.col + j, tile.unit, tile.units, {P::load(a), P::load(a + P::kWidth)});
      }
  });
}

template <class S>
void gru_before_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(3 * padded<S>(hidden) * (1 + features + hidden));
  pack_gates<S>(2, features, hidden, w_x, w_h, b, 3 * hidden, out.data());
  pack_block(features, hidden, w_x + 2 * hidden, w_h + 2 * hidden, 3 * hidden, b + 2 * hidden,
             out.data() + 2 * padded<S>(hidden) * (1 + features + hidden));
}

template <class S>
TSATTN_NOINLINE void gru_before_forward(const StepForward<S>& s) {
  using P = Pack<S>;
  using V = typename P::Type;
  using Tile = TileSums<S>;
  const Index column_size = 1 + s.features + s.hidden;
  const Terms<S> x{s.features, nullptr, 0, s.x, 1, s.features};
  const std::array<Terms<S>, 2> x_and_h{x, Terms<S>{s.hidden, nullptr, 0, s.h_prev, 1, s.hidden}};
  const auto run_reset = [&](const Tile& tile) {
    const S* bias = s.weights + 2 * tile.unit * column_size;
    multiply_panel(tile, 2, bias + 2 * P::kWidth, {bias, 0}, x_and_h);  // (1)
  };
  for_tile_groups<S>(s.hidden, P::kWidth, s.batch, run_reset, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0, n = tile.units; j < tile.count; ++j) {
        const S* a = tile.column(j);
        const Index col = tile.col + j, at = col * s.hidden + tile.unit;
        S* gates = s.gates + col * 3 * s.hidden + tile.unit;
        const V r = sigmoid<S>(P::load(a)), z = sigmoid<S>(P::load(a + P::kWidth));  // (2)
        P::store(gates, r, n);
        P::store(gates + s.hidden, z, n);
        P::store(s.saved + at, r * P::load(s.h_prev + at, n), n);
      }
  });
  const std::array<Terms<S>, 2> x_and_m{x, Terms<S>{s.hidden, nullptr, 0, s.saved, 1, s.hidden}};
  const S* weights = s.weights + 2 * padded<S>(s.hidden) * column_size;
  const auto run_new = [&](const Tile& tile) {
    const Index packs = (tile.units + P::kWidth - 1) / P::kWidth;
    const S* bias = weights + tile.unit * column_size;
    multiply_panel(tile, packs, bias + packs * P::kWidth, {bias, 0}, x_and_m);
  };
  for_tile_groups<S>(s.hidden, Tile::kCol, s.batch, run_new, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j)
        for_packs<S>(tile.units, [&](Index i, Index n) {
          const Index col = tile.col + j, at = col * s.hidden + tile.unit + i;
          S* gates = s.gates + col * 3 * s.hidden + tile.unit + i;
          const V n_t = tanh<S>(P::load(tile.column(j) + i));  // (3b)
          const V z = P::load(gates + s.hidden, n);
          const V h = P::fma(z, P::load(s.h_carried + at, n), (P::set(1) - z) * n_t);  // (4)
          P::store(s.h + at, h, n);
          if (s.y != nullptr) P::store(s.y + at, h, n);
          P::store(gates + 2 * s.hidden, n_t, n);
        });
  });
}

// Backward, both variants: panels of W_h^T, [r | z | n] for the reset after the product, [r | z] and then n for the one
// before it.

template <class S>
void gru_after_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * 3 * hidden);
  pack_transposed(hidden, 3 * hidden, w_h, 3 * hidden, out.data());
}

template <class S>
void gru_before_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * 3 * hidden);
  pack_transposed(hidden, 2 * hidden, w_h, 3 * hidden, out.data());
  pack_transposed(hidden, hidden, w_h + 2 * hidden, 3 * hidden, out.data() + padded<S>(hidden) * 2 * hidden);
}

template <class S>
TSATTN_NOINLINE void gru_after_backward(const StepBackward<S>& s) {
  using P = Pack<S>;
  using V = typename P::Type;
  const Index delta_rows = 4 * s.hidden;
  const S* dq = s.next_deltas == nullptr ? nullptr : s.next_deltas + 3 * s.hidden;
  const std::array<Terms<S>, 2> terms{Terms<S>{2 * s.hidden, nullptr, 0, s.next_deltas, 1, delta_rows},
                                      Terms<S>{s.hidden, nullptr, 0, dq, 1, delta_rows}};
  for_tiles_of_dh(s.hidden, s.batch, s.weights, s.dy, terms, [&](Index unit, Index n, Index col, V dh) {  // (8)
    const Index at = col * s.hidden + unit, gate = col * 3 * s.hidden + unit, delta = col * delta_rows + unit;
    const V one = P::set(1);
    const V r = P::load(s.gates + gate, n), z = P::load(s.gates + gate + s.hidden, n);
    const V n_t = P::load(s.gates + gate + 2 * s.hidden, n), q = P::load(s.saved + at, n);
    dh = dh + P::load(s.dh + at, n);
    const V da_n = dh * (one - z) * P::fnma(n_t, n_t, one);                                                 // (5)
    P::store(s.deltas + delta, da_n * q * (r * (one - r)), n);                                              // (7a)
    P::store(s.deltas + delta + s.hidden, dh * (P::load(s.h_carried + at, n) - n_t) * (z * (one - z)), n);  // (6)
    P::store(s.deltas + delta + 2 * s.hidden, da_n, n);
    P::store(s.deltas + delta + 3 * s.hidden, da_n * r, n);  // (7a)
    P::store(s.dh + at, dh * z, n);                          // (8), first term
  });
}

template <class S>
TSATTN_NOINLINE void gru_before_backward(const StepBackward<S>& s) {
  using P = Pack<S>;
  using V = typename P::Type;
  const Index delta_rows = 4 * s.hidden;
  const std::array<Terms<S>, 1> from_next{Terms<S>{2 * s.hidden, nullptr, 0, s.next_deltas, 1, delta_rows}};
  for_tiles_of_dh(s.hidden, s.batch, s.weights, s.dy, from_next, [&](Index unit, Index n, Index col, V dh) {  // (8)
    const Index at = col * s.hidden + unit, gate = col * 3 * s.hidden + unit, delta = col * delta_rows + unit;
    const V one = P::set(1);
    const V z = P::load(s.gates + gate + s.hidden, n), n_t = P::load(s.gates + gate + 2 * s.hidden, n);
    dh = dh + P::load(s.dh + at, n);
    P::store(s.deltas + delta + s.hidden, dh * (P::load(s.h_carried + at, n) - n_t) * (z * (one - z)), n);  // (6)
    P::store(s.deltas + delta + 2 * s.hidden, dh * (one - z) * P::fnma(n_t, n_t, one), n);                  // (5)
    P::store(s.dh + at, dh * z, n);                                                                         // (8)
  });
  const S* weights = s.weights + padded<S>(s.hidden) * 2 * s.hidden;
  const std::array<Terms<S>, 1> from_n{Terms<S>{s.hidden, nullptr, 0, s.deltas + 2 * s.hidden, 1, delta_rows}};
  const S* no_dy = nullptr;
  for_tiles_of_dh(s.hidden, s.batch, weights, no_dy, from_n, [&](Index unit, Index n, Index col, V dm) {  // (7b)
    const Index at = col * s.hidden + unit;
    const V r = P::load(s.gates + col * 3 * s.hidden + unit, n);
    P::store(s.deltas + col * delta_rows + unit, dm * P::load(s.h_prev + at, n) * (r * (P::set(1) - r)), n);  // (7b)
    if (s.mask != nullptr) dm = dm * P::load(s.mask + at, n);
    P::store(s.dh + at, P::fma(dm, r, P::load(s.dh + at, n)), n);  // (8)
  });
}
