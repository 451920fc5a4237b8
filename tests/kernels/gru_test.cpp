#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/gru/gru.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/gru_cases.hpp"

namespace gru_test {
namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::gru_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::gru_gradients()); }

// One unit with the biases r: 0, z: 0, n: 1/4 and, for r and z, no weights: r = z = 1/2. x = 1; W_h multiplies 2, and z
// 6, as if dropout had divided by 3.

constexpr double kX = 1, kHPrev = 2, kHCarried = 6, kMask = 1. / 3;
const std::vector<double> kWX{0, 0, 0.25}, kB{0, 0, 0.25};
// h = (n + 6) / 2 and n err by 4 ULP of n < 1 here, by 1 of std::tanh, and by the roundings of h < 4.
constexpr double kTolerance = 4 * std::numeric_limits<double>::epsilon();

/// What one step of that unit gave.
struct Result {
  double h = 7, y = 7, saved = 7;
  std::vector<double> gates{7, 7, 7};

  kernels::StepForward<double> step(const kernels::PackedWeights<double>& weights) {
    return {.features = 1,
            .hidden = 1,
            .batch = 1,
            .weights = weights.values.data(),
            .x = &kX,
            .h_prev = &kHPrev,
            .h_carried = &kHCarried,
            .c_prev = nullptr,
            .h = &h,
            .c = nullptr,
            .y = &y,
            .keeps = true,
            .gates = gates.data(),
            .saved = &saved};
  }
};

TEST_CASE("the reset after the product: n = tanh(a_n + r (W_hn h + b_hn))") {
  const std::vector<double> w_h{0, 0, 1.5};
  const double b_hn = 0.5;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::gru_after_pack(1, 1, kWX.data(), w_h.data(), kB.data(), &b_hn, weights);
    Result result;
    kernels::gru_after_forward(weights.instruction_set, result.step(weights));
    const double q = 1.5 * 2 + 0.5, n = std::tanh(0.5 + q / 2);
    CHECK(result.saved == q);
    CHECK(result.gates[0] == 0.5);
    CHECK(result.gates[1] == 0.5);
    CHECK(std::abs(result.gates[2] - n) <= kTolerance);
    CHECK(std::abs(result.h - (n / 2 + 3)) <= kTolerance);
    CHECK(result.y == result.h);
  });
}

TEST_CASE("the reset before the product: n = tanh(a_n + W_hn (r h))") {
  const std::vector<double> w_h{0, 0, 1.5};
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::gru_before_pack(1, 1, kWX.data(), w_h.data(), kB.data(), weights);
    Result result;
    kernels::gru_before_forward(weights.instruction_set, result.step(weights));
    const double n = std::tanh(0.5 + 1.5 * 1);
    CHECK(result.saved == 1);
    CHECK(result.gates[0] == 0.5);
    CHECK(result.gates[1] == 0.5);
    CHECK(std::abs(result.gates[2] - n) <= kTolerance);
    CHECK(std::abs(result.h - (n / 2 + 3)) <= kTolerance);
    CHECK(result.y == result.h);
  });
}

// Backward from r = z = 1/2, n = 0 and the same states with dL/dh = 8, so that every factor of (5) to (8) is known:
// da_n = dh / 2 = 4, da_z = dh 6 / 4 = 12.

const std::vector<double> kGates{0.5, 0.5, 0};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

kernels::StepBackward<double> backward_step(const kernels::PackedWeights<double>& weights, const double* saved,
                                            const double* mask, const double* dy, const double* next_deltas, double* dh,
                                            double* deltas) {
  return {.hidden = 1,
          .batch = 1,
          .weights = weights.values.data(),
          .gates = kGates.data(),
          .saved = saved,
          .h_prev = &kHPrev,
          .h_carried = &kHCarried,
          .mask = mask,
          .c_prev = nullptr,
          .dy = dy,
          .next_deltas = next_deltas,
          .dh = dh,
          .dc = nullptr,
          .deltas = deltas};
}

TEST_CASE("backward with the reset after the product assigns every delta") {
  // 2 + 1 + 2 * 3 - 1 * 5 + 4 * 1 = 8: of the deltas, r and z lead through their own rows and dq through that of n.
  const std::vector<double> w_h{2, -1, 4}, next_deltas{3, 5, kNaN, 1};
  const double q = 3, dy = 1;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::gru_after_pack_backward(1, w_h.data(), weights);
    std::vector<double> deltas(4, kNaN);
    double dh = 2;
    kernels::gru_after_backward(weights.instruction_set,
                                backward_step(weights, &q, nullptr, &dy, next_deltas.data(), &dh, deltas.data()));
    CHECK(deltas == std::vector<double>{3, 12, 4, 2});  // da_r = da_n q / 4, da_z, da_n, dq = da_n r
    CHECK(dh == 4);                                     // dh z
  });
}

TEST_CASE("backward with the reset before the product assigns three deltas and gives dh the part through r h") {
  // 2 + 5 + 2 * 3 - 1 * 5 = 8: the step after has done its own part of n. dm = 1.5 da_n = 6.
  const std::vector<double> w_h{2, -1, 1.5}, next_deltas{3, 5, kNaN, kNaN};
  const double m = kNaN, dy = 5;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::gru_before_pack_backward(1, w_h.data(), weights);
    for (const double* mask : {static_cast<const double*>(nullptr), &kMask}) {
      std::vector<double> deltas{kNaN, kNaN, kNaN, -1};
      double dh = 2;
      kernels::gru_before_backward(weights.instruction_set,
                                   backward_step(weights, &m, mask, &dy, next_deltas.data(), &dh, deltas.data()));
      CHECK(deltas == std::vector<double>{3, 12, 4, -1});              // da_r = dm h_prev / 4
      CHECK(dh == (mask == nullptr ? 4 + 6 * 0.5 : 4 + 6 * 0.5 / 3));  // dh z + mask dm r
    }
  });
}

}  // namespace
}  // namespace gru_test
