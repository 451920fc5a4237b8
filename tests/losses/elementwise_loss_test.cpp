#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/elementwise_loss.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::same_bits, test::sequence_of;

// T = 2, B = 1 of 5, F = 3: every term counts 1 / 30.
Sequence<float> output() { return sequence_of<float>({2, 1, 3}, {1, 2, 3, 4, 5, 6}); }
Sequence<float> targets() { return sequence_of<float>({2, 1, 3}, {1, 0, 0, 0, 0, 1}); }

TEST_CASE("the value is the sum of the terms, in double, over steps, features and the samples of the whole batch") {
  const auto term = [](double y, double z) { return y + 10 * z; };
  CHECK(elementwise_loss::value("Loss", output(), targets(), 5, term) == 41.0 / 30);
  // A float holds no 2^25 + 1: in float the small terms would be lost.
  const auto large = sequence_of<float>({1, 1, 3}, {0x1p25F, 1, 1}), zeros = sequence_of<float>({1, 1, 3}, {0, 0, 0});
  CHECK(elementwise_loss::value("Loss", large, zeros, 1, [](double y, double) { return y; }) == (0x1p25 + 2) / 3);
}

TEST_CASE("the gradient is the slope of each scalar by itself, with the same factor, assigned") {
  Sequence<float> dy({7, 7, 7});
  dy.fill(99);
  elementwise_loss::gradient("Loss", output(), targets(), 5, dy, [](float y, float z) { return y - z; });
  const float share = 1.0F / 30;
  CHECK(same_bits(dy, sequence_of<float>({2, 1, 3}, {0, 2 * share, 3 * share, 4 * share, 5 * share, 5 * share})));
}

TEST_CASE("targets of another shape are refused, from the loss that was named") {
  const Sequence<float> target({2, 1, 1});
  Sequence<float> dy;
  const auto nothing = [](auto y, auto) { return y; };
  const char* const text = "[Loss] expected y = [time=2, batch=1, features=1], got [time=2, batch=1, features=3]";
  CHECK_THROWS_WITH_AS(elementwise_loss::value("Loss", output(), target, 5, nothing), text, ShapeError);
  CHECK_THROWS_WITH_AS(elementwise_loss::gradient("Loss", output(), target, 5, dy, nothing), text, ShapeError);
}

}  // namespace
