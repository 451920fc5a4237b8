#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/layer_norm/layer_norm.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/layer_norm_cases.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::layer_norm_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::layer_norm_gradients()); }

TEST_CASE("dx may take the place of dy") {
  on_each_instruction_set([] {
    Random random(7);
    const std::vector<double> x = test::random_values<double>(27, random), dy = test::random_values<double>(27, random),
                              gain = test::random_values<double>(9, random), mean{0.5, -0.25, 0}, scale{1, 2, 3};
    std::vector<double> dx(27), in_place = dy;
    kernels::LayerNormBackward<double> a{9,         3,       x.data(), gain.data(), mean.data(), scale.data(),
                                         dy.data(), nullptr, nullptr,  dx.data()};
    kernels::layer_norm_backward(a);
    a.dy = a.dx = in_place.data();
    kernels::layer_norm_backward(a);
    CHECK(in_place == dx);
  });
}

}  // namespace
