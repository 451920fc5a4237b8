#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/reference.hpp>

namespace tsattn::kernels {

#if defined(__GNUC__)

/// 16 bytes of scalars: what every x86-64 and AArch64 processor holds in one register.
template <class Scalar>
struct Pack {
  static constexpr Index kWidth = 16 / static_cast<Index>(sizeof(Scalar));
  typedef Scalar Type __attribute__((vector_size(16)));

  static Type load(const Scalar* from) {
    Type pack;
    std::memcpy(&pack, from, sizeof(pack));
    return pack;
  }
  static void store(Scalar* to, const Type& pack) { std::memcpy(to, &pack, sizeof(pack)); }
};

/// A tile of `Packs` x kWidth rows and `Cols` columns of C, held in registers over the whole depth.
template <std::size_t Packs, std::size_t Cols, class Scalar>
void add_product_tile(Index depth, const Scalar* a, Index a_col, const Scalar* b, Index b_row, Index b_col, Scalar* c,
                      Index c_col) {
  using P = Pack<Scalar>;
  typename P::Type sums[Packs][Cols];
  constexpr Index kPacks = Packs, kCols = Cols;
#pragma GCC unroll 4
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 2
    for (Index i = 0; i < kPacks; ++i) sums[i][j] = P::load(c + j * c_col + i * P::kWidth);
  for (Index k = 0; k < depth; ++k, a += a_col, b += b_row) {
    typename P::Type column[Packs];
#pragma GCC unroll 2
    for (Index i = 0; i < kPacks; ++i) column[i] = P::load(a + i * P::kWidth);
#pragma GCC unroll 4
    for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 2
      for (Index i = 0; i < kPacks; ++i) sums[i][j] += column[i] * b[j * b_col];
  }
#pragma GCC unroll 4
  for (Index j = 0; j < kCols; ++j)
#pragma GCC unroll 2
    for (Index i = 0; i < kPacks; ++i) P::store(c + j * c_col + i * P::kWidth, sums[i][j]);
}

/// `Cols` columns of C: as many rows as possible in tiles of two packs, then one, then single rows.
template <std::size_t Cols, class Scalar>
void add_product_columns(Index rows, Index depth, const Scalar* a, Index a_col, const Scalar* b, Index b_row,
                         Index b_col, Scalar* c, Index c_col) {
  constexpr Index kWidth = Pack<Scalar>::kWidth;
  Index i = 0;
  for (; i + 2 * kWidth <= rows; i += 2 * kWidth)
    add_product_tile<2, Cols>(depth, a + i, a_col, b, b_row, b_col, c + i, c_col);
  for (; i + kWidth <= rows; i += kWidth) add_product_tile<1, Cols>(depth, a + i, a_col, b, b_row, b_col, c + i, c_col);
  if (i < rows)
    reference::add_product(rows - i, static_cast<Index>(Cols), depth, a + i, a_col, b, b_row, b_col, c + i, c_col);
}

/// C += A B with C [rows, cols], A [rows, depth], B [depth, cols].
///
/// A and C are column-major: element (i, k) of A is a[k a_col + i], so a_col >= rows, and C likewise. B has both
/// strides free, element (k, j) is b[k b_row + j b_col]: b_row = 1 reads a column-major B, b_col = 1 its transpose.
/// C must not overlap A or B. Every element is summed from the first k to the last, starting from the value in C,
/// whatever the sizes, so cutting a product along rows, columns or depth changes no bit, provided the compiler does not
/// fuse multiplications and additions. Where it may (AArch64, x86-64 with -mfma or -march=native), it fuses in some
/// loops and not in others, and the last bits then depend on the cut; they never depend on the number of threads.
template <class Scalar>
void add_product(Index rows, Index cols, Index depth, const Scalar* a, Index a_col, const Scalar* b, Index b_row,
                 Index b_col, Scalar* c, Index c_col) {
  // One slice of A (up to 256 columns of it) serves all columns of C before the next is read: weight gradients have a
  // depth of thousands, and A would otherwise come from memory once for every four columns.
  constexpr Index kDepth = 256;
  for (Index k = 0; k < depth; k += kDepth) {
    const Index slice = (std::min)(kDepth, depth - k);
    Index j = 0;
    for (; j + 4 <= cols; j += 4)
      add_product_columns<4>(rows, slice, a + k * a_col, a_col, b + k * b_row + j * b_col, b_row, b_col, c + j * c_col,
                             c_col);
    for (; j < cols; ++j)
      add_product_columns<1>(rows, slice, a + k * a_col, a_col, b + k * b_row + j * b_col, b_row, b_col, c + j * c_col,
                             c_col);
  }
}

#else

using reference::add_product;

#endif

/// out [cols, rows] = the transpose of in [rows, cols]; both column-major without gaps, not overlapping.
template <class Scalar>
void transpose(Index rows, Index cols, const Scalar* in, Scalar* out) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) out[i * cols + j] = in[j * rows + i];
}

/// out [rows, cols] = one copy of `column` [rows] per column: what a product with a bias starts from.
template <class Scalar>
void repeat_column(Index rows, Index cols, const Scalar* column, Scalar* out) {
  for (Index j = 0; j < cols; ++j) std::copy_n(column, rows, out + j * rows);
}

/// sums [rows] += the columns of in [rows, cols], first to last; column j starts at in[j in_col].
template <class Scalar>
void add_column_sums(Index rows, Index cols, const Scalar* in, Index in_col, Scalar* sums) {
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) sums[i] += in[j * in_col + i];
}

}  // namespace tsattn::kernels
