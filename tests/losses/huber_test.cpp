#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/losses/huber.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>
#include <tsattn/losses/mean_squared_error.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("Huber: by hand, within delta, at it and beyond it on both sides") {
  const auto y = sequence_of({1, 2, 2}, {0.25, 0.5, 2., -3.}), target = Sequence<double>({1, 2, 2});
  const Huber huber{.delta = 0.5};
  // 0.25^2 / 2, 0.5^2 / 2, 0.5 (2 - 0.25), 0.5 (3 - 0.25)
  CHECK(huber.value(y, target, 2) == (0.03125 + 0.125 + 0.875 + 1.375) / 4);
  Sequence<double> dy;
  huber.gradient(y, target, 2, dy);
  CHECK(same_bits(dy, sequence_of({1, 2, 2}, {0.0625, 0.125, 0.125, -0.125})));
}

TEST_CASE("Huber: with a large delta half the squared error, with a small one delta times the absolute") {
  Random random(1);
  const auto y = random_sequence<double>({3, 2, 4}, random), target = random_sequence<double>({3, 2, 4}, random);
  Sequence<double> dy, other;
  const Huber large{.delta = 8};
  CHECK(large.value(y, target, 2) == doctest::Approx(MeanSquaredError{}.value(y, target, 2) / 2).epsilon(1e-14));
  large.gradient(y, target, 2, dy);
  MeanSquaredError{}.gradient(y, target, 2, other);
  other.flat() /= 2;
  CHECK(same_bits(dy, other));

  const Huber small{.delta = 0x1p-30};  // its term delta / 2 is 2^-30 of the errors
  CHECK(small.value(y, target, 2) * 0x1p30 ==
        doctest::Approx(MeanAbsoluteError{}.value(y, target, 2)).epsilon(0x1p-28));
  small.gradient(y, target, 2, dy);
  MeanAbsoluteError{}.gradient(y, target, 2, other);
  dy.flat() *= 0x1p30;
  CHECK(same_bits(dy, other));
}

TEST_CASE("Huber: a NaN stays one") {
  const auto y = sequence_of({1, 1, 1}, {std::numeric_limits<double>::quiet_NaN()}),
             target = Sequence<double>({1, 1, 1});
  Sequence<double> dy;
  Huber{}.gradient(y, target, 1, dy);
  CHECK(std::isnan(dy(0, 0, 0)));
  CHECK(std::isnan(Huber{}.value(y, target, 1)));
}

TEST_CASE("Huber: errors") {
  const Sequence<double> y({1, 2, 3}), target({1, 2, 1});
  Sequence<double> dy;
  const char* const text = "[Huber] expected y = [time=1, batch=2, features=1], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(Huber{}.value(y, target, 2), text, ShapeError);
  CHECK_THROWS_WITH_AS(Huber{}.gradient(y, target, 2, dy), text, ShapeError);
  CHECK_THROWS_WITH_AS(Huber{.delta = 0}.value(y, y, 2), "[Huber] expected a delta above 0 and finite, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(Huber{.delta = std::numeric_limits<double>::infinity()}.gradient(y, y, 2, dy),
                       "[Huber] expected a delta above 0 and finite, got inf", ConfigError);
}
