#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/layers/dropout_mask.hpp>

namespace {

using namespace tsattn;

/// m, from a generator of that seed.
std::vector<float> mask(double rate, Index size, std::uint64_t seed = 1) {
  std::vector<float> m(static_cast<std::size_t>(size), 1);
  DropoutMask<float>(rate, "here", "rate").apply(Random(seed), size, m.data(), m.data());
  return m;
}

TEST_CASE("every element is 0 with that probability and 1 / (1 - p) otherwise") {
  constexpr Index kSize = 100'000;
  for (const double rate : {0.1, 0.25, 0.5, 0.9}) {
    CAPTURE(rate);
    const DropoutMask<float> dropout(rate, "here", "rate");
    CHECK(!dropout.drops_nothing());
    Index dropped = 0;
    for (const float m : mask(rate, kSize)) {
      dropped += m == 0 ? 1 : 0;
      if (m != 0) CHECK(m == doctest::Approx(1 / (1 - rate)).epsilon(1e-4));  // p is a multiple of 2^-16
    }
    // Five standard deviations of a binomial number.
    CHECK(std::abs(static_cast<double>(dropped) - kSize * rate) <= 5 * std::sqrt(kSize * rate * (1 - rate)));
  }
}

TEST_CASE("a rate of 0 drops nothing and changes nothing, one below 2^-17 neither") {
  CHECK(DropoutMask<float>(0, "here", "rate").drops_nothing());
  CHECK(DropoutMask<float>(1e-6, "here", "rate").drops_nothing());
  CHECK(mask(0, 9) == std::vector<float>(9, 1));
}

TEST_CASE("a rate of nearly 1 leaves a few, and stays finite") {
  for (const float m : mask(1 - 1e-9, 10'000)) CHECK(std::isfinite(m));
}

TEST_CASE("the generator decides, and the first elements do not depend on how many follow") {
  CHECK(mask(0.5, 100, 1) == mask(0.5, 100, 1));
  CHECK(mask(0.5, 100, 1) != mask(0.5, 100, 2));
  const std::vector<float> many = mask(0.5, 100);
  for (const Index size : {1, 2, 3, 4, 5, 7, 99})
    CHECK(mask(0.5, size) == std::vector<float>(many.begin(), many.begin() + size));
}

TEST_CASE("values are multiplied, into another place too") {
  const std::vector<float> m = mask(0.5, 6), from{1, 2, 3, -4, 5, 6};
  std::vector<float> to(7, 99);
  DropoutMask<float>(0.5, "here", "rate").apply(Random(1), 6, from.data(), to.data());
  for (std::size_t i = 0; i < 6; ++i) CHECK(to[i] == m[i] * from[i]);
  CHECK(to[6] == 99);
}

TEST_CASE("rates that make no sense are refused, under the name that they have there") {
  for (const double rate : {-0.1, 1.0, std::nan("")})
    CHECK_THROWS_AS(DropoutMask<float>(rate, "here", "rate"), ConfigError);
  CHECK_THROWS_WITH_AS(DropoutMask<double>(1.5, "lstm", "recurrent_dropout"),
                       "[lstm] expected a recurrent_dropout in [0, 1), got 1.5", ConfigError);
}

}  // namespace
