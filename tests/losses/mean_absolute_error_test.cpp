#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/losses/mean_absolute_error.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("MeanAbsoluteError: by hand; the gradient is 0 where output and target are equal") {
  const auto y = sequence_of({1, 2, 2}, {1., 2., 3., 4.}), target = sequence_of({1, 2, 2}, {0., 2., 5., 1.});
  CHECK(MeanAbsoluteError{}.value(y, target, 2) == (1 + 0 + 2 + 3) / 4.0);
  Sequence<double> dy;
  MeanAbsoluteError{}.gradient(y, target, 2, dy);
  CHECK(same_bits(dy, sequence_of({1, 2, 2}, {0.25, 0., -0.25, 0.25})));
}

TEST_CASE("MeanAbsoluteError: a NaN stays one") {
  const auto y = sequence_of({1, 1, 1}, {std::numeric_limits<double>::quiet_NaN()}),
             target = Sequence<double>({1, 1, 1});
  Sequence<double> dy;
  MeanAbsoluteError{}.gradient(y, target, 1, dy);
  CHECK(std::isnan(dy(0, 0, 0)));
  CHECK(std::isnan(MeanAbsoluteError{}.value(y, target, 1)));
}

TEST_CASE("MeanAbsoluteError: errors") {
  const Sequence<double> y({1, 2, 3}), target({1, 2, 1});
  Sequence<double> dy;
  const char* const text =
      "[MeanAbsoluteError] expected y = [time=1, batch=2, features=1], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(MeanAbsoluteError{}.value(y, target, 2), text, ShapeError);
  CHECK_THROWS_WITH_AS(MeanAbsoluteError{}.gradient(y, target, 2, dy), text, ShapeError);
}
