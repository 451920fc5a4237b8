#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/optimizers/checks.hpp>

using namespace tsattn;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN(),
                 kSmallest = std::numeric_limits<double>::denorm_min();
}

TEST_CASE("require_above_zero") {
  for (const double value : {kSmallest, 1e-3, 1e300}) CHECK_NOTHROW(require_above_zero("Adam", "a rate", value));
  for (const double value : {0.0, -0.0, -1.0, kInfinity, -kInfinity, kNan})
    CHECK_THROWS_AS(require_above_zero("Adam", "a rate", value), ConfigError);
  CHECK_THROWS_WITH_AS(require_above_zero("Adam", "a learning_rate", 0),
                       "[Adam] expected a learning_rate above 0 and finite, got 0", ConfigError);
}

TEST_CASE("require_at_least_zero") {
  for (const double value : {0.0, -0.0, kSmallest, 1e300}) CHECK_NOTHROW(require_at_least_zero("Sgd", "an l2", value));
  for (const double value : {-kSmallest, -1.0, kInfinity, kNan})
    CHECK_THROWS_AS(require_at_least_zero("Sgd", "an l2", value), ConfigError);
  CHECK_THROWS_WITH_AS(require_at_least_zero("Sgd", "an l2", -0.5),
                       "[Sgd] expected an l2 of at least 0 and finite, got -0.5", ConfigError);
}

TEST_CASE("require_below_one") {
  for (const double value : {0.0, 0.9, 1 - 1e-16}) CHECK_NOTHROW(require_below_one("Adam", "a beta1", value));
  for (const double value : {1.0, -kSmallest, kInfinity, kNan})
    CHECK_THROWS_AS(require_below_one("Adam", "a beta1", value), ConfigError);
  CHECK_THROWS_WITH_AS(require_below_one("Adam", "a beta1", 1), "[Adam] expected a beta1 in [0, 1), got 1",
                       ConfigError);
}
