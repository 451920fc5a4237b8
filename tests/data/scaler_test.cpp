#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/scaler.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("Scaler: standard scaling by hand") {
  const auto series = sequence_of({4, 1, 2}, {1., 10., 3., 10., 5., 40., 99., -7.});
  const Scaler scaler = Scaler::fit(Scaling::standard, series, {0, 3});
  CHECK(scaler.features() == 2);
  CHECK(scaler.shift(0) == doctest::Approx(3));
  CHECK(scaler.scale(0) == doctest::Approx(std::sqrt(8.0 / 3)));  // of the population, as in scikit-learn
  CHECK(scaler.shift(1) == doctest::Approx(20));
  CHECK(scaler.scale(1) == doctest::Approx(std::sqrt(200.0)));
  CHECK(scaler.transform(series)(3, 0, 0) == doctest::Approx((99 - 3) / std::sqrt(8.0 / 3)));
}

TEST_CASE("Scaler: min_max scaling maps the part it learned from onto [0, 1], and other values beyond") {
  const auto series = sequence_of({4, 1, 1}, {2., 4., 3., 8.});
  const auto scaled = Scaler::fit(Scaling::min_max, series, {0, 3}).transform(series);
  CHECK(scaled(0, 0, 0) == 0);
  CHECK(scaled(1, 0, 0) == 1);
  CHECK(scaled(2, 0, 0) == 0.5);
  CHECK(scaled(3, 0, 0) == 3);
}

// The expected numbers: center_ and scale_ of sklearn.preprocessing.RobustScaler, scikit-learn 1.2.1. With 6 steps the
// quartiles lie between two values, with 5 on one.
TEST_CASE("Scaler: robust scaling is scikit-learn's, and an outlier moves little") {
  const auto series = sequence_of({6, 1, 2}, {3.5, -2., 1.25, 7., 9., 0.5, -4., 11., 2., 2., 1e6, 3.25});
  struct Expected {
    Index steps;
    double shift[2], scale[2];
  };
  for (const Expected& expected : {Expected{6, {2.75, 2.625}, {6.1875, 5.1875}}, Expected{5, {2, 2}, {2.25, 6.5}},
                                   Expected{4, {2.375, 3.75}, {4.9375, 8.125}}}) {
    const Scaler scaler = Scaler::fit(Scaling::robust, series, {0, expected.steps});
    for (Index f = 0; f < 2; ++f) {
      CHECK(scaler.shift(f) == expected.shift[f]);
      CHECK(scaler.scale(f) == expected.scale[f]);
    }
  }
  CHECK(Scaler::fit(Scaling::robust, series, {0, 6}).transform(series)(0, 0, 0) == (3.5 - 2.75) / 6.1875);
}

TEST_CASE("Scaler: what was learned in double scales into float, rounded once") {
  // A float near 1e8 has steps of 8: scaled after rounding to float, the values would be 0, 0, 8.
  const auto series = sequence_of({3, 1, 1}, {1e8, 1e8 + 2, 1e8 + 4});
  const Scaler scaler = Scaler::from({1e8}, {1});
  const Sequence<float> scaled = scaler.transform<float>(series);
  CHECK(same_bits(scaled, sequence_of<float>({3, 1, 1}, {0, 2, 4})));
  CHECK(same_bits(scaler.inverse_transform<double>(scaled), series));
  CHECK(same_bits(scaler.transform<double>(series), scaler.transform(series)));
}

TEST_CASE("Scaler: of some features, in another order") {
  const Scaler scaler = Scaler::from({1, 2, 3}, {10, 20, 30});
  const Scaler selected = scaler.select({2, 0, 2});
  REQUIRE(selected.features() == 3);
  CHECK(selected.shift(0) == 3);
  CHECK(selected.scale(0) == 30);
  CHECK(selected.shift(1) == 1);
  CHECK(selected.scale(1) == 10);
  CHECK(selected.shift(2) == 3);
  CHECK(scaler.select(std::vector<Index>{}).features() == 0);
  CHECK_THROWS_WITH_AS(scaler.select({0, 3}), "[Scaler::select] expected features from 0 to 2, got 3", ConfigError);
  CHECK_THROWS_WITH_AS(scaler.select({-1}), "[Scaler::select] expected features from 0 to 2, got -1", ConfigError);
}

TEST_CASE("Scaler: it learns from its part alone") {
  Random random(1);
  auto series = random_sequence<double>({50, 1, 3}, random);
  for (const Scaling scaling : {Scaling::standard, Scaling::min_max, Scaling::robust}) {
    const Scaler before = Scaler::fit(scaling, series, {10, 40});
    auto poisoned = series;
    for (Index f = 0; f < 3; ++f) poisoned(9, 0, f) = poisoned(40, 0, f) = 1e9;
    const Scaler after = Scaler::fit(scaling, poisoned, {10, 40});
    for (Index f = 0; f < 3; ++f) {
      CHECK(before.shift(f) == after.shift(f));
      CHECK(before.scale(f) == after.scale(f));
    }
  }
}

TEST_CASE_TEMPLATE("Scaler: inverse_transform undoes transform", S, float, double) {
  Random random(2);
  const auto series = random_sequence<S>({50, 1, 3}, random);
  for (const Scaling scaling : {Scaling::none, Scaling::standard, Scaling::min_max, Scaling::robust}) {
    const Scaler scaler = Scaler::fit(scaling, series, {0, 30});
    // Each way computes in double and rounds to S once; the values, scaled or not, are below 4.
    CHECK(largest_difference(scaler.inverse_transform(scaler.transform(series)), series) <=
          4 * std::numeric_limits<S>::epsilon());
  }
  CHECK(same_bits(Scaler::fit(Scaling::none, series, {0, 30}).transform(series), series));
}

TEST_CASE_TEMPLATE("Scaler: one that is made from shifts and scales does the same, bit for bit", S, float, double) {
  Random random(3);
  const auto series = random_sequence<S>({20, 1, 2}, random);
  const Scaler fitted = Scaler::fit(Scaling::standard, series, {0, 20});
  const Scaler made = Scaler::from({fitted.shift(0), fitted.shift(1)}, {fitted.scale(0), fitted.scale(1)});
  CHECK(made.features() == 2);
  CHECK(same_bits(made.transform(series), fitted.transform(series)));
  CHECK(same_bits(made.inverse_transform(series), fitted.inverse_transform(series)));
  CHECK(Scaler::from({}, {}).features() == 0);
  CHECK(Scaler::from({0}, {-2}).transform(sequence_of({1, 1, 1}, {4.}))(0, 0, 0) == -2);
}

TEST_CASE("Scaler: shifts and scales that no fit gives are refused") {
  CHECK_THROWS_WITH_AS(Scaler::from({1, 2}, {1}), "[Scaler::from] expected as many scales as shifts, got 1 and 2",
                       ConfigError);
  const auto error = [](const std::string& values) {
    return "[Scaler::from] expected a finite shift and a finite scale other than 0, got " + values;
  };
  CHECK_THROWS_WITH_AS(Scaler::from({1, 2}, {1, 0}), error("2 and 0 of feature 1").c_str(), ConfigError);
  CHECK_THROWS_WITH_AS(Scaler::from({HUGE_VAL}, {1}), error("inf and 1 of feature 0").c_str(), ConfigError);
  CHECK_THROWS_WITH_AS(Scaler::from({1}, {-HUGE_VAL}), error("1 and -inf of feature 0").c_str(), ConfigError);
  CHECK_THROWS_WITH_AS(Scaler::from({1}, {std::nan("")}), error("1 and nan of feature 0").c_str(), ConfigError);
}

TEST_CASE("Scaler: errors") {
  auto series = sequence_of({3, 1, 2}, {1., 5., 2., 5., 3., 5.});
  CHECK_THROWS_WITH_AS(
      Scaler::fit(Scaling::standard, series, {0, 3}),
      "[Scaler::fit] expected a feature that varies, got feature 1 with the value 5 at all 3 steps; leave the "
      "feature out or use Scaling::none",
      DataError);
  CHECK_THROWS_WITH_AS(Scaler::fit(Scaling::robust, series, {0, 3}),
                       doctest::Contains("expected a feature that varies, got feature 1"), DataError);
  CHECK_NOTHROW(Scaler::fit(Scaling::none, series, {0, 3}));
  CHECK_THROWS_WITH_AS(
      Scaler::fit(Scaling::robust, sequence_of({6, 1, 1}, {0., 2., 2., 2., 2., 9.}), {0, 6}),
      "[Scaler::fit] expected a feature whose middle half varies, got feature 0 with the value 2 from its 25th to its "
      "75th percentile; use another scaling for it",
      DataError);
  CHECK_THROWS_WITH_AS(Scaler::fit(Scaling::standard, series, {2, 2}),
                       "[Scaler::fit] expected at least one step to learn from, got none", DataError);
  CHECK_THROWS_WITH_AS(
      Scaler::fit(Scaling::standard, series, {0, 4}),
      "[Scaler::fit] expected a part of a series with batch 1, got steps 0 to 4 of [time=3, batch=1, features=2]",
      ConfigError);
  CHECK_THROWS_WITH_AS(Scaler::fit(Scaling::none, series, {0, 3}).transform(Sequence<double>({3, 1, 1})),
                       "[Scaler] expected 2 features, got [time=3, batch=1, features=1]", ShapeError);
  series(1, 0, 0) = std::nan("");
  CHECK_THROWS_WITH_AS(Scaler::fit(Scaling::min_max, series, {0, 3}),
                       "[Scaler::fit] expected finite values, got nan at step 1, feature 0", DataError);
}
