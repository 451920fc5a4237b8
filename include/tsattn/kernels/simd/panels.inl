// Panels of packed weights, multiplied tile by tile. The sums of a few tiles leave the registers for a buffer in the
// L1, and then equations of a layer run over them pack by pack: a few, because a cell's equations are bound by latency,
// and one tile alone has too little of them to fill the processor.

/// A tile whose sums are in the buffer: `units` units from `unit` on of the samples `col`, ..., `col + count - 1`.
template <class S>
struct TileSums {
  Index unit, units;
  Index col, count;
  S* sums;

  static constexpr Index kCol = Index{kTileRows} * Pack<S>::kWidth;  // from column to column

  S* column(Index j) const { return sums + j * kCol; }
};

/// Calls run(tile) for the tiles of all panels of `panel_units` units and all columns; run computes the sums. After
/// every few tiles, and at the end, calls finish(tiles).
template <class S, class Run, class Finish>
TSATTN_INLINE void for_tile_groups(Index hidden, Index panel_units, Index cols, const Run& run, const Finish& finish) {
  constexpr std::size_t kTiles = 4, kTileSize = kTileCols * static_cast<std::size_t>(TileSums<S>::kCol);
  alignas(64) S buffer[kTiles * kTileSize];
  std::array<TileSums<S>, kTiles> tiles;
  std::size_t pending = 0;
  for (Index unit = 0; unit < hidden; unit += panel_units) {
    const Index units = hidden - unit < panel_units ? hidden - unit : panel_units;
    for_tile_columns(cols, [&](Index col, Index count) TSATTN_INLINE_LAMBDA {
      tiles[pending] = {unit, units, col, count, buffer + pending * kTileSize};
      run(tiles[pending]);
      if (++pending < kTiles && (unit + units < hidden || col + count < cols)) return;
      finish(std::span<const TileSums<S>>(tiles.data(), pending));
      pending = 0;
    });
  }
}

/// Where the sums of a tile start: `col` scalars from column to column.
template <class S>
struct Start {
  const S* from;
  Index col;
};

/// The sums of `tile`: start + A_0 B_0 + A_1 B_1 + ... The panel of `packs` rows of packs holds the columns of A_0,
/// A_1, ... one after the other; `terms` say the depths and the B.
template <class S, std::size_t N>
TSATTN_INLINE void multiply_panel(const TileSums<S>& tile, Index packs, const S* panel, const Start<S>& start,
                                  std::array<Terms<S>, N> terms) {
  for (Terms<S>& term : terms) {
    term.a = panel;
    term.a_col = packs * Pack<S>::kWidth;
    term.b += tile.col * term.b_col;
    panel += term.depth * term.a_col;
  }
  run_tile<S>(packs, tile.count, start.from, start.col, terms, tile.sums, tile.kCol);
}

/// `hidden` rounded up to whole packs.
template <class S>
Index padded(Index hidden) {
  constexpr Index kWidth = Pack<S>::kWidth;
  return (hidden + kWidth - 1) / kWidth * kWidth;
}
