#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/probabilities.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

}  // namespace

TEST_CASE("BinaryCrossEntropy: by hand") {
  const double ln3 = std::log(3.0);  // sigmoid(ln 3) = 3/4
  const auto x = sequence_of({1, 2, 2}, {ln3, ln3, 0., -ln3}), z = sequence_of({1, 2, 2}, {1., 0., 0.5, 1.});
  // -log 3/4, -log 1/4, -log 1/2, -log 1/4
  CHECK(BinaryCrossEntropy{}.value(x, z, 2) == doctest::Approx(-std::log(3. / 4 / 4 / 2 / 4) / 4).epsilon(8 * kEps));
  Sequence<double> dx;
  BinaryCrossEntropy{}.gradient(x, z, 2, dx);
  // Each p is within some roundings of a number up to 1.
  CHECK(largest_difference(dx, sequence_of({1, 2, 2}, {-0.0625, 0.1875, 0., -0.1875})) <= 2 * kEps);
}

TEST_CASE("BinaryCrossEntropy: a positive weight counts the answer 1 so many times") {
  Random random(1);
  const auto x = random_sequence<double>({3, 2, 4}, random);
  Sequence<double> ones(x.shape()), zeros(x.shape()), dx, weighted;
  ones.fill(1);
  const BinaryCrossEntropy plain, heavy{.positive_weight = 3};
  CHECK(heavy.value(x, ones, 2) == doctest::Approx(3 * plain.value(x, ones, 2)).epsilon(24 * kEps));
  CHECK(heavy.value(x, zeros, 2) == plain.value(x, zeros, 2));
  plain.gradient(x, ones, 2, dx);
  heavy.gradient(x, ones, 2, weighted);
  dx.flat() *= 3;
  CHECK(largest_difference(dx, weighted) <= 6 * kEps / 24);
  plain.gradient(x, zeros, 2, dx);
  heavy.gradient(x, zeros, 2, weighted);
  CHECK(same_bits(dx, weighted));
}

TEST_CASE_TEMPLATE("BinaryCrossEntropy: logits of any size neither overflow nor lose a small loss", S, float, double) {
  const auto x = sequence_of<S>({1, 1, 4}, {S{1000}, S{-1000}, S{1000}, S{-40}}),
             z = sequence_of<S>({1, 1, 4}, {S{1}, S{1}, S{0}, S{0}});
  // 0, 1000, 1000 and log(1 + e^-40), which is e^-40 to rounding
  CHECK(BinaryCrossEntropy{}.value(x, z, 1) == 2000.0 / 4);
  CHECK(BinaryCrossEntropy{}.value(sequence_of<S>({1, 1, 1}, {S{-40}}), Sequence<S>({1, 1, 1}), 1) ==
        doctest::Approx(std::exp(-40.0)).epsilon(4 * kEps));
  Sequence<S> dx;
  BinaryCrossEntropy{}.gradient(x, z, 1, dx);
  CHECK(dx(0, 0, 0) == 0);
  CHECK(dx(0, 0, 1) == S{-0.25});
  CHECK(dx(0, 0, 2) == S{0.25});
  CHECK(static_cast<double>(dx(0, 0, 3)) ==
        doctest::Approx(std::exp(-40.0) / 4).epsilon(8 * static_cast<double>(std::numeric_limits<S>::epsilon())));
}

TEST_CASE("sigmoid_probabilities are those of the loss") {
  const double ln3 = std::log(3.0);
  const auto p = sigmoid_probabilities(sequence_of({1, 1, 3}, {ln3, 0., -ln3}));
  CHECK(largest_difference(p, sequence_of({1, 1, 3}, {0.75, 0.5, 0.25})) <= 2 * kEps);
}

TEST_CASE("BinaryCrossEntropy: errors") {
  const Sequence<double> x({1, 2, 3}), other({1, 2, 1});
  Sequence<double> dx;
  const char* const shapes =
      "[BinaryCrossEntropy] expected y = [time=1, batch=2, features=1], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{}.value(x, other, 2), shapes, ShapeError);
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{}.gradient(x, other, 2, dx), shapes, ShapeError);
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{.positive_weight = 0}.value(x, x, 2),
                       "[BinaryCrossEntropy] expected a positive_weight above 0 and finite, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(
      BinaryCrossEntropy{.positive_weight = std::numeric_limits<double>::infinity()}.gradient(x, x, 2, dx),
      "[BinaryCrossEntropy] expected a positive_weight above 0 and finite, got inf", ConfigError);
  Sequence<double> target({2, 3, 4});
  const Sequence<double> y(target.shape());
  target(1, 2, 3) = 2;
  const char* const values = "[BinaryCrossEntropy] expected targets in [0, 1], got 2 at step 1, sample 2, feature 3";
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{}.value(y, target, 3), values, DataError);
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{}.gradient(y, target, 3, dx), values, DataError);
  target(1, 2, 3) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(BinaryCrossEntropy{}.value(y, target, 3),
                       "[BinaryCrossEntropy] expected targets in [0, 1], got nan at step 1, sample 2, feature 3",
                       DataError);
  CHECK(dx.size() == 0);  // nothing was written
}
