#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/embedded/parts/math.hpp>

namespace {

namespace parts = tsattn::embedded::parts;

TEST_CASE("tanh and sigmoid: errors over their range, and beyond it") {
  double of_tanh = 0, of_sigmoid = 0;
  for (int i = -2'000'000; i <= 2'000'000; ++i) {
    const float x = static_cast<float>(i) * 1e-5F;
    of_tanh = std::max(of_tanh, std::abs(static_cast<double>(parts::tanh<1>(x)) - std::tanh(double{x})));
    of_sigmoid =
        std::max(of_sigmoid, std::abs(static_cast<double>(parts::sigmoid<1>(x)) - 1 / (1 + std::exp(-double{x}))));
  }
  CHECK(of_tanh < 3.5e-7);
  CHECK(of_sigmoid < 2.1e-7);  // half of it, and the rounding of a number up to 1
  for (const float x : {9.0F, 20.0F, 3e38F, std::numeric_limits<float>::infinity()}) {
    CHECK(parts::tanh<1>(x) == 1);
    CHECK(parts::tanh<1>(-x) == -1);
    CHECK(parts::sigmoid<1>(2 * x) == 1);
    CHECK(parts::sigmoid<1>(-2 * x) == 0);
  }
  CHECK(std::isnan(parts::tanh<1>(std::numeric_limits<float>::quiet_NaN())));
  CHECK(std::isnan(parts::sigmoid<1>(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("e^x for x <= 0: two units in the last place; e^-87 below, and for NaN") {
  double largest = 0;
  for (int i = 0; i <= 870'000; ++i) {
    const float x = static_cast<float>(i) * -1e-4F;
    const double expected = std::exp(double{x});
    largest = std::max(largest, std::abs(double{parts::exp_of_negative<1>(x)} - expected) / expected);
  }
  CHECK(largest <= 2 * double{std::numeric_limits<float>::epsilon()});
  CHECK(parts::exp_of_negative<1>(0.0F) == 1);
  CHECK(parts::exp_of_negative<1>(-3e38F) == parts::exp_of_negative<1>(-87.0F));
  CHECK(parts::exp_of_negative<1>(-std::numeric_limits<float>::infinity()) == parts::exp_of_negative<1>(-87.0F));
  CHECK(parts::exp_of_negative<1>(std::numeric_limits<float>::quiet_NaN()) == parts::exp_of_negative<1>(-87.0F));
}

}  // namespace
