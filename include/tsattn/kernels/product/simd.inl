/// C += A B, see kernels/product/product.hpp.
template <class S>
TSATTN_NOINLINE void add_product(Index rows, Index cols, Index depth, const S* a, Index a_row, Index a_col, const S* b,
                                 Index b_row, Index b_col, S* c, Index c_col) {
  using P = Pack<S>;
  // A panel of A is copied where the tiles read it more than once: read in place, the columns of a large A, a power of
  // two apart, would all want the same few lines of the L1.
  constexpr Index kDepth = 32768 / (Index{kTileRows} * kBytes);
  alignas(64) S panel[static_cast<std::size_t>(kDepth * Index{kTileRows} * P::kWidth)];
  constexpr Index kBufferCol = Index{kTileRows} * P::kWidth;
  alignas(64) S buffer[kTileCols * static_cast<std::size_t>(kBufferCol)];
  for (Index k = 0; k < depth; k += kDepth) {
    const Index slice = depth - k < kDepth ? depth - k : kDepth;
    for_row_panels<S>(rows, [&](Index row, Index packs, Index rows_here) {
      const bool is_partial = rows_here < packs * P::kWidth;
      Terms<S> terms{slice, a + row * a_row + k * a_col, a_col, b + k * b_row, b_row, b_col};
      if (is_partial || a_row != 1 || cols > Index{kTileCols}) {
        terms.a_col = packs * P::kWidth;
        pack_panel(rows_here, packs, slice, terms.a, a_row, a_col, panel, terms.a_col);
        terms.a = panel;
      }
      for_tile_columns(cols, [&](Index col, Index count) {
        Terms<S> here = terms;
        here.b += col * b_col;
        const std::span<const Terms<S>> one(&here, 1);
        S* to = c + col * c_col + row;
        if (!is_partial) return run_tile(packs, count, to, c_col, one, to, c_col);
        pack_panel(rows_here, packs, count, to, Index{1}, c_col, buffer, kBufferCol);
        run_tile(packs, count, buffer, kBufferCol, one, buffer, kBufferCol);
        for (Index j = 0; j < count; ++j) store_rows(rows_here, buffer + j * kBufferCol, to + j * c_col);
      });
    });
  }
}
