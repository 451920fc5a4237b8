// What the time steps of all cells share beside simd/panels.inl.

/// A batch of one column has no use for tiles: the sums of a panel stay in registers for the cell's equations. But one
/// panel has few chains of additions, each of which waits for the one before it; two panels at once take the time of
/// one, as long as they come from the L1, and from there on no longer than one by one up to 64 units. (LSTM, AMD Zen 5,
/// two for one: 0.76 of the time at 48 units and at F = H = 64, 1.0 at 64, 1.2 at 96, 1.35 at 128.)
///
/// Calls run(first unit of the panel, one) or, for two panels, run(first unit, two), with an integral constant.
template <class S, class Run>
TSATTN_INLINE void for_panels_of_column(Index hidden, const Run& run) {
  constexpr Index kWidth = Pack<S>::kWidth, kUnitsOfPairs = 256 / Index{sizeof(S)};
  Index unit = 0;
  if (hidden <= kUnitsOfPairs)
    for (; unit + kWidth < hidden; unit += 2 * kWidth) run(unit, std::integral_constant<std::size_t, 2>());
  for (; unit < hidden; unit += kWidth) run(unit, std::integral_constant<std::size_t, 1>());
}

/// The four rows of packs where the sums of N panels start, which lie `apart` scalars one behind the other.
template <class S, std::size_t N>
TSATTN_INLINE void load_starts(const S* start, Index apart, typename Pack<S>::Type (&sums)[N][4]) {
#pragma GCC unroll 2
  for (std::size_t i = 0; i < N; ++i)
#pragma GCC unroll 4
    for (Index row = 0; row < 4; ++row)
      sums[i][row] = Pack<S>::load(start + static_cast<Index>(i) * apart + row * Pack<S>::kWidth);
}

/// Calls visit(panel, its first unit, its number of units) for N panels from `unit` on.
template <class S, std::size_t N, class Visit>
TSATTN_INLINE void for_panels(Index hidden, Index unit, const Visit& visit) {
  constexpr Index kWidth = Pack<S>::kWidth;
#pragma GCC unroll 2
  for (std::size_t i = 0; i < N; ++i, unit += kWidth) visit(i, unit, hidden - unit < kWidth ? hidden - unit : kWidth);
}

/// Calls visit(unit, number of units, column, dh) for every pack of units and every column, with
///   dh = dy + A_0 B_0 + A_1 B_1 + ...,
/// the gradient of h_t but for what the step keeps in StepBackward::dh. `weights` holds the panels of pack_transposed;
/// the B are deltas of step t + 1, and at the last step, where these are null, there is no product.
template <class S, std::size_t N, class Visit>
TSATTN_INLINE void for_tiles_of_dh(Index hidden, Index batch, const S* weights, const S* dy,
                                   std::array<Terms<S>, N> terms, const Visit& visit) {
  using P = Pack<S>;
  using Tile = TileSums<S>;
  alignas(64) static constexpr S kZeros[static_cast<std::size_t>(Tile::kCol)] = {};
  Index depth = 0;
  for (Terms<S>& term : terms) {
    depth += term.depth;
    if (term.b == nullptr) term = {0, nullptr, 0, kZeros, 0, 0};
  }
  const auto run = [&](const Tile& tile) {
    const Index packs = (tile.units + P::kWidth - 1) / P::kWidth;
    Start<S> start{kZeros, 0};
    if (dy != nullptr) {
      start = {dy + tile.col * hidden + tile.unit, hidden};
      if (tile.units < packs * P::kWidth) {  // the last pack must not be read whole
        pack_panel(tile.units, packs, tile.count, start.from, Index{1}, hidden, tile.sums, tile.kCol);
        start = {tile.sums, tile.kCol};
      }
    }
    multiply_panel(tile, packs, weights + tile.unit * depth, start, terms);
  };
  for_tile_groups<S>(hidden, Tile::kCol, batch, run, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j)
        for_packs<S>(tile.units,
                     [&](Index i, Index n) { visit(tile.unit + i, n, tile.col + j, P::load(tile.column(j) + i)); });
  });
}

/// Panels of A [hidden, depth], the transpose of w [depth, hidden] with w_col from column to column: for_tiles_of_dh's.
template <class S>
void pack_transposed(Index hidden, Index depth, const S* w, Index w_col, S* out) {
  for_row_panels<S>(hidden, [&](Index unit, Index packs, Index units) {
    pack_panel(units, packs, depth, w + unit * w_col, w_col, Index{1}, out + unit * depth, packs * Pack<S>::kWidth);
  });
}

/// Panels of one gate's block of rows: for each the bias, W_x, W_h. `w_x` and `w_h` start at the block.
template <class S>
void pack_block(Index features, Index hidden, const S* w_x, const S* w_h, Index w_col, const S* b, S* out) {
  for_row_panels<S>(hidden, [&](Index unit, Index packs, Index units) {
    const Index rows = packs * Pack<S>::kWidth;
    S* panel = out + unit * (1 + features + hidden);
    pack_panel(units, packs, Index{1}, b + unit, Index{1}, w_col, panel, rows);
    pack_panel(units, packs, features, w_x + unit, Index{1}, w_col, panel + rows, rows);
    pack_panel(units, packs, hidden, w_h + unit, Index{1}, w_col, panel + rows * (1 + features), rows);
  });
}

/// A panel for each pack of units, with one row of packs per gate: the bias, W_x, W_h. The blocks of the gates lie one
/// below the other in `w_x`, `w_h` and `b`.
template <class S>
void pack_gates(Index gates, Index features, Index hidden, const S* w_x, const S* w_h, const S* b, Index w_col,
                S* out) {
  constexpr Index kWidth = Pack<S>::kWidth;
  const Index rows = gates * kWidth;
  for_packs<S>(hidden, [&](Index unit, Index n) {
    S* panel = out + gates * unit * (1 + features + hidden);
    for (Index gate = 0; gate < gates; ++gate) {
      const Index row = gate * hidden + unit, to = gate * kWidth;
      pack_panel(n, Index{1}, Index{1}, b + row, Index{1}, w_col, panel + to, rows);
      pack_panel(n, Index{1}, features, w_x + row, Index{1}, w_col, panel + rows + to, rows);
      pack_panel(n, Index{1}, hidden, w_h + row, Index{1}, w_col, panel + rows * (1 + features) + to, rows);
    }
  });
}
