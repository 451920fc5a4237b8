#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/sums/sums.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/sums_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::sums_cases<S>());
}

TEST_CASE("add_column_sums adds the columns to what is there, and skips the gaps between them") {
  const double in[] = {1, 2, -100, 3, 4, -100, 5, 6, -100};
  on_each_instruction_set([&] {
    std::vector<double> sums{10, 20, 30};
    kernels::add_column_sums<double>(2, 3, in, 3, sums.data());
    CHECK(sums == std::vector<double>{19, 32, 30});
  });
}

TEST_CASE("sum_of_squares: 3^2 + 4^2 = 5^2, and float does not overflow") {
  on_each_instruction_set([] {
    const std::vector<float> values{3, -4}, large{1e30F, 0};
    CHECK(kernels::sum_of_squares<float>(2, values.data()) == 25);
    CHECK(kernels::sum_of_squares<float>(2, large.data()) == static_cast<double>(1e30F) * static_cast<double>(1e30F));
    CHECK(kernels::sum_of_squares<float>(0, nullptr) == 0);
  });
}

}  // namespace
