// One time step of an LSTM, see kernels/lstm/lstm.hpp. Equation numbers: layers/lstm.hpp.
//
// Packed weights: one panel per pack of units, its four rows the gates i | f | g | o of these units, so that one tile
// holds everything that its units need:
//
//   b_i b_f b_g b_o | W_x column 0: i f g o | W_x column 1: i f g o | ... | W_h column 0: i f g o | ...

template <class S>
void lstm_pack(Index features, Index hidden, const S* w_x, const S* w_h, const S* b, AlignedBuffer<S>& out) {
  out.resize(4 * padded<S>(hidden) * (1 + features + hidden));
  pack_gates<S>(4, features, hidden, w_x, w_h, b, 4 * hidden, out.data());
}

/// The equations of a pack of units of one column, in two parts, for their chains of dependent instructions are half as
/// long as that of one.
template <class S>
TSATTN_INLINE typename Pack<S>::Type lstm_cell(const StepForward<S>& s, Index col, Index unit, Index n,
                                               typename Pack<S>::Type a_i, typename Pack<S>::Type a_f,
                                               typename Pack<S>::Type a_g) {
  using P = Pack<S>;
  const Index at = col * s.hidden + unit;
  const typename P::Type i = sigmoid<S>(a_i), f = sigmoid<S>(a_f), g = tanh<S>(a_g);  // (2)
  const typename P::Type c = P::fma(f, P::load(s.c_prev + at, n), i * g);             // (3)
  P::store(s.c + at, c, n);
  if (s.keeps) {
    S* gates = s.gates + col * 4 * s.hidden + unit;
    P::store(gates, i, n);
    P::store(gates + s.hidden, f, n);
    P::store(gates + 2 * s.hidden, g, n);
  }
  return c;
}
template <class S>
TSATTN_INLINE void lstm_output(const StepForward<S>& s, Index col, Index unit, Index n, typename Pack<S>::Type a_o,
                               typename Pack<S>::Type c) {
  using P = Pack<S>;
  const Index at = col * s.hidden + unit;
  const typename P::Type o = sigmoid<S>(a_o);                  // (2)
  const typename P::Type tanh_c = tanh<S>(c), h = o * tanh_c;  // (4)
  P::store(s.h + at, h, n);
  if (s.y != nullptr) P::store(s.y + at, h, n);
  if (!s.keeps) return;
  P::store(s.gates + col * 4 * s.hidden + 3 * s.hidden + unit, o, n);
  P::store(s.saved + at, tanh_c, n);
}

/// A batch of one column.
template <class S>
TSATTN_INLINE void lstm_forward_column(const StepForward<S>& s) {
  using P = Pack<S>;
  constexpr Index kRows = 4 * P::kWidth;
  const Index panel = kRows * (1 + s.features + s.hidden);
  for_panels_of_column<S>(
      s.hidden, [&]<std::size_t N>(Index unit, std::integral_constant<std::size_t, N>) TSATTN_INLINE_LAMBDA {
        const S* bias = s.weights + unit / P::kWidth * panel;
        const S* w_x = bias + kRows;
        typename P::Type a[N][4], c[N];
        load_starts(bias, panel, a);
        const auto rows = std::make_index_sequence<4>();
        accumulate_column<S>({s.features, w_x, kRows, s.x, 1, 0}, panel, a, rows);                          // (1)
        accumulate_column<S>({s.hidden, w_x + kRows * s.features, kRows, s.h_prev, 1, 0}, panel, a, rows);  // (1)
        for_panels<S, N>(s.hidden, unit, [&](std::size_t i, Index first, Index n) TSATTN_INLINE_LAMBDA {
          c[i] = lstm_cell(s, 0, first, n, a[i][0], a[i][1], a[i][2]);
        });
        for_panels<S, N>(s.hidden, unit, [&](std::size_t i, Index first, Index n) TSATTN_INLINE_LAMBDA {
          lstm_output(s, 0, first, n, a[i][3], c[i]);
        });
      });
}

template <class S>
TSATTN_NOINLINE void lstm_forward(const StepForward<S>& s) {
  using P = Pack<S>;
  using Tile = TileSums<S>;
  if (s.batch == 1) return lstm_forward_column(s);
  const std::array<Terms<S>, 2> terms{Terms<S>{s.features, nullptr, 0, s.x, 1, s.features},
                                      Terms<S>{s.hidden, nullptr, 0, s.h_prev, 1, s.hidden}};
  const auto run = [&](const Tile& tile) {
    const S* bias = s.weights + 4 * tile.unit * (1 + s.features + s.hidden);
    multiply_panel(tile, 4, bias + 4 * P::kWidth, {bias, 0}, terms);  // (1)
  };
  for_tile_groups<S>(s.hidden, P::kWidth, s.batch, run, [&](std::span<const Tile> tiles) {
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j) {
        S* a = tile.column(j);
        P::store(a, lstm_cell(s, tile.col + j, tile.unit, tile.units, P::load(a), P::load(a + P::kWidth),
                              P::load(a + 2 * P::kWidth)));
      }
    for (const Tile& tile : tiles)
      for (Index j = 0; j < tile.count; ++j) {
        const S* a = tile.column(j);
        lstm_output(s, tile.col + j, tile.unit, tile.units, P::load(a + 3 * P::kWidth), P::load(a));
      }
  });
}

template <class S>
void lstm_pack_backward(Index hidden, const S* w_h, AlignedBuffer<S>& out) {
  out.resize(padded<S>(hidden) * 4 * hidden);
  pack_transposed(hidden, 4 * hidden, w_h, 4 * hidden, out.data());
}

template <class S>
TSATTN_NOINLINE void lstm_backward(const StepBackward<S>& s) {
  using P = Pack<S>;
  using V = typename P::Type;
  const std::array<Terms<S>, 1> terms{Terms<S>{4 * s.hidden, nullptr, 0, s.next_deltas, 1, 4 * s.hidden}};
  for_tiles_of_dh(s.hidden, s.batch, s.weights, s.dy, terms, [&](Index unit, Index n, Index col, V dh) {  // (5)
    const Index at = col * s.hidden + unit, gate = col * 4 * s.hidden + unit;
    const V one = P::set(1);
    const V i = P::load(s.gates + gate, n), f = P::load(s.gates + gate + s.hidden, n);
    const V g = P::load(s.gates + gate + 2 * s.hidden, n), o = P::load(s.gates + gate + 3 * s.hidden, n);
    const V tanh_c = P::load(s.saved + at, n);
    dh = dh + P::load(s.dh + at, n);
    const V dc = P::fma(dh * o, P::fnma(tanh_c, tanh_c, one), P::load(s.dc + at, n));           // (6)
    P::store(s.deltas + gate, dc * g * (i * (one - i)), n);                                     // (7)
    P::store(s.deltas + gate + s.hidden, dc * P::load(s.c_prev + at, n) * (f * (one - f)), n);  // (7)
    P::store(s.deltas + gate + 2 * s.hidden, dc * i * P::fnma(g, g, one), n);                   // (7)
    P::store(s.deltas + gate + 3 * s.hidden, dh * tanh_c * (o * (one - o)), n);                 // (7)
    P::store(s.dc + at, dc * f, n);  // (6), the first term of step t - 1
    P::store(s.dh + at, P::zero(), n);
  });
}
