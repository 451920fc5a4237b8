#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/probabilities.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace softmax_cross_entropy_test {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

TEST_CASE("SoftmaxCrossEntropy: by hand; the mean is over steps and samples, not over classes") {
  const double ln2 = std::log(2.0);  // softmax(ln 2, 0, 0) = (1/2, 1/4, 1/4)
  const auto x = sequence_of({2, 1, 3}, {ln2, 0., 0., 0., 0., ln2}),
             z = sequence_of({2, 1, 3}, {1., 0., 0., 0., 1., 0.});
  CHECK(SoftmaxCrossEntropy{}.value(x, z, 1) == doctest::Approx((ln2 + 2 * ln2) / 2).epsilon(8 * kEps));
  Sequence<double> dx;
  SoftmaxCrossEntropy{}.gradient(x, z, 1, dx);
  CHECK(largest_difference(dx, sequence_of({2, 1, 3}, {-0.25, 0.125, 0.125, 0.125, -0.375, 0.25})) <= 2 * kEps);
}

TEST_CASE("SoftmaxCrossEntropy: of two classes it is the binary one of the difference of the logits") {
  Random random(1);
  const auto x = random_sequence<double>({3, 2, 2}, random);
  Sequence<double> z(x.shape()), difference({3, 2, 1}), answer({3, 2, 1}), dx, d_difference;
  for (Index t = 0; t < 3; ++t)
    for (Index b = 0; b < 2; ++b) {
      const double first = random.uniform();
      z(t, b, 0) = first, z(t, b, 1) = 1 - first;
      difference(t, b, 0) = x(t, b, 0) - x(t, b, 1), answer(t, b, 0) = first;
    }
  CHECK(SoftmaxCrossEntropy{}.value(x, z, 2) ==
        doctest::Approx(BinaryCrossEntropy{}.value(difference, answer, 2)).epsilon(20 * kEps));
  SoftmaxCrossEntropy{}.gradient(x, z, 2, dx);
  BinaryCrossEntropy{}.gradient(difference, answer, 2, d_difference);
  for (Index t = 0; t < 3; ++t)
    for (Index b = 0; b < 2; ++b) {
      CHECK(std::abs(dx(t, b, 0) - d_difference(t, b, 0)) <= 8 * kEps);
      CHECK(std::abs(dx(t, b, 1) + d_difference(t, b, 0)) <= 8 * kEps);
    }
}

TEST_CASE("SoftmaxCrossEntropy: a class counts as often as its weight says, and one of weight 0 never") {
  const auto x = sequence_of({1, 2, 3}, {0.5, -0.25, 1., 0.75, -1., 0.25});
  const auto z = sequence_of({1, 2, 3}, {0., 1., 0., 1., 0., 0.});
  const auto first = sequence_of({1, 2, 3}, {0., 1., 0., 0., 0., 0.}),
             second = sequence_of({1, 2, 3}, {0., 0., 0., 1., 0., 0.});  // a step without a target adds nothing
  const SoftmaxCrossEntropy plain, weighted{.class_weights = {0.5, 3, 7}}, without{.class_weights = {0, 1, 1}};
  CHECK(weighted.value(x, z, 2) ==
        doctest::Approx(3 * plain.value(x, first, 2) + 0.5 * plain.value(x, second, 2)).epsilon(12 * kEps));
  CHECK(without.value(x, z, 2) == plain.value(x, first, 2));
  Sequence<double> dx, of_first, of_second;
  weighted.gradient(x, z, 2, dx);
  plain.gradient(x, first, 2, of_first);
  plain.gradient(x, second, 2, of_second);
  of_first.flat() = 3 * of_first.flat() + 0.5 * of_second.flat();
  CHECK(largest_difference(dx, of_first) <= 12 * kEps);
  without.gradient(x, z, 2, dx);
  CHECK(same_bits(sample_of(dx, 1), Sequence<double>({1, 1, 3})));
}

TEST_CASE_TEMPLATE("SoftmaxCrossEntropy: logits of any size neither overflow nor lose a small loss", S, float, double) {
  const auto x = sequence_of<S>({1, 2, 2}, {S{1000}, S{-1000}, S{40}, S{0}}),
             z = sequence_of<S>({1, 2, 2}, {S{0}, S{1}, S{1}, S{0}});
  CHECK(SoftmaxCrossEntropy{}.value(x, z, 1) == 2000);
  Sequence<S> dx;
  SoftmaxCrossEntropy{}.gradient(x, z, 1, dx);
  CHECK(dx(0, 0, 0) == 1);
  CHECK(dx(0, 0, 1) == -1);
  CHECK(static_cast<double>(dx(0, 1, 1)) ==
        doctest::Approx(std::exp(-40.0)).epsilon(8 * static_cast<double>(std::numeric_limits<S>::epsilon())));
}

TEST_CASE("softmax_probabilities are those of the loss: one distribution per step and sample") {
  const double ln2 = std::log(2.0);
  const auto p = softmax_probabilities(sequence_of({2, 1, 3}, {ln2, 0., 0., 5., 5., 5.}));
  const double third = 1.0 / 3;
  CHECK(largest_difference(p, sequence_of({2, 1, 3}, {0.5, 0.25, 0.25, third, third, third})) <= 2 * kEps);
  CHECK(softmax_probabilities(Sequence<float>({2, 0, 3})).shape() == SequenceShape{2, 0, 3});
}

TEST_CASE("SoftmaxCrossEntropy: errors") {
  const Sequence<double> x({1, 2, 3}), other({1, 2, 2}), one({1, 2, 1});
  Sequence<double> dx;
  const char* const shapes =
      "[SoftmaxCrossEntropy] expected y = [time=1, batch=2, features=2], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(SoftmaxCrossEntropy{}.value(x, other, 2), shapes, ShapeError);
  CHECK_THROWS_WITH_AS(SoftmaxCrossEntropy{}.gradient(x, other, 2, dx), shapes, ShapeError);
  CHECK_THROWS_WITH_AS(SoftmaxCrossEntropy{}.value(one, one, 2),
                       "[SoftmaxCrossEntropy] expected a feature for each of at least 2 classes, got 1; one logit for "
                       "two classes is what BinaryCrossEntropy takes",
                       ShapeError);
  CHECK_THROWS_WITH_AS((SoftmaxCrossEntropy{.class_weights = {1, 2}}.value(x, x, 2)),
                       "[SoftmaxCrossEntropy] expected 3 class_weights, one per feature, got 2", ConfigError);
  CHECK_THROWS_WITH_AS((SoftmaxCrossEntropy{.class_weights = {1, -2, 1}}.gradient(x, x, 2, dx)),
                       "[SoftmaxCrossEntropy] expected class_weights of at least 0 and finite, got -2", ConfigError);
  Sequence<double> target({2, 3, 4});
  const Sequence<double> y(target.shape());
  target(1, 0, 2) = -1;
  const char* const values = "[SoftmaxCrossEntropy] expected targets in [0, 1], got -1 at step 1, sample 0, feature 2";
  CHECK_THROWS_WITH_AS(SoftmaxCrossEntropy{}.value(y, target, 3), values, DataError);
  CHECK_THROWS_WITH_AS(SoftmaxCrossEntropy{}.gradient(y, target, 3, dx), values, DataError);
  CHECK(dx.size() == 0);  // nothing was written
}

}  // namespace
}  // namespace softmax_cross_entropy_test
