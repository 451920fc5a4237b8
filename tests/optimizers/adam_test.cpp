#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/optimizers/adam.hpp>

#include "support/one_tensor.hpp"

using namespace tsattn;
using test::OneTensor;

TEST_CASE("Adam: the first step has the length of the learning rate, whatever the gradient's scale") {
  // m / (1 - beta1) = g and sqrt(v / (1 - beta2)) = |g|, so p moves by learning_rate g / (|g| + epsilon).
  OneTensor t(3);
  t.g(0) = 1e-3, t.g(1) = -5, t.g(2) = 1e6;
  AdamState<double> adam(Adam{.learning_rate = 0.1});
  adam.step(t.parameters(), t.gradients(), 1);
  for (Index i = 0; i < 3; ++i)
    CHECK(t.p(i) == doctest::Approx(-0.1 * t.g(i) / (std::abs(t.g(i)) + 1e-8)).epsilon(1e-14));
}

TEST_CASE("Adam: equations (1) to (3), 50 steps with changing gradients") {
  OneTensor t(1);
  t.p(0) = 0.7;
  const Adam options{.learning_rate = 0.03, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3};
  AdamState<double> adam(options);
  double p = 0.7, m = 0, v = 0;
  for (int step = 1; step <= 50; ++step) {
    const double g = std::sin(step) + 0.2;
    t.g(0) = g;
    adam.step(t.parameters(), t.gradients(), 1);
    m = 0.8 * m + 0.2 * g;
    v = 0.95 * v + 0.05 * g * g;
    const double m_hat = m / (1 - std::pow(0.8, step)), v_hat = v / (1 - std::pow(0.95, step));
    p -= 0.03 * m_hat / (std::sqrt(v_hat) + 1e-3);
    CHECK(t.p(0) == doctest::Approx(p).epsilon(step * 10 * std::numeric_limits<double>::epsilon()));
  }
}

TEST_CASE("Adam: errors") {
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.learning_rate = 0}),
                       "[Adam] expected a learning_rate above 0 and finite, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.learning_rate = std::nan("")}),
                       "[Adam] expected a learning_rate above 0 and finite, got nan", ConfigError);
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.beta1 = 1}), "[Adam] expected beta1 in [0, 1), got 1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.beta2 = -0.1}), "[Adam] expected beta2 in [0, 1), got -0.1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.epsilon = 0}), "[Adam] expected an epsilon above 0 and finite, got 0",
                       ConfigError);
}
