#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/optimizers/rms_prop.hpp>

#include "support/one_tensor.hpp"

using namespace tsattn;
using test::OneTensor;

TEST_CASE("RmsProp: the first step is learning_rate / sqrt(1 - alpha) long, whatever the gradient's scale") {
  // v = (1 - alpha) g^2, so p moves by learning_rate g / (sqrt(1 - alpha) |g| + epsilon): nothing corrects for v = 0.
  OneTensor t(3);
  t.g(0) = 1e-3, t.g(1) = -5, t.g(2) = 1e6;
  RmsPropState<double> rms_prop(RmsProp{.learning_rate = 0.1, .alpha = 0.75});
  rms_prop.step(t.parameters(), t.gradients(), 1);
  for (Index i = 0; i < 3; ++i)
    CHECK(t.p(i) == doctest::Approx(-0.1 * t.g(i) / (0.5 * std::abs(t.g(i)) + 1e-8)).epsilon(1e-14));
}

TEST_CASE("RmsProp: with alpha = 0 and hardly an epsilon only the gradient's sign counts") {
  OneTensor t(2);
  t.g(0) = 4, t.g(1) = -0.5;
  RmsPropState<double> rms_prop(RmsProp{.learning_rate = 0.25, .alpha = 0, .epsilon = 1e-300});
  rms_prop.step(t.parameters(), t.gradients(), 1);
  CHECK(t.p(0) == -0.25);
  CHECK(t.p(1) == 0.25);
}

TEST_CASE("RmsProp: equations (1) to (3), 50 steps with changing gradients") {
  for (const double momentum : {0.0, 0.8}) {
    CAPTURE(momentum);
    OneTensor t(1);
    t.p(0) = 0.7;
    RmsPropState<double> rms_prop(RmsProp{.learning_rate = 0.03, .alpha = 0.95, .epsilon = 1e-3, .momentum = momentum});
    double p = 0.7, v = 0, m = 0;
    for (int step = 1; step <= 50; ++step) {
      const double g = std::sin(step) + 0.2;
      t.g(0) = g;
      rms_prop.step(t.parameters(), t.gradients(), 1);
      v = 0.95 * v + 0.05 * g * g;
      m = momentum * m + g / (std::sqrt(v) + 1e-3);
      p -= 0.03 * m;
      // v has up to 1 / (1 - 0.95) roundings and m up to 1 / (1 - 0.8) times those of its terms, |terms| < 5; both
      // enter p with 0.03 at each step.
      CHECK(t.p(0) == doctest::Approx(p).epsilon(step * 10 * std::numeric_limits<double>::epsilon()));
    }
  }
}

TEST_CASE("RmsProp: errors") {
  CHECK_THROWS_WITH_AS(RmsPropState<float>(RmsProp{.learning_rate = -1}),
                       "[RmsProp] expected a learning_rate above 0 and finite, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(RmsPropState<float>(RmsProp{.alpha = 1}), "[RmsProp] expected alpha in [0, 1), got 1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(RmsPropState<float>(RmsProp{.epsilon = 0}),
                       "[RmsProp] expected an epsilon above 0 and finite, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(RmsPropState<float>(RmsProp{.momentum = 1.5}),
                       "[RmsProp] expected a momentum in [0, 1), got 1.5", ConfigError);
}
