// One time step of a simple RNN, see kernels/rnn/rnn.hpp. Equation numbers: layers/rnn.hpp.

template <class S>
void rnn_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * (1 + features + hidden));
  pack_block(features, hidden, w_x, w_h, hidden, b, out.data());
}

template <class S>
TSATTN_NOINLINE void rnn_forward(const StepForward<S>& s) {
  using P = Pack<S>;
  using Tile = TileSums<S>;
  const std::array<Terms<S>, 2> terms{Terms<S>{s.features, nullptr, 0, s.x, 1, s.features},
                                      Terms<S>{s.hidden, nullptr, 0, s.h_prev, 1, s.hidden}};
  const auto run = [&](const Tile& tile) {
    const Index packs = (tile.units + P::kWidth - 1) / P::kWidth;
    const S* bias = s.weights + tile.unit * (1 + s.features + s.hidden);
    multiply_panel(tile, packs, bias + packs * P::kWidth, {bias, 0}, terms);  // (1)
  };
  for_tile_groups<S>(s.hidden, Tile::kCol, s.batch, run, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j)
        for_packs<S>(tile.units, [&](Index i, Index n) {
          const Index at = (tile.col + j) * s.hidden + tile.unit + i;
          const typename P::Type h = tanh<S>(P::load(tile.column(j) + i));  // (2)
          P::store(s.h + at, h, n);
          if (s.y != nullptr) P::store(s.y + at, h, n);
          if (s.keeps) P::store(s.gates + at, h, n);
        });
  });
}

template <class S>
void rnn_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * hidden);
  pack_transposed(hidden, hidden, w_h, hidden, out.data());
}

template <class S>
TSATTN_NOINLINE void rnn_backward(const StepBackward<S>& s) {
  using P = Pack<S>;
  const std::array<Terms<S>, 1> terms{Terms<S>{s.hidden, nullptr, 0, s.next_deltas, 1, s.hidden}};
  for_tiles_of_dh(s.hidden, s.batch, s.weights, s.dy, terms,
                  [&](Index unit, Index n, Index col, typename P::Type dh) {  // (3)
                    const Index at = col * s.hidden + unit;
                    dh = dh + P::load(s.dh + at, n);
                    const typename P::Type h = P::load(s.gates + at, n);
                    P::store(s.deltas + at, dh * P::fnma(h, h, P::set(1)), n);  // (4)
                    P::store(s.dh + at, P::zero(), n);
                  });
}
