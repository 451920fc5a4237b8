#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/product/product.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/product_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::product_cases<S>());
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
