#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/dense/dense.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/dense_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::dense_cases<S>());
}

TEST_CASE("two units by hand") {
  const std::vector<double> w{1, 2, 3, 4, 5, 6}, b{0.5, -0.5}, x{1, 10, 100};
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> packed;
    kernels::dense_pack(3, 2, w.data(), b.data(), packed);
    std::vector<double> y(2);
    kernels::dense_forward<double>(packed.instruction_set, {3, 2, 1, packed.values.data(), x.data(), y.data()});
    CHECK(y == std::vector<double>{531.5, 641.5});
  });
}

}  // namespace
