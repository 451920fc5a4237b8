#include <doctest/doctest.h>

#include <tsattn/kernels/sgd/sgd.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/sgd_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::sgd_cases<S>());
}

TEST_CASE("a step of Sgd in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, and m = 2 / 2 + 4 = 5.
  on_each_instruction_set([] {
    const double g = 8;
    double m = 2, p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0.5, false}, &g, &m, &p);
    CHECK(m == 5);
    CHECK(p == 1 - 0.25 * 5);

    m = 2, p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0.5, true}, &g, &m, &p);
    CHECK(m == 5);
    CHECK(p == 1 - 0.25 * 6.5);  // 4 + 5 / 2

    p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0, false}, &g, nullptr, &p);
    CHECK(p == 1 - 0.25 * 4);
  });
}

}  // namespace
