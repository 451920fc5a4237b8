#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/probabilities.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::same_bits, test::sequence_of;

TEST_CASE("sigmoid: each scalar by itself") {
  const double a = std::log(3.0);  // p / (1 - p) = e^x
  const auto p = sigmoid_probabilities(sequence_of({2, 1, 2}, {0., a, -a, 1000.}));
  CHECK(test::largest_difference(p, sequence_of({2, 1, 2}, {0.5, 0.75, 0.25, 1.})) <= 4e-16);
}

TEST_CASE("softmax: over the features of each step and sample") {
  const double a = std::log(3.0);
  const auto p = softmax_probabilities(sequence_of({2, 2, 2}, {0., a, 5., 5., 1000., 0., a, 2 * a}));
  CHECK(test::largest_difference(p, sequence_of({2, 2, 2}, {0.25, 0.75, 0.5, 0.5, 1., 0., 0.25, 0.75})) <= 1e-15);
}

TEST_CASE("probabilities go where they are wanted, which is resized") {
  const auto logits = sequence_of({1, 2, 3}, {1., 2., 3., 4., 5., 7.});
  Sequence<double> p({5, 5, 5});
  sigmoid_probabilities(logits, p);
  CHECK(same_bits(p, sigmoid_probabilities(logits)));
  softmax_probabilities(logits, p);
  CHECK(same_bits(p, softmax_probabilities(logits)));
}

TEST_CASE("no logits give no probabilities") {
  CHECK(softmax_probabilities(Sequence<float>({3, 0, 2})).shape() == SequenceShape{3, 0, 2});
  CHECK(sigmoid_probabilities(Sequence<float>({3, 2, 0})).shape() == SequenceShape{3, 2, 0});
}

TEST_CASE("what is no probability is refused, by step, sample and feature") {
  CHECK_NOTHROW(require_probabilities("Loss", sequence_of({1, 1, 4}, {0., 1., 0.5, -0.})));
  CHECK_THROWS_WITH_AS(require_probabilities("Loss", sequence_of({2, 2, 2}, {0., 0., 0., 0., 0., 0., 0., 1.5})),
                       "[Loss] expected targets in [0, 1], got 1.5 at step 1, sample 1, feature 1", DataError);
  CHECK_THROWS_WITH_AS(require_probabilities("Loss", sequence_of({2, 2, 2}, {0., 0., 0., 0., -1e-9, 0., 0., 0.})),
                       "[Loss] expected targets in [0, 1], got -1e-09 at step 1, sample 0, feature 0", DataError);
  CHECK_THROWS_AS(require_probabilities("Loss", sequence_of({1, 1, 1}, {std::numeric_limits<double>::quiet_NaN()})),
                  DataError);
}

}  // namespace
