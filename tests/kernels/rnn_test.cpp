#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/kernels/rnn/rnn.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/rnn_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::rnn_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::rnn_gradients()); }

TEST_CASE("a step of one unit by hand: h = tanh(w_x x + w_h h_prev + b)") {
  const double w_x = 2, w_h = 0.5, b = -1, x = 3, h_prev = -6;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::rnn_pack(1, 1, &w_x, &w_h, &b, weights);
    double h = 7, y = 7, gate = 7;
    kernels::rnn_forward<double>(weights.instruction_set, {.features = 1,
                                                           .hidden = 1,
                                                           .batch = 1,
                                                           .weights = weights.values.data(),
                                                           .x = &x,
                                                           .h_prev = &h_prev,
                                                           .h_carried = nullptr,
                                                           .c_prev = nullptr,
                                                           .h = &h,
                                                           .c = nullptr,
                                                           .y = &y,
                                                           .keeps = true,
                                                           .gates = &gate,
                                                           .saved = nullptr});
    // 6 - 3 - 1 = 2 without rounding, so only tanh errs: 4 ULP here and 1 of the standard library.
    CHECK(std::abs(h - std::tanh(2.0)) <= 5 * 0x1p-53);
    CHECK(y == h);
    CHECK(gate == h);
  });
}

TEST_CASE("a step of one unit backward by hand, every factor exact") {
  const double w_h = 2, h = 0.5, h_prev = 9, dy = 1, next_delta = 3;
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> weights;
    kernels::rnn_pack_backward(1, &w_h, weights);
    double dh = 0.5, delta = 7;
    kernels::rnn_backward<double>(weights.instruction_set, {.hidden = 1,
                                                            .batch = 1,
                                                            .weights = weights.values.data(),
                                                            .gates = &h,
                                                            .saved = nullptr,
                                                            .h_prev = &h_prev,
                                                            .h_carried = nullptr,
                                                            .mask = nullptr,
                                                            .c_prev = nullptr,
                                                            .dy = &dy,
                                                            .next_deltas = &next_delta,
                                                            .dh = &dh,
                                                            .dc = nullptr,
                                                            .deltas = &delta});
    CHECK(delta == (0.5 + 1 + 2 * 3) * 0.75);  // dL/dh (1 - h^2)
    CHECK(dh == 0);                            // all of the step before comes through the delta
  });
}

}  // namespace
