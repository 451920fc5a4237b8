#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/activation.hpp>

namespace {

using namespace tsattn;

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
}

TEST_CASE_TEMPLATE("sigmoid is (1 + tanh(x / 2)) / 2", S, float, double) {
  for (const S x : {S(-20), S(-3), S(-0.1), S(0.25), S(2), S(15)}) {
    CAPTURE(x);
    // A few roundings of numbers up to 1 on either side.
    CHECK(std::abs(kernels::sigmoid(x) - (1 + std::tanh(x / 2)) / 2) <= 4 * std::numeric_limits<S>::epsilon());
  }
}

TEST_CASE("backward is dy times the slope") {
  const std::vector<double> x{-2, -0.5, 0.25, 1.5}, dy{3, -1, 2, -4};
  constexpr double kStep = 1e-5;
  for (const Function<double>& function : functions<double>()) {
    CAPTURE(function.name);
    std::vector<double> y(4), dx(4);
    function.forward(4, x.data(), y.data());
    function.backward(4, y.data(), dy.data(), dx.data());
    for (std::size_t i = 0; i < 4; ++i) {
      const double slope = (value_of(function, x[i] + kStep) - value_of(function, x[i] - kStep)) / (2 * kStep);
      // The central difference: h^2 / 6 times a third derivative of at most 2, and roundings of eps / h; |dy| is 4 at
      // most.
      CHECK(std::abs(dx[i] - dy[i] * slope) <=
            4 * (kStep * kStep / 3 + 2 * std::numeric_limits<double>::epsilon() / kStep));
    }
  }
}

TEST_CASE("relu passes no gradient at 0 and below") {
  const std::vector<double> y{0, 0, 2}, dy{5, -5, 7};
  std::vector<double> dx(3, -1.0);
  kernels::relu_backward<double>(3, y.data(), dy.data(), dx.data());
  CHECK(dx == std::vector<double>{0, 0, 7});
}

TEST_CASE_TEMPLATE("forward and backward work in place", S, float, double) {
  const std::vector<S> x{S(-2), S(-0.5), S(0), S(0.25), S(1.5)}, dy{S(3), S(-1), S(5), S(2), S(-4)};
  for (const Function<S>& function : functions<S>()) {
    CAPTURE(function.name);
    std::vector<S> y(5), dx(5), y_in_place = x, dx_in_place = dy;
    function.forward(5, x.data(), y.data());
    function.forward(5, y_in_place.data(), y_in_place.data());
    CHECK(y_in_place == y);
    function.backward(5, y.data(), dy.data(), dx.data());
    function.backward(5, y.data(), dx_in_place.data(), dx_in_place.data());
    CHECK(dx_in_place == dx);
  }
}

TEST_CASE("only the asked number of values is written") {
  const std::vector<double> x{1, 2, 3};
  for (const Function<double>& function : functions<double>()) {
    CAPTURE(function.name);
    std::vector<double> y(3, -7.0);
    function.forward(2, x.data(), y.data());
    CHECK(y[2] == -7);
    function.forward(0, x.data(), y.data() + 2);
    CHECK(y[2] == -7);
  }
}

}  // namespace
