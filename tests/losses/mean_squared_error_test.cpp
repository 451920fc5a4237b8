#include <doctest/doctest.h>

#include <tsattn/losses/mean_squared_error.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("MeanSquaredError: by hand") {
  const auto y = sequence_of({1, 2, 2}, {1., 2., 3., 4.}), target = sequence_of({1, 2, 2}, {0., 2., 5., 1.});
  CHECK(MeanSquaredError{}.value(y, target, 2) == (1 + 0 + 4 + 9) / 4.0);
  Sequence<double> dy;
  MeanSquaredError{}.gradient(y, target, 2, dy);
  CHECK(same_bits(dy, sequence_of({1, 2, 2}, {0.5, 0., -1., 1.5})));
}

TEST_CASE("MeanSquaredError: errors") {
  const Sequence<double> y({1, 2, 3}), target({1, 2, 1});
  Sequence<double> dy;
  const char* const text =
      "[MeanSquaredError] expected y = [time=1, batch=2, features=1], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(MeanSquaredError{}.value(y, target, 2), text, ShapeError);
  CHECK_THROWS_WITH_AS(MeanSquaredError{}.gradient(y, target, 2, dy), text, ShapeError);
}
