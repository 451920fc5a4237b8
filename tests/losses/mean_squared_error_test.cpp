#include <limits>

#include <doctest/doctest.h>

#include <tsattn/losses/mean_squared_error.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("MeanSquaredError: by hand") {
  const auto y = sequence_of({1, 2, 2}, {1., 2., 3., 4.}), target = sequence_of({1, 2, 2}, {0., 2., 5., 1.});
  CHECK(MeanSquaredError{}.value(y, target, 4) == doctest::Approx((1 + 0 + 4 + 9) / 4.0));
  Sequence<double> dy;
  MeanSquaredError{}.gradient(y, target, 4, dy);
  CHECK(same_bits(dy, sequence_of({1, 2, 2}, {0.5, 0., -1., 1.5})));
}

TEST_CASE("MeanSquaredError: the gradient is that of the value") {
  Random random(1);
  auto y = random_sequence<double>({3, 4, 2}, random);
  const auto target = random_sequence<double>({3, 4, 2}, random);
  Sequence<double> dy;
  MeanSquaredError{}.gradient(y, target, y.size(), dy);
  for (Index i = 0; i < y.size(); ++i) {
    const double original = y.data()[i], h = 1e-3;
    y.data()[i] = original + h;
    const double above = MeanSquaredError{}.value(y, target, y.size());
    y.data()[i] = original - h;
    const double below = MeanSquaredError{}.value(y, target, y.size());
    y.data()[i] = original;
    // A central difference of a parabola is exact but for the rounding of the values, eps * value / h.
    CHECK(dy.data()[i] == doctest::Approx((above - below) / (2 * h)).epsilon(1e-11));
  }
}

TEST_CASE_TEMPLATE("MeanSquaredError: the values of the shards of a batch add up to the loss of the batch", S, float,
                   double) {
  Random random(2);
  const auto y = random_sequence<S>({2, 5, 3}, random), target = random_sequence<S>({2, 5, 3}, random);
  const double whole = MeanSquaredError{}.value(y, target, y.size());
  double sum = 0;
  for (Index b = 0; b < 5; ++b) sum += MeanSquaredError{}.value(sample_of(y, b), sample_of(target, b), y.size());
  CHECK(sum ==
        doctest::Approx(whole).epsilon(30 * std::numeric_limits<double>::epsilon()));  // 30 terms, summed in double
}

TEST_CASE("MeanSquaredError: errors") {
  const Sequence<double> y({1, 2, 3}), target({1, 2, 1});
  Sequence<double> dy;
  CHECK_THROWS_WITH_AS(
      MeanSquaredError{}.value(y, target, 6),
      "[MeanSquaredError] expected y = [time=1, batch=2, features=1], got [time=1, batch=2, features=3]", ShapeError);
  CHECK_THROWS_AS(MeanSquaredError{}.gradient(y, target, 6, dy), ShapeError);
}
