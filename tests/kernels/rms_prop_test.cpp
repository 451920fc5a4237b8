#include <doctest/doctest.h>

#include <tsattn/kernels/rms_prop/rms_prop.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/rms_prop_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::rms_prop_cases<S>());
}

TEST_CASE("a step of RmsProp in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, so v = 28 * 3 / 4 + 4^2 / 4 = 25, and 4 / (5 + 3) = 0.5 is added to m / 2 = 1.
  on_each_instruction_set([] {
    const double g = 8;
    double v = 28, m = 2, p = 1;
    kernels::rms_prop<double>(1, {0.5, 0.25, 0.75, 3, 0.5}, &g, &v, &m, &p);
    CHECK(v == 25);
    CHECK(m == 1.5);
    CHECK(p == 1 - 0.25 * 1.5);

    v = 28, p = 1;
    kernels::rms_prop<double>(1, {0.5, 0.25, 0.75, 3, 0}, &g, &v, nullptr, &p);
    CHECK(v == 25);
    CHECK(p == 1 - 0.25 * 0.5);
  });
}

}  // namespace
