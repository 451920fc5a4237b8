#include <doctest/doctest.h>

#include <tsattn/kernels/adam/adam.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/adam_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::adam_cases<S>());
}

TEST_CASE("a step of Adam in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, so m = 2 / 2 + 4 / 2 = 3 and v = 28 * 3 / 4 + 4^2 / 4 = 25.
  on_each_instruction_set([] {
    const double g = 8;
    double m = 2, v = 28, p = 1;
    kernels::adam<double>(1, {0.5, 0.5, 0.75, 0.25, 0.5, 2}, &g, &m, &v, &p);
    CHECK(m == 3);
    CHECK(v == 25);
    CHECK(p == 1 - 0.25 * 3 / 12);  // sqrt(25) / 0.5 + 2 = 12

    m = 2, v = 28, p = 1;
    kernels::adam<double>(1, {0.5, 0.5, 0.75, 0.25, 0.5, 2, 0.125}, &g, &m, &v, &p);
    CHECK(p == 1 - 0.25 * 3 / 12 - 0.125);
  });
}

}  // namespace
