#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/optimizers/adam_w.hpp>

#include "support/one_tensor.hpp"

using namespace tsattn;
using test::OneTensor;

TEST_CASE("AdamW: without a gradient every step keeps 1 - learning_rate weight_decay of p") {
  OneTensor t(2);
  t.p(0) = 1, t.p(1) = -16;
  AdamWState<double> adam_w(AdamW{.learning_rate = 0.5, .weight_decay = 0.5});
  for (int step = 1; step <= 20; ++step) {  // 0.75^20 needs 32 bits, so every step is exact
    adam_w.step(t.parameters(), t.gradients(), 1);
    CHECK(t.p(0) == std::pow(0.75, step));
    CHECK(t.p(1) == -16 * std::pow(0.75, step));
  }
}

TEST_CASE("AdamW: without decay it is Adam, bit for bit") {
  OneTensor decayed(1), plain(1);
  AdamWState<double> adam_w(AdamW{.weight_decay = 0});
  AdamState<double> adam(Adam{});
  for (int step = 1; step <= 10; ++step) {
    decayed.g(0) = plain.g(0) = std::sin(step);
    adam_w.step(decayed.parameters(), decayed.gradients(), 0.5);
    adam.step(plain.parameters(), plain.gradients(), 0.5);
    CHECK(decayed.p(0) == plain.p(0));
  }
}

TEST_CASE("AdamW: the decay does not pass through the moments, 50 steps with changing gradients") {
  OneTensor t(1);
  t.p(0) = 0.7;
  AdamWState<double> adam_w(
      AdamW{.learning_rate = 0.03, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.2});
  double p = 0.7, m = 0, v = 0;
  for (int step = 1; step <= 50; ++step) {
    const double g = std::sin(step) + 0.2;
    t.g(0) = g;
    adam_w.step(t.parameters(), t.gradients(), 1);
    m = 0.8 * m + 0.2 * g;
    v = 0.95 * v + 0.05 * g * g;
    const double m_hat = m / (1 - std::pow(0.8, step)), v_hat = v / (1 - std::pow(0.95, step));
    p *= 1 - 0.03 * 0.2;  // as PyTorch and the paper's text have it: decay first
    p -= 0.03 * m_hat / (std::sqrt(v_hat) + 1e-3);
    CHECK(t.p(0) == doctest::Approx(p).epsilon(step * 10 * std::numeric_limits<double>::epsilon()));
  }
}

TEST_CASE("AdamW: errors") {
  CHECK_THROWS_WITH_AS(AdamWState<float>(AdamW{.learning_rate = 0}),
                       "[AdamW] expected a learning_rate above 0 and finite, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(AdamWState<float>(AdamW{.beta1 = -1}), "[AdamW] expected beta1 in [0, 1), got -1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamWState<float>(AdamW{.beta2 = 1}), "[AdamW] expected beta2 in [0, 1), got 1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamWState<float>(AdamW{.epsilon = -1}),
                       "[AdamW] expected an epsilon above 0 and finite, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamWState<float>(AdamW{.weight_decay = -0.01}),
                       "[AdamW] expected a weight_decay of at least 0 and finite, got -0.01", ConfigError);
}
