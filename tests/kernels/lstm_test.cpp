#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/lstm/lstm.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/lstm_cases.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set, test::random_values;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::lstm_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::lstm_gradients()); }

constexpr double kEps = std::numeric_limits<double>::epsilon();

/// A step of F = 2 features, H = 3 units and a batch of 2, and everything that it wrote.
struct Step {
  std::vector<double> w_x, w_h, b, x, h_prev, c_prev;
  std::vector<double> h = std::vector<double>(6), c = h, y = h, saved = h, gates = std::vector<double>(24);

  explicit Step(Random& random)
      : w_x(random_values<double>(24, random)),
        w_h(random_values<double>(36, random)),
        b(random_values<double>(12, random)),
        x(random_values<double>(4, random)),
        h_prev(random_values<double>(6, random)),
        c_prev(random_values<double>(6, random)) {}

  void run(double* c_out) {
    kernels::PackedWeights<double> weights;
    kernels::lstm_pack(2, 3, w_x.data(), w_h.data(), b.data(), weights);
    kernels::lstm_forward<double>(weights.instruction_set, {.features = 2,
                                                            .hidden = 3,
                                                            .batch = 2,
                                                            .weights = weights.values.data(),
                                                            .x = x.data(),
                                                            .h_prev = h_prev.data(),
                                                            .h_carried = nullptr,
                                                            .c_prev = c_prev.data(),
                                                            .h = h.data(),
                                                            .c = c_out,
                                                            .y = y.data(),
                                                            .keeps = true,
                                                            .gates = gates.data(),
                                                            .saved = saved.data()});
  }
};

TEST_CASE("with biases alone a step follows equations (2) to (4), its gates in the order i, f, g, o") {
  on_each_instruction_set([] {
    Random random(1);
    Step step(random);
    step.w_x.assign(24, 0);
    step.w_h.assign(36, 0);
    step.run(step.c.data());
    for (std::size_t b = 0; b < 2; ++b)
      for (std::size_t u = 0; u < 3; ++u) {
        CAPTURE(b);
        CAPTURE(u);
        const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
        const double i = sigmoid(step.b[u]), f = sigmoid(step.b[3 + u]), g = std::tanh(step.b[6 + u]),
                     o = sigmoid(step.b[9 + u]);
        const double c = f * step.c_prev[3 * b + u] + i * g;
        // Gates up to 1 err by 4 ULP, 2 eps; as much is left for what std:: and the quotient above round. c adds two
        // products of such, and h is one product more.
        CHECK(std::abs(step.gates[12 * b + u] - i) <= 4 * kEps);
        CHECK(std::abs(step.gates[12 * b + 3 + u] - f) <= 4 * kEps);
        CHECK(std::abs(step.gates[12 * b + 6 + u] - g) <= 4 * kEps);
        CHECK(std::abs(step.gates[12 * b + 9 + u] - o) <= 4 * kEps);
        CHECK(std::abs(step.c[3 * b + u] - c) <= 16 * kEps);
        CHECK(std::abs(step.saved[3 * b + u] - std::tanh(c)) <= 20 * kEps);
        CHECK(std::abs(step.h[3 * b + u] - o * std::tanh(c)) <= 26 * kEps);
      }
    CHECK(step.y == step.h);
  });
}

TEST_CASE("the new cell state may take the place of the old one") {
  on_each_instruction_set([] {
    Random random(2);
    Step apart(random), in_place = apart;
    apart.run(apart.c.data());
    in_place.run(in_place.c_prev.data());
    CHECK(in_place.c_prev == apart.c);
    CHECK(in_place.h == apart.h);
    CHECK(in_place.gates == apart.gates);
    CHECK(in_place.saved == apart.saved);
  });
}

TEST_CASE("backward assigns the gate gradients and turns dc of one step into that of the step before") {
  // One unit with i = f = o = 1/2, g = 0, c_prev = 2, so that c = 1; tanh(c) is taken to be 1/2. dL/dh = 1 + 3 - 2 *
  // 1/4
  // - 4 * 1/4 + 8 * 1/4 - 1 * 1/2 = 4, so dL/dc = 1/2 + 4 * 1/2 * 3/4 = 2.
  const std::vector<double> w_h{-2, -4, 8, -1}, gates{0.5, 0.5, 0, 0.5}, next_deltas{0.25, 0.25, 0.25, 0.5};
  const double tanh_c = 0.5, h_prev = 9, c_prev = 2, dy = 3;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::lstm_pack_backward(1, w_h.data(), weights);
    double dh = 1, dc = 0.5;
    std::vector<double> deltas(4, std::numeric_limits<double>::quiet_NaN());
    kernels::lstm_backward<double>(weights.instruction_set, {.hidden = 1,
                                                             .batch = 1,
                                                             .weights = weights.values.data(),
                                                             .gates = gates.data(),
                                                             .saved = &tanh_c,
                                                             .h_prev = &h_prev,
                                                             .h_carried = nullptr,
                                                             .mask = nullptr,
                                                             .c_prev = &c_prev,
                                                             .dy = &dy,
                                                             .next_deltas = next_deltas.data(),
                                                             .dh = &dh,
                                                             .dc = &dc,
                                                             .deltas = deltas.data()});
    // Through i (times g = 0), f (times c_prev / 4), g (times i) and o (times tanh(c) / 4).
    CHECK(deltas == std::vector<double>{0, 2 * 2 * 0.25, 2 * 0.5, 4 * 0.5 * 0.25});
    CHECK(dc == 2 * 0.5);
    CHECK(dh == 0);
  });
}

}  // namespace
