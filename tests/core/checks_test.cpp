#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/checks.hpp>

namespace {

using namespace tsattn;

TEST_CASE("features and shapes are checked with a message of one form") {
  const Sequence<float> x({12, 4, 5});
  require_features("Dense", "x", x, 5);
  require_shape("Dense::backward", "dy", x, {12, 4, 5});
  CHECK_THROWS_WITH_AS(require_features("Dense", "x", x, 7),
                       "[Dense] expected x with 7 features, got x = [time=12, batch=4, features=5]", ShapeError);
  for (const SequenceShape& expected : {SequenceShape{11, 4, 5}, {12, 3, 5}, {12, 4, 6}})
    CHECK_THROWS_AS(require_shape("Dense", "x", x, expected), ShapeError);
  CHECK_THROWS_WITH_AS(
      require_shape("Dense::backward", "dy", x, {1, 4, 2}),
      "[Dense::backward] expected dy = [time=1, batch=4, features=2], got [time=12, batch=4, features=5]", ShapeError);
}

TEST_CASE("options are at least 1") {
  require_positive("Dense", "units", 1);
  CHECK_THROWS_WITH_AS(require_positive("Dense", "units", 0), "[Dense] expected units of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(require_positive("Dense", "units", -3), "[Dense] expected units of at least 1, got -3",
                       ConfigError);
}

TEST_CASE("a value that is not finite is named by its place") {
  Sequence<double> x({4, 3, 2});
  require_finite("Trainer", "x", x);
  require_finite("Trainer", "x", Sequence<double>());
  x(2, 1, 1) = std::numeric_limits<double>::infinity();
  x(3, 0, 0) = std::numeric_limits<double>::quiet_NaN();  // the first is named
  CHECK_THROWS_WITH_AS(require_finite("Trainer", "x", x),
                       "[Trainer] expected finite values in x, got inf at step 2, sample 1, feature 1", DataError);
  x(0, 2, 0) = -std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(require_finite("Trainer", "x", x),
                       "[Trainer] expected finite values in x, got -inf at step 0, sample 2, feature 0", DataError);
}

}  // namespace
