#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/product.hpp>
#include <tsattn/kernels/reference.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

/// How a matrix lies in memory: its first element `offset` scalars after the start of a block, `gap` scalars between
/// two columns (or rows, where rows are what lies together).
struct Layout {
  Index offset;
  Index gap;
};

/// `count` runs of `length` random values. NaN lies before, between and after them, so that whatever reads there shows.
template <class S>
class Runs {
 public:
  Runs(Index length, Index count, const Layout& layout, Random& random)
      : offset_(layout.offset), length_(length), stride_(length + layout.gap) {
    memory_.assign(static_cast<std::size_t>(offset_ + count * stride_ + 16), std::numeric_limits<S>::quiet_NaN());
    for (Index i = 0; i < count; ++i) test::randomize(data() + i * stride_, length, random);
  }

  S* data() { return memory_.data() + offset_; }
  const S* data() const { return memory_.data() + offset_; }
  Index stride() const { return stride_; }

  /// Whether all runs hold the same bits, or, where the compiler may fuse, values within `tolerance`.
  bool agrees(const Runs& other, Index count, double tolerance) const {
    if (!test::kMayFuse) return std::memcmp(memory_.data(), other.memory_.data(), memory_.size() * sizeof(S)) == 0;
    for (Index i = 0; i < count; ++i)
      if (!(test::largest_difference(length_, data() + i * stride_, other.data() + i * stride_) <= tolerance))
        return false;
    return true;
  }
  /// Whether everything before, between and after the runs is as it was.
  bool has_intact_gaps(Index count) const {
    for (Index i = 0; i < static_cast<Index>(memory_.size()); ++i) {
      const Index position = i - offset_, run = position < 0 ? -1 : position / stride_;
      const bool is_inside = position >= 0 && run < count && position % stride_ < length_;
      if (!is_inside && !std::isnan(memory_[static_cast<std::size_t>(i)])) return false;
    }
    return true;
  }

 private:
  Index offset_, length_, stride_;
  std::vector<S> memory_;
};

/// One product C += A B. B is either column-major or the transpose of such a matrix.
template <class S>
struct Product {
  Index rows, cols, depth;
  bool b_is_transposed;
  Random random{1};
  Runs<S> a, b, c;

  Product(Index r, Index n, Index d, bool transposed, const Layout& layout)
      : rows(r),
        cols(n),
        depth(d),
        b_is_transposed(transposed),
        a(r, d, layout, random),
        b(transposed ? n : d, transposed ? d : n, layout, random),
        c(r, n, layout, random) {}

  Index b_row() const { return b_is_transposed ? b.stride() : 1; }
  Index b_col() const { return b_is_transposed ? 1 : b.stride(); }

  /// C += the part of A B with these rows and columns of C, and these k of the sum.
  void add_part(Runs<S>& to, Index row, Index row_count, Index col, Index col_count, Index k, Index k_count) const {
    kernels::add_product(row_count, col_count, k_count, a.data() + k * a.stride() + row, a.stride(),
                         b.data() + k * b_row() + col * b_col(), b_row(), b_col(), to.data() + col * to.stride() + row,
                         to.stride());
  }
  void add(Runs<S>& to) const { add_part(to, 0, rows, 0, cols, 0, depth); }

  /// How far two ways to compute an element may lie apart. Each of the `depth` products and additions rounds by eps / 2
  /// of a partial sum, which is at most the sum of magnitudes, here of terms up to 1.05^2 and a start of 1.05: eps / 2
  /// depth (1.05^2 depth + 1.05), were all roundings the same way, for each of the two, fused or not.
  double tolerance() const {
    const auto d = static_cast<double>(depth);
    return static_cast<double>(std::numeric_limits<S>::epsilon()) * d * (1.1025 * d + 1.05);
  }
};

constexpr Index kRows[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33};
constexpr Index kCols[] = {1, 2, 3, 4, 5, 9};
constexpr Index kDepths[] = {0, 1, 2, 5, 255, 256, 257, 600};
constexpr Layout kLayouts[] = {{0, 0}, {1, 3}};  // tight, and misaligned with gaps

/// Calls visit(Product<S>) for every size, both layouts of B, with and without gaps.
template <class S, class Visit>
void for_each_product(const Visit& visit) {
  for (const Index rows : kRows)
    for (const Index cols : kCols)
      for (const Index depth : kDepths)
        for (const bool transposed : {false, true})
          for (const Layout& layout : kLayouts) {
            INFO("rows ", rows, ", cols ", cols, ", depth ", depth, ", transposed B ", transposed, ", gap ",
                 layout.gap);
            visit(Product<S>(rows, cols, depth, transposed, layout));
          }
}

TEST_CASE_TEMPLATE("a product agrees with the plain loops and touches nothing else", S, float, double) {
  for_each_product<S>([](const Product<S>& product) {
    Runs<S> found = product.c, expected = product.c;
    product.add(found);
    kernels::reference::add_product(product.rows, product.cols, product.depth, product.a.data(), product.a.stride(),
                                    product.b.data(), product.b_row(), product.b_col(), expected.data(),
                                    expected.stride());
    CHECK(found.has_intact_gaps(product.cols));
    S worst = 0;
    for (Index j = 0; j < product.cols; ++j)
      worst = std::max(worst, test::largest_difference(product.rows, found.data() + j * found.stride(),
                                                       expected.data() + j * expected.stride()));
    CHECK(static_cast<double>(worst) <= product.tolerance());
  });
}

TEST_CASE_TEMPLATE("cutting a product along rows, columns or depth changes no bit", S, float, double) {
  for_each_product<S>([](const Product<S>& p) {
    Runs<S> whole = p.c;
    p.add(whole);
    const auto cut_after = [](Index size) { return (size + 2) / 3; };  // in no place that suits a tile

    Runs<S> by_rows = p.c, by_cols = p.c, by_depth = p.c;
    const Index row = cut_after(p.rows), col = cut_after(p.cols), k = cut_after(p.depth);
    p.add_part(by_rows, row, p.rows - row, 0, p.cols, 0, p.depth);
    p.add_part(by_rows, 0, row, 0, p.cols, 0, p.depth);
    CHECK(by_rows.agrees(whole, p.cols, p.tolerance()));
    p.add_part(by_cols, 0, p.rows, col, p.cols - col, 0, p.depth);
    p.add_part(by_cols, 0, p.rows, 0, col, 0, p.depth);
    CHECK(by_cols.agrees(whole, p.cols, p.tolerance()));
    p.add_part(by_depth, 0, p.rows, 0, p.cols, 0, k);
    p.add_part(by_depth, 0, p.rows, 0, p.cols, k, p.depth - k);
    CHECK(by_depth.agrees(whole, p.cols, p.tolerance()));
  });
}

TEST_CASE("a product adds to what is there, in small whole numbers exactly") {
  //  C = [1 2 3; 4 5 6] + [1 2; 3 4] [5 6 7; 8 9 10]
  const double a[] = {1, 3, 2, 4};
  const double b[] = {5, 8, 6, 9, 7, 10}, b_transposed[] = {5, 6, 7, 8, 9, 10};
  const std::vector<double> c{1, 4, 2, 5, 3, 6}, expected{22, 51, 26, 59, 30, 67};
  std::vector<double> found = c;
  kernels::add_product<double>(2, 3, 2, a, 2, b, 1, 2, found.data(), 2);
  CHECK(found == expected);
  found = c;
  kernels::add_product<double>(2, 3, 2, a, 2, b_transposed, 3, 1, found.data(), 2);
  CHECK(found == expected);
}

TEST_CASE("a product of size zero does nothing") {
  const double a[] = {1}, b[] = {1};
  double c[] = {5};
  kernels::add_product<double>(0, 1, 1, a, 1, b, 1, 1, c, 1);
  kernels::add_product<double>(1, 0, 1, a, 1, b, 1, 1, c, 1);
  kernels::add_product<double>(1, 1, 0, a, 1, b, 1, 1, c, 1);
  CHECK(c[0] == 5);
}

TEST_CASE("a NaN in A or B reaches C") {
  for (const Index rows : {1, 4, 9})
    for (const Index cols : {1, 4, 5}) {
      std::vector<float> a(static_cast<std::size_t>(rows), 0.0F), b(static_cast<std::size_t>(cols), 0.0F);
      std::vector<float> c(static_cast<std::size_t>(rows * cols), 1.0F);
      a.back() = std::numeric_limits<float>::quiet_NaN();
      kernels::add_product(rows, cols, 1, a.data(), rows, b.data(), 1, 1, c.data(), rows);
      for (Index i = 0; i < rows * cols; ++i)
        CHECK(std::isnan(c[static_cast<std::size_t>(i)]) == (i % rows == rows - 1));
    }
}

TEST_CASE("transpose turns [rows, cols] into [cols, rows]") {
  const std::vector<float> in{11, 21, 12, 22, 13, 23};
  std::vector<float> out(6), back(6);
  kernels::transpose(2, 3, in.data(), out.data());
  CHECK(out == std::vector<float>{11, 12, 13, 21, 22, 23});
  kernels::transpose(3, 2, out.data(), back.data());
  CHECK(back == in);
}

TEST_CASE("repeat_column writes one copy per column") {
  const double column[] = {1, 2};
  std::vector<double> out(7, -1.0);
  kernels::repeat_column<double>(2, 3, column, out.data());
  CHECK(out == std::vector<double>{1, 2, 1, 2, 1, 2, -1});
}

TEST_CASE("add_column_sums adds the columns to what is there, and skips the gaps between them") {
  const double in[] = {1, 2, -100, 3, 4, -100, 5, 6, -100};
  std::vector<double> sums{10, 20, 30};
  kernels::add_column_sums<double>(2, 3, in, 3, sums.data());
  CHECK(sums == std::vector<double>{19, 32, 30});
}

}  // namespace
