#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/optimizers/sgd.hpp>

#include "support/one_tensor.hpp"

using namespace tsattn;
using test::OneTensor;

TEST_CASE("Sgd: on the parabola p^2 / 2 every step keeps 1 - learning_rate of p") {
  OneTensor t(1);
  t.p(0) = 1;
  SgdState<double> sgd(Sgd{.learning_rate = 0.25});
  for (int step = 1; step <= 20; ++step) {  // 0.75^20 needs 32 bits, so every step is exact
    t.g(0) = t.p(0);
    sgd.step(t.parameters(), t.gradients(), 1);
    CHECK(t.p(0) == std::pow(0.75, step));
  }
}

TEST_CASE("Sgd: momentum adds up the gradients, each decayed; the first step is that of no momentum") {
  // With g = 1 and momentum 1/2, m is 1, 3/2, 7/4.
  OneTensor t(1);
  t.g(0) = 1;
  SgdState<double> sgd(Sgd{.learning_rate = 0.25, .momentum = 0.5});
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.25);
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.25 - 0.375);
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.25 - 0.375 - 0.4375);
}

TEST_CASE("Sgd: with nesterov each step is as long as the next one without") {
  // With a constant g = 1, g + m / 2 is the next m: 3/2, 7/4, 15/8.
  OneTensor t(1);
  t.g(0) = 1;
  SgdState<double> sgd(Sgd{.learning_rate = 0.25, .momentum = 0.5, .nesterov = true});
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.375);
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.375 - 0.4375);
  sgd.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.375 - 0.4375 - 0.46875);
}

TEST_CASE("Sgd: equations (1) and (2), 50 steps with changing gradients") {
  for (const bool nesterov : {false, true}) {
    CAPTURE(nesterov);
    OneTensor t(1);
    t.p(0) = 0.7;
    SgdState<double> sgd(Sgd{.learning_rate = 0.03, .momentum = 0.8, .nesterov = nesterov});
    double p = 0.7, m = 0;
    for (int step = 1; step <= 50; ++step) {
      const double g = std::sin(step) + 0.2;
      t.g(0) = g;
      sgd.step(t.parameters(), t.gradients(), 1);
      m = 0.8 * m + g;
      p -= 0.03 * (nesterov ? g + 0.8 * m : m);
      // |m| < 5 and its error, at most 1 / (1 - 0.8) roundings of it, enter p with 0.03 at each step.
      CHECK(t.p(0) == doctest::Approx(p).epsilon(step * 2 * std::numeric_limits<double>::epsilon()));
    }
  }
}

TEST_CASE("Sgd: errors") {
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.learning_rate = 0}),
                       "[Sgd] expected a learning_rate above 0 and finite, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.learning_rate = std::numeric_limits<double>::infinity()}),
                       "[Sgd] expected a learning_rate above 0 and finite, got inf", ConfigError);
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.momentum = 1}), "[Sgd] expected a momentum in [0, 1), got 1", ConfigError);
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.momentum = -0.5}), "[Sgd] expected a momentum in [0, 1), got -0.5",
                       ConfigError);
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.nesterov = true}),
                       "[Sgd] expected a momentum above 0 with nesterov, got 0; 0.9 is usual", ConfigError);
}
