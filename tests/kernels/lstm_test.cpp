#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/lstm.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::random_values;

constexpr Index kHidden = 3, kBatch = 2, kSize = kHidden * kBatch;
constexpr double kEps = std::numeric_limits<double>::epsilon();

/// A step and everything it wrote.
struct Step {
  std::vector<double> gates, c_prev, c = std::vector<double>(kSize), tanh_c = c, h = c;

  explicit Step(Random& random)
      : gates(random_values<double>(4 * kSize, random)), c_prev(random_values<double>(kSize, random)) {}
  void run() {
    kernels::lstm_gates_forward(kHidden, kBatch, gates.data(), c_prev.data(), c.data(), tanh_c.data(), h.data());
  }
};

TEST_CASE("the gates of an LSTM step follow equations (2) to (4)") {
  Random random(1);
  Step step(random);
  const std::vector<double> a = step.gates;
  step.run();
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t u = 0; u < 3; ++u) {
      CAPTURE(b);
      CAPTURE(u);
      const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
      const double i = sigmoid(a[12 * b + u]), f = sigmoid(a[12 * b + 3 + u]), g = std::tanh(a[12 * b + 6 + u]),
                   o = sigmoid(a[12 * b + 9 + u]);
      const double c = f * step.c_prev[3 * b + u] + i * g;
      // Numbers up to 2, with at most four roundings each where a compiler fuses other ones than the kernel's.
      CHECK(std::abs(step.c[3 * b + u] - c) <= 8 * kEps);
      CHECK(std::abs(step.tanh_c[3 * b + u] - std::tanh(c)) <= 8 * kEps);
      CHECK(std::abs(step.h[3 * b + u] - o * std::tanh(c)) <= 8 * kEps);
      CHECK(step.gates[12 * b + u] == i);
      CHECK(step.gates[12 * b + 3 + u] == f);
      CHECK(step.gates[12 * b + 6 + u] == g);
      CHECK(step.gates[12 * b + 9 + u] == o);
    }
}

TEST_CASE("the new cell state may take the place of the old one") {
  Random random(2);
  Step apart(random), in_place = apart;
  apart.run();
  kernels::lstm_gates_forward(kHidden, kBatch, in_place.gates.data(), in_place.c_prev.data(), in_place.c_prev.data(),
                              in_place.tanh_c.data(), in_place.h.data());
  CHECK(in_place.c_prev == apart.c);
  CHECK(in_place.h == apart.h);
  CHECK(in_place.gates == apart.gates);
}

TEST_CASE("backward assigns the gate gradients and turns dc of one step into that of the step before") {
  // One unit with i = f = o = 1/2, g = 0, c_prev = 2, so c = 1: every factor of (6) and (7) is known.
  std::vector<double> gates{0, 0, 0, 0}, c_prev{2}, c(1), tanh_c(1), h(1);
  kernels::lstm_gates_forward<double>(1, 1, gates.data(), c_prev.data(), c.data(), tanh_c.data(), h.data());
  CHECK(c[0] == 1);
  std::vector<double> dh{3}, dc{0.5}, da(4, std::numeric_limits<double>::quiet_NaN());
  kernels::lstm_gates_backward<double>(1, 1, gates.data(), c_prev.data(), tanh_c.data(), dh.data(), dc.data(),
                                       da.data());
  const double th = std::tanh(1.0), dc_t = 0.5 + 3 * 0.5 * (1 - th * th);
  CHECK(std::abs(da[0] - 0) <= 8 * kEps);                // through i, times g = 0
  CHECK(std::abs(da[1] - dc_t * 2 * 0.25) <= 8 * kEps);  // through f
  CHECK(std::abs(da[2] - dc_t * 0.5) <= 8 * kEps);       // through g
  CHECK(std::abs(da[3] - 3 * th * 0.25) <= 8 * kEps);    // through o
  CHECK(std::abs(dc[0] - dc_t * 0.5) <= 8 * kEps);
  CHECK(dh[0] == 3);
}

}  // namespace
