#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/gru.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::random_values;

constexpr Index kHidden = 3, kBatch = 2, kSize = kHidden * kBatch;
// Numbers up to 3, with at most four roundings each where a compiler fuses other ones than the kernel's.
constexpr double kTolerance = 12 * std::numeric_limits<double>::epsilon();

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

TEST_CASE("a step with the reset after the product follows equations (2) to (4)") {
  Random random(1);
  const std::vector<double> a = random_values<double>(3 * kSize, random), q = random_values<double>(kSize, random),
                            h_prev = random_values<double>(kSize, random);
  std::vector<double> gates = a, h(kSize);
  kernels::gru_after_forward(kHidden, kBatch, gates.data(), q.data(), h_prev.data(), h.data());
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t u = 0; u < 3; ++u) {
      const double r = sigmoid_of(a[9 * b + u]), z = sigmoid_of(a[9 * b + 3 + u]);
      const double n = std::tanh(a[9 * b + 6 + u] + r * q[3 * b + u]);
      CHECK(gates[9 * b + u] == r);
      CHECK(gates[9 * b + 3 + u] == z);
      CHECK(std::abs(gates[9 * b + 6 + u] - n) <= kTolerance);
      CHECK(std::abs(h[3 * b + u] - ((1 - z) * n + z * h_prev[3 * b + u])) <= kTolerance);
    }

  std::vector<double> same_gates = a, state = h_prev;  // h may be h_prev
  kernels::gru_after_forward(kHidden, kBatch, same_gates.data(), q.data(), state.data(), state.data());
  CHECK(state == h);
  CHECK(same_gates == gates);
}

TEST_CASE("a step with the reset before the product follows equations (2) to (4)") {
  Random random(2);
  const std::vector<double> a = random_values<double>(3 * kSize, random), h_prev = random_values<double>(kSize, random);
  std::vector<double> gates = a, reset_h(kSize), h(kSize);
  kernels::gru_before_reset(kHidden, kBatch, gates.data(), h_prev.data(), reset_h.data());
  std::vector<double> state = h_prev, same_gates = gates;
  kernels::gru_before_forward(kHidden, kBatch, gates.data(), h_prev.data(), h.data());
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t u = 0; u < 3; ++u) {
      const double r = sigmoid_of(a[9 * b + u]), z = sigmoid_of(a[9 * b + 3 + u]), n = std::tanh(a[9 * b + 6 + u]);
      CHECK(gates[9 * b + u] == r);
      CHECK(gates[9 * b + 3 + u] == z);
      CHECK(gates[9 * b + 6 + u] == n);
      CHECK(reset_h[3 * b + u] == r * h_prev[3 * b + u]);
      CHECK(std::abs(h[3 * b + u] - ((1 - z) * n + z * h_prev[3 * b + u])) <= kTolerance);
    }

  kernels::gru_before_forward(kHidden, kBatch, same_gates.data(), state.data(), state.data());  // h may be h_prev
  CHECK(state == h);
  CHECK(same_gates == gates);
}

// One unit with r = z = 1/2, n = 0 and h_prev = 2, so that every factor of (5) to (8) is known: da_n = dh / 2,
// da_z = dh 2 / 4.

TEST_CASE("backward with the reset after the product assigns every delta") {
  const std::vector<double> gates{0.5, 0.5, 0}, q{3}, h_prev{2};
  std::vector<double> dh{8}, deltas(4, std::numeric_limits<double>::quiet_NaN());
  kernels::gru_after_backward<double>(1, 1, gates.data(), q.data(), h_prev.data(), dh.data(), deltas.data());
  CHECK(deltas == std::vector<double>{3, 4, 4, 2});  // da_r = da_n q / 4, da_z, da_n, dq = da_n r
  CHECK(dh == std::vector<double>{4});               // dh z
}

TEST_CASE("backward with the reset before the product assigns its deltas and adds to dh") {
  const std::vector<double> gates{0.5, 0.5, 0}, h_prev{2}, d_reset{6};
  std::vector<double> dh{8}, deltas{-1, -1, -1, -1};
  kernels::gru_before_backward<double>(1, 1, gates.data(), h_prev.data(), dh.data(), deltas.data());
  CHECK(deltas == std::vector<double>{-1, 4, 4, -1});
  CHECK(dh == std::vector<double>{4});
  kernels::gru_before_reset_backward<double>(1, 1, gates.data(), h_prev.data(), d_reset.data(), dh.data(),
                                             deltas.data());
  CHECK(deltas == std::vector<double>{3, 4, 4, -1});  // da_r = dm h_prev / 4
  CHECK(dh == std::vector<double>{7});                // + dm r
}

}  // namespace
