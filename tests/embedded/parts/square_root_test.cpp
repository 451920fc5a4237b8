#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/embedded/parts/square_root.hpp>

namespace {

using tsattn::embedded::parts::same_bits;
using tsattn::embedded::parts::square_root;

/// How many numbers lie between the two roots.
template <class Real, class Bits>
std::int64_t units_apart(Bits bits) {
  const Real x = same_bits<Real>(bits);
  return static_cast<std::int64_t>(same_bits<Bits>(square_root(x))) -
         static_cast<std::int64_t>(same_bits<Bits>(std::sqrt(x)));
}

/// Numbers of every exponent, denormal ones among them: the powers of 2, their neighbours, and others between them.
template <class Real, class Bits>
std::int64_t largest_error(int bits_of_mantissa, Bits largest_exponent) {
  std::int64_t largest = 0;
  std::uint64_t random = 1;
  const Bits span = Bits{1} << bits_of_mantissa;
  const auto check = [&](Bits bits) {
    const std::int64_t apart = units_apart<Real>(bits);
    largest = std::max(largest, apart < 0 ? -apart : apart);
  };
  for (Bits exponent = 0; exponent <= largest_exponent; ++exponent) {
    const Bits power = exponent << bits_of_mantissa;
    for (const Bits at : {Bits{0}, Bits{1}, Bits{2}, static_cast<Bits>(span / 2), static_cast<Bits>(span - 2),
                          static_cast<Bits>(span - 1)})
      check(power + at);
    for (int i = 0; i < 1000; ++i) {
      random = random * 6364136223846793005U + 1442695040888963407U;
      check(power + static_cast<Bits>(random >> (64 - bits_of_mantissa)));
    }
    if (exponent == 0)
      for (int shift = 0; shift < bits_of_mantissa; ++shift) check(Bits{1} << shift);
  }
  return largest;
}

TEST_CASE("square roots of floats and doubles, denormal ones too, to one unit in the last place") {
  CHECK(largest_error<float>(23, std::uint32_t{0xFE}) <= 1);
  CHECK(largest_error<double>(52, std::uint64_t{0x7FE}) <= 1);
}

TEST_CASE("all floats from 1 to 4: every mantissa, with both parities of the exponent") {
  std::int64_t largest = 0;
  for (std::uint32_t bits = 0x3F800000U; bits < 0x40800000U; bits += 3) {
    const std::int64_t apart = units_apart<float>(bits);
    largest = std::max(largest, apart < 0 ? -apart : apart);
  }
  CHECK(largest <= 1);
}

TEST_CASE("squares of whole numbers have exact roots") {
  for (int root = 1; root <= 4096; ++root) {
    const auto x = static_cast<float>(root) * static_cast<float>(root);
    REQUIRE(square_root(x) == static_cast<float>(root));
    REQUIRE(square_root(static_cast<double>(x)) == static_cast<double>(root));
  }
}

template <class Real>
void check_special() {
  using Limits = std::numeric_limits<Real>;
  CHECK(square_root(Real(0)) == 0);
  CHECK(!std::signbit(square_root(Real(0))));
  CHECK(std::signbit(square_root(-Real(0))));
  CHECK(square_root(Limits::infinity()) == Limits::infinity());
  CHECK(std::isnan(square_root(-Limits::infinity())));
  CHECK(std::isnan(square_root(Real(-1))));
  CHECK(std::isnan(square_root(-Limits::denorm_min())));
  CHECK(std::isnan(square_root(Limits::quiet_NaN())));
  CHECK(std::isnan(square_root(-Limits::quiet_NaN())));
}

TEST_CASE("zeros, infinities, negative numbers and NaN") {
  check_special<float>();
  check_special<double>();
}

}  // namespace
