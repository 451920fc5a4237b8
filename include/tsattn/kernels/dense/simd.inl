// A fully connected layer for few columns, see kernels/dense/dense.hpp.
//
// Packed weights: panels of up to four packs of units, each the bias and then W, column by column. Where there are
// fewer units than a pack has places, most of these would be empty, and one chain of additions long: then rows, b_u and
// W_u, for dot products.

template <class S>
TSATTN_INLINE bool dense_has_rows(Index units) {
  return units < 32 / Index{sizeof(S)};
}

template <class S>
void dense_pack(Index features, Index units, const S* w, const S* b, AlignedBuffer<S>& out) {
  if (dense_has_rows<S>(units)) {
    out.resize(units * (1 + features));
    S* row = out.data();
    for (Index u = 0; u < units; ++u) {
      *row++ = b[u];
      for (Index k = 0; k < features; ++k) *row++ = w[k * units + u];
    }
    return;
  }
  out.resize(padded<S>(units) * (1 + features));
  for_row_panels<S>(units, [&](Index unit, Index packs, Index here) {
    const Index rows = packs * Pack<S>::kWidth;
    S* panel = out.data() + unit * (1 + features);
    pack_panel(here, packs, Index{1}, b + unit, Index{1}, Index{0}, panel, rows);
    pack_panel(here, packs, features, w + unit, Index{1}, units, panel + rows, rows);
  });
}

template <class S>
TSATTN_NOINLINE void dense_forward(const DenseStep<S>& s) {
  using P = Pack<S>;
  using Tile = TileSums<S>;
  if (dense_has_rows<S>(s.units)) {
    for (Index col = 0; col < s.batch; ++col)
      for (Index u = 0; u < s.units; ++u) {
        const S* row = s.weights + u * (1 + s.features);
        s.y[col * s.units + u] = *row + dot(s.features, row + 1, s.x + col * s.features);
      }
    return;
  }
  const std::array<Terms<S>, 1> terms{Terms<S>{s.features, nullptr, 0, s.x, 1, s.features}};
  const auto run = [&](const Tile& tile) {
    const Index packs = (tile.units + P::kWidth - 1) / P::kWidth;
    const S* bias = s.weights + tile.unit * (1 + s.features);
    multiply_panel(tile, packs, bias + packs * P::kWidth, {bias, 0}, terms);
  };
  for_tile_groups<S>(s.units, Tile::kCol, s.batch, run, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j)
        store_rows(tile.units, tile.column(j), s.y + (tile.col + j) * s.units + tile.unit);
  });
}
