#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/kernels/activation/activation.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/activation_cases.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::activation_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::activation_gradients()); }

template <class S>
struct Function {
  std::string name;
  void (*forward)(Index, const S*, S*);
  void (*backward)(Index, const S*, const S*, S*);
};

template <class S>
std::vector<Function<S>> functions() {
  return {{"tanh", kernels::tanh_forward<S>, kernels::tanh_backward<S>},
          {"sigmoid", kernels::sigmoid_forward<S>, kernels::sigmoid_backward<S>},
          {"relu", kernels::relu_forward<S>, kernels::relu_backward<S>}};
}

template <class S>
S value_of(const Function<S>& function, S x) {
  S y = -7;
  function.forward(1, &x, &y);
  return y;
}

TEST_CASE_TEMPLATE("activations have their limits, and keep NaN", S, float, double) {
  const S infinity = std::numeric_limits<S>::infinity(), largest = std::numeric_limits<S>::max();
  const auto tanh = functions<S>()[0], sigmoid = functions<S>()[1], relu = functions<S>()[2];
  on_each_instruction_set([&] {
    for (const S x : {S(1000), largest, infinity}) {
      CAPTURE(x);
      CHECK(value_of(tanh, x) == 1);
      CHECK(value_of(tanh, -x) == -1);
      CHECK(value_of(sigmoid, x) == 1);
      CHECK(value_of(sigmoid, -x) == 0);
      CHECK(value_of(relu, x) == x);
      CHECK(value_of(relu, -x) == 0);
    }
    CHECK(value_of(tanh, S(0)) == 0);
    CHECK(value_of(sigmoid, S(0)) == S(0.5));
    CHECK(value_of(relu, S(0)) == 0);
    for (const Function<S>& function : functions<S>()) {
      CAPTURE(function.name);
      CHECK(std::isnan(value_of(function, std::numeric_limits<S>::quiet_NaN())));
    }
  });
}

TEST_CASE_TEMPLATE("sigmoid is (1 + tanh(x / 2)) / 2", S, float, double) {
  const auto sigmoid = functions<S>()[1];
  on_each_instruction_set([&] {
    for (const S x : {S(-20), S(-3), S(-0.1), S(0.25), S(2), S(15)}) {
      CAPTURE(x);
      // 4 ULP of a number up to 1, and a few roundings of such numbers on the right.
      CHECK(std::abs(value_of(sigmoid, x) - (1 + std::tanh(x / 2)) / 2) <= 8 * std::numeric_limits<S>::epsilon());
    }
  });
}

TEST_CASE("backward is dy times the slope") {
  const std::vector<double> x{-2, -0.5, 0.25, 1.5}, dy{3, -1, 2, -4};
  constexpr double kStep = 1e-5;
  on_each_instruction_set([&] {
    for (const Function<double>& function : functions<double>()) {
      CAPTURE(function.name);
      std::vector<double> y(4), dx(4);
      function.forward(4, x.data(), y.data());
      function.backward(4, y.data(), dy.data(), dx.data());
      for (std::size_t i = 0; i < 4; ++i) {
        const double slope = (value_of(function, x[i] + kStep) - value_of(function, x[i] - kStep)) / (2 * kStep);
        // The central difference: h^2 / 6 times a third derivative of at most 2, and errors of 4 eps / h; |dy| is 4 at
        // most.
        CHECK(std::abs(dx[i] - dy[i] * slope) <=
              4 * (kStep * kStep / 3 + 4 * std::numeric_limits<double>::epsilon() / kStep));
      }
    }
  });
}

TEST_CASE("relu passes no gradient at 0 and below") {
  const std::vector<double> y{0, 0, 2}, dy{5, -5, 7};
  on_each_instruction_set([&] {
    std::vector<double> dx(3, -1.0);
    kernels::relu_backward<double>(3, y.data(), dy.data(), dx.data());
    CHECK(dx == std::vector<double>{0, 0, 7});
  });
}

TEST_CASE_TEMPLATE("relu passes on every bit of what is not below 0, and stops what is", S, float, double) {
  const S infinity = std::numeric_limits<S>::infinity(), smallest = std::numeric_limits<S>::denorm_min();
  on_each_instruction_set([&] {
    for (const S x : {S(0), S(-0.0), smallest, infinity}) {
      CAPTURE(x);
      const S y = value_of(functions<S>()[2], x);
      CHECK(y == x);
      CHECK(std::signbit(y) == std::signbit(x));
    }
    CHECK(value_of(functions<S>()[2], -smallest) == 0);
    CHECK(value_of(functions<S>()[2], -infinity) == 0);
  });
}

TEST_CASE_TEMPLATE("forward and backward work in place", S, float, double) {
  Random random(3);
  const std::vector<S> x = test::random_values<S>(37, random), dy = test::random_values<S>(37, random);
  on_each_instruction_set([&] {
    for (const Function<S>& function : functions<S>()) {
      CAPTURE(function.name);
      std::vector<S> y(37), dx(37), y_in_place = x, dx_in_place = dy;
      function.forward(37, x.data(), y.data());
      function.forward(37, y_in_place.data(), y_in_place.data());
      CHECK(y_in_place == y);
      function.backward(37, y.data(), dy.data(), dx.data());
      function.backward(37, y.data(), dx_in_place.data(), dx_in_place.data());
      CHECK(dx_in_place == dx);
    }
  });
}

TEST_CASE("only the asked number of values is written") {
  const std::vector<double> x{1, 2, 3};
  on_each_instruction_set([&] {
    for (const Function<double>& function : functions<double>()) {
      CAPTURE(function.name);
      std::vector<double> y(3, -7.0);
      function.forward(2, x.data(), y.data());
      CHECK(y[2] == -7);
      function.forward(0, x.data(), y.data() + 2);
      CHECK(y[2] == -7);
    }
  });
}

}  // namespace
