// The micro-kernel: everything that multiplies in this library ends here.
//
//            b_0  b_1  ...  b_5          one scalar of B for each column
//   a_0   | s_00 s_01       s_05 |
//   a_1   | s_10 s_11       s_15 |       R packs of A's column k times C scalars of B's row k are added to R x C sums,
//   a_2   |                      |       which stay in registers from the first k to the last
//   a_3   | s_30            s_35 |
//
// Every sum starts at its start value and adds its terms in the order of k, one fused multiplication and addition each.
// So neither the width of a pack nor the shape of the tile changes a bit.

/// Adds the terms to the sums; pack i of A belongs to the row Row[i] of the sums.
template <class S, std::size_t C, class Sums, std::size_t... Row>
TSATTN_INLINE void accumulate(const Terms<S>& terms, Sums& sums, std::index_sequence<Row...>) {
  using P = Pack<S>;
  const S* a = terms.a;
  const S* b = terms.b;
  for (Index k = 0; k < terms.depth; ++k, a += terms.a_col, b += terms.b_row) {
    typename P::Type scalars[C];
#pragma GCC unroll 8
    for (std::size_t j = 0; j < C; ++j) scalars[j] = P::set(b[static_cast<Index>(j) * terms.b_col]);
    const S* rows = a;
    (
        [&]() TSATTN_INLINE_LAMBDA {
          const typename P::Type row = P::load(rows);
#pragma GCC unroll 8
          for (std::size_t j = 0; j < C; ++j) sums[Row][j] = P::fma(row, scalars[j], sums[Row][j]);
          rows += P::kWidth;
        }(),
        ...);
  }
}

/// out = start + terms[0] + ... over R packs of rows and C columns; there is at least one term. `out` may be `start`; a
/// start_col of 0 starts every column with the same values.
template <class S, std::size_t R, std::size_t C>
TSATTN_NOINLINE void tile(const S* start, Index start_col, std::span<const Terms<S>> terms, S* out, Index out_col) {
  using P = Pack<S>;
  constexpr Index kRows = R, kCols = C;
  typename P::Type sums[R][C];
#pragma GCC unroll 8
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 4
    for (Index i = 0; i < kRows; ++i) sums[i][j] = P::load(start + j * start_col + i * P::kWidth);
  // Not a `for`: with a way around the loop, GCC 12 keeps the sums of both ways in memory.
  auto term = terms.begin();
  do accumulate<S, C>(*term, sums, std::make_index_sequence<R>());
  while (++term != terms.end());
#pragma GCC unroll 8
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 4
    for (Index i = 0; i < kRows; ++i) P::store(out + j * out_col + i * P::kWidth, sums[i][j]);
}

/// As accumulate for one column and several A at once, which lie `apart` scalars one behind the other: sums[i] are
/// those of the i-th.
template <class S, class Sums, std::size_t N, std::size_t... Row>
TSATTN_INLINE void accumulate_column(const Terms<S>& terms, Index apart, Sums (&sums)[N], std::index_sequence<Row...>) {
  using P = Pack<S>;
  const S* a = terms.a;
  const S* b = terms.b;
  for (Index k = 0; k < terms.depth; ++k, a += terms.a_col, b += terms.b_row) {
    const typename P::Type scalar = P::set(*b);
    const S* rows = a;
    (
        [&]() TSATTN_INLINE_LAMBDA {
#pragma GCC unroll 2
          for (std::size_t i = 0; i < N; ++i)
            sums[i][Row] = P::fma(P::load(rows + static_cast<Index>(i) * apart), scalar, sums[i][Row]);
          rows += P::kWidth;
        }(),
        ...);
  }
}

inline constexpr std::size_t kTileRows = 4;  // packs

template <class S>
using Tile = void (*)(const S*, Index, std::span<const Terms<S>>, S*, Index);

template <class S, std::size_t R, std::size_t... C>
constexpr std::array<Tile<S>, sizeof...(C)> tiles_of_rows(std::index_sequence<C...>) {
  return {tile<S, R, C + 1>...};
}

/// kTiles<S>[R - 1][C - 1] is tile<S, R, C>.
template <class S>
inline constexpr std::array<std::array<Tile<S>, kTileCols>, kTileRows> kTiles{
    tiles_of_rows<S, 1>(std::make_index_sequence<kTileCols>()),
    tiles_of_rows<S, 2>(std::make_index_sequence<kTileCols>()),
    tiles_of_rows<S, 3>(std::make_index_sequence<kTileCols>()),
    tiles_of_rows<S, 4>(std::make_index_sequence<kTileCols>())};

template <class S>
TSATTN_INLINE void run_tile(Index row_packs, Index cols, const S* start, Index start_col,
                            std::span<const Terms<S>> terms, S* out, Index out_col) {
  kTiles<S>[static_cast<std::size_t>(row_packs - 1)][static_cast<std::size_t>(cols - 1)](start, start_col, terms, out,
                                                                                         out_col);
}

/// Calls visit(first column, number of columns) for tiles of at most kTileCols columns, as equal as they can be: 8
/// columns are 4 + 4, for a tile of two columns would not fill the pipelines of the multiplier.
template <class Visit>
TSATTN_INLINE void for_tile_columns(Index cols, const Visit& visit) {
  constexpr Index kCols = kTileCols;
  const Index count = (cols + kCols - 1) / kCols;
  const Index size = cols / (count > 0 ? count : 1), larger = cols - size * count;
  for (Index i = 0, begin = 0; i < count; ++i) {
    const Index here = i < larger ? size + 1 : size;
    visit(begin, here);
    begin += here;
  }
}

/// Calls visit(first row, number of packs, number of rows) for panels of at most kTileRows packs; the last pack may be
/// only partly rows.
template <class S, class Visit>
TSATTN_INLINE void for_row_panels(Index rows, const Visit& visit) {
  constexpr Index kWidth = Pack<S>::kWidth, kRows = Index{kTileRows} * kWidth;
  for (Index begin = 0; begin < rows; begin += kRows) {
    const Index here = rows - begin < kRows ? rows - begin : kRows;
    visit(begin, (here + kWidth - 1) / kWidth, here);
  }
}

/// out [depth, packs * kWidth] = `rows` rows of A [rows, depth], column after column, zeros below; element (i, k) of A
/// is a[i a_row + k a_col].
template <class S>
TSATTN_NOINLINE void pack_panel(Index rows, Index packs, Index depth, const S* a, Index a_row, Index a_col, S* out,
                                Index out_col) {
  using P = Pack<S>;
  if (a_row == 1) {
    for (Index k = 0; k < depth; ++k)
      for (Index i = 0; i < packs; ++i) {
        const Index first = i * P::kWidth, left = rows - first;
        P::store(out + k * out_col + first, P::load(a + k * a_col + first, left < P::kWidth ? left : P::kWidth));
      }
    return;
  }
  // Rows are what is read along; in blocks of k, so that the lines that are written stay in the L1.
  constexpr Index kBlock = 32;
  for (Index begin = 0; begin < depth; begin += kBlock) {
    const Index end = begin + kBlock < depth ? begin + kBlock : depth;
    for (Index i = 0; i < packs * P::kWidth; ++i)
      for (Index k = begin; k < end; ++k) out[k * out_col + i] = i < rows ? a[i * a_row + k * a_col] : S(0);
  }
}

/// The first `rows` scalars of a column.
template <class S>
TSATTN_INLINE void store_rows(Index rows, const S* from, S* to) {
  using P = Pack<S>;
  for (Index i = 0; i < rows; i += P::kWidth)
    P::store(to + i, P::load(from + i), rows - i < P::kWidth ? rows - i : P::kWidth);
}

/// Calls visit(first, count) for the packs of `size` scalars.
template <class S, class Visit>
TSATTN_INLINE void for_packs(Index size, const Visit& visit) {
  constexpr Index kWidth = Pack<S>::kWidth;
  Index i = 0;
  for (; i + kWidth <= size; i += kWidth) visit(i, kWidth);
  if (i < size) visit(i, size - i);
}
