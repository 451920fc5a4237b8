#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/product/product.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

/// One product C += A B. A and B are either column-major or the transposes of such matrices.
template <class S>
struct Product {
  Index rows, cols, depth;
  bool a_is_transposed, b_is_transposed;
  Random random{1};
  GuardedArray<S> a, b, c;

  Product(Index r, Index n, Index d, bool transposed_a, bool transposed_b, const Layout& layout)
      : rows(r),
        cols(n),
        depth(d),
        a_is_transposed(transposed_a),
        b_is_transposed(transposed_b),
        a(transposed_a ? d : r, transposed_a ? r : d, layout, random),
        b(transposed_b ? n : d, transposed_b ? d : n, layout, random),
        c(r, n, layout, random) {}

  /// C += the part of A B with these rows and columns of C, and these k of the sum.
  void add_part(GuardedArray<S>& to, Index row, Index row_count, Index col, Index col_count, Index k,
                Index k_count) const {
    const Index b_row = b_is_transposed ? b.stride() : 1, b_col = b_is_transposed ? 1 : b.stride();
    const S* from_b = b.data() + k * b_row + col * b_col;
    if (a_is_transposed) {
      kernels::add_transposed_product(row_count, col_count, k_count, a.run(row) + k, a.stride(), from_b, b_row, b_col,
                                      to.run(col) + row, to.stride());
    } else {
      kernels::add_product(row_count, col_count, k_count, a.run(k) + row, a.stride(), from_b, b_row, b_col,
                           to.run(col) + row, to.stride());
    }
  }
  void add(GuardedArray<S>& to) const { add_part(to, 0, rows, 0, cols, 0, depth); }
};

// Parts of a pack, of a tile's rows and columns, and of the slice of the depth that every instruction set works on.
constexpr Index kRows[] = {1, 3, 5, 16, 17, 63, 65, 100};
constexpr Index kCols[] = {1, 2, 3, 5, 7, 13};
constexpr Index kDepths[] = {0, 1, 5, 129, 530};

/// Calls visit(Product<S>) for every size, all layouts of A and B, with and without gaps.
template <class S, class Visit>
void for_each_product(const Visit& visit) {
  for (const Index rows : kRows)
    for (const Index cols : kCols)
      for (const Index depth : kDepths)
        for (const bool transposed_a : {false, true})
          for (const bool transposed_b : {false, true})
            for (const Layout& layout : test::kKernelLayouts) {
              INFO("rows ", rows, ", cols ", cols, ", depth ", depth, ", transposed A ", transposed_a,
                   ", transposed B ", transposed_b, ", gap ", layout.gap);
              visit(Product<S>(rows, cols, depth, transposed_a, transposed_b, layout));
            }
}

TEST_CASE_TEMPLATE("a product agrees with the plain loops and touches nothing else", S, float, double) {
  for_each_product<S>([](const Product<S>& p) {
    // Terms of up to 1.05^2 and a start of 1.05.
    const double magnitude = 1.1025 * static_cast<double>(p.depth) + 1.05;
    test::check_kernel<S>(test::sum_tolerance<S>(p.depth, 1, magnitude), [&] {
      test::Outputs<S> outputs{p.c};
      p.add(outputs[0]);
      return outputs;
    });
  });
}

TEST_CASE_TEMPLATE("cutting a product along rows, columns or depth changes no bit", S, float, double) {
  for_each_product<S>([](const Product<S>& p) {
    on_each_instruction_set([&] {
      GuardedArray<S> whole = p.c;
      p.add(whole);
      const auto cut_after = [](Index size) { return (size + 2) / 3; };  // in no place that suits a tile

      GuardedArray<S> by_rows = p.c, by_cols = p.c, by_depth = p.c, col_by_col = p.c;
      const Index row = cut_after(p.rows), col = cut_after(p.cols), k = cut_after(p.depth);
      p.add_part(by_rows, row, p.rows - row, 0, p.cols, 0, p.depth);
      p.add_part(by_rows, 0, row, 0, p.cols, 0, p.depth);
      CHECK(by_rows.same_bits(whole));
      p.add_part(by_cols, 0, p.rows, col, p.cols - col, 0, p.depth);
      p.add_part(by_cols, 0, p.rows, 0, col, 0, p.depth);
      CHECK(by_cols.same_bits(whole));
      p.add_part(by_depth, 0, p.rows, 0, p.cols, 0, k);
      p.add_part(by_depth, 0, p.rows, 0, p.cols, k, p.depth - k);
      CHECK(by_depth.same_bits(whole));
      for (Index j = 0; j < p.cols; ++j) p.add_part(col_by_col, 0, p.rows, j, 1, 0, p.depth);
      CHECK(col_by_col.same_bits(whole));
    });
  });
}

TEST_CASE("a product adds to what is there, in small whole numbers exactly") {
  //  C = [1 2 3; 4 5 6] + [1 2; 3 4] [5 6 7; 8 9 10]
  const double a[] = {1, 3, 2, 4}, a_transposed[] = {1, 2, 3, 4};
  const double b[] = {5, 8, 6, 9, 7, 10}, b_transposed[] = {5, 6, 7, 8, 9, 10};
  const std::vector<double> c{1, 4, 2, 5, 3, 6}, expected{22, 51, 26, 59, 30, 67};
  on_each_instruction_set([&] {
    std::vector<double> found = c;
    kernels::add_product<double>(2, 3, 2, a, 2, b, 1, 2, found.data(), 2);
    CHECK(found == expected);
    found = c;
    kernels::add_product<double>(2, 3, 2, a, 2, b_transposed, 3, 1, found.data(), 2);
    CHECK(found == expected);
    found = c;
    kernels::add_transposed_product<double>(2, 3, 2, a_transposed, 2, b, 1, 2, found.data(), 2);
    CHECK(found == expected);
    found = c;
    kernels::add_transposed_product<double>(2, 3, 2, a_transposed, 2, b_transposed, 3, 1, found.data(), 2);
    CHECK(found == expected);
  });
}

TEST_CASE("a product of size zero does nothing") {
  const double a[] = {1}, b[] = {1};
  on_each_instruction_set([&] {
    double c[] = {5};
    kernels::add_product<double>(0, 1, 1, a, 1, b, 1, 1, c, 1);
    kernels::add_product<double>(1, 0, 1, a, 1, b, 1, 1, c, 1);
    kernels::add_product<double>(1, 1, 0, a, 1, b, 1, 1, c, 1);
    CHECK(c[0] == 5);
  });
}

TEST_CASE("a NaN in A or B reaches C") {
  on_each_instruction_set([] {
    for (const Index rows : {1, 4, 9})
      for (const Index cols : {1, 4, 5}) {
        CAPTURE(rows);
        CAPTURE(cols);
        const std::vector<float> zeros(9, 0.0F);
        for (const bool in_a : {true, false}) {
          std::vector<float> a(zeros.begin(), zeros.begin() + rows), b(zeros.begin(), zeros.begin() + cols);
          std::vector<float> c(static_cast<std::size_t>(rows * cols), 1.0F);
          (in_a ? a : b).back() = std::numeric_limits<float>::quiet_NaN();
          kernels::add_product(rows, cols, 1, a.data(), rows, b.data(), 1, 1, c.data(), rows);
          for (Index i = 0; i < rows * cols; ++i)
            CHECK(std::isnan(c[static_cast<std::size_t>(i)]) == (in_a ? i % rows == rows - 1 : i / rows == cols - 1));
        }
      }
  });
}

TEST_CASE("repeat_column writes one copy per column") {
  const double column[] = {1, 2};
  std::vector<double> out(7, -1.0);
  kernels::repeat_column<double>(2, 3, column, out.data());
  CHECK(out == std::vector<double>{1, 2, 1, 2, 1, 2, -1});
}

}  // namespace
