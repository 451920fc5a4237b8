#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>

namespace {

using namespace tsattn;

// Stored numbers come from a Python script written from the published C code of xoshiro256++ 1.0 and splitmix64
// (Blackman & Vigna) with integers mod 2^64. Its floating-point steps are Python's own IEEE doubles, a fused
// multiply-add being the rounding of the exact fraction a b + c. The bits of seed 0 are also those that the Rust crate
// `rand` stores for Xoshiro256PlusPlus::seed_from_u64(0).

TEST_CASE("bits are those of xoshiro256++ filled by SplitMix64") {
  struct Case {
    std::uint64_t seed;
    std::array<std::uint64_t, 5> bits;
  };
  for (const Case& c :
       {Case{0, {0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc, 0x02eebf8c3bbe5e1a, 0x7eca04ebaf4a5eea}},
        Case{1,
             {0xcfc5d07f6f03c29b, 0xbf424132963fe08d, 0x19a37d5757aaf520, 0xbf08119f05cd56d6, 0x2f47184b86186fa4}}}) {
    Random random(c.seed);
    for (const std::uint64_t expected : c.bits) CHECK(random.bits() == expected);
  }
  CHECK(Random().bits() == Random(0).bits());
}

TEST_CASE("normal gives the same numbers everywhere, to the last bit") {
  struct Case {
    std::uint64_t seed;
    std::array<double, 5> values;
  };
  // Each lies within 2 ULP of the same formula evaluated with 200 bits.
  for (const Case& c : {Case{0,
                             {-0x1.8a8af17f2fe67p+0, -0x1.08d7cb6a3955dp-8, 0x1.c958a80b0b8e6p-4, -0x1.a60c5aa96ee22p-3,
                              -0x1.8321083be657ep-3}},
                        Case{1,
                             {0x1.7fe2b6e80acbfp-1, -0x1.b4f02841c1196p-2, -0x1.3f7ed083decfap+0, 0x1.4652ec32968b3p-2,
                              0x1.3c2e04441ae26p-1}}}) {
    Random random(c.seed);
    for (const double expected : c.values) CHECK(random.normal() == expected);
  }
}

TEST_CASE("uniform is a multiple of 2^-53 in [0, 1) with mean 1/2 and variance 1/12") {
  constexpr int kCount = 1'000'000;
  Random random(2);
  double sum = 0, squares = 0, smallest = 1, largest = 0;
  bool is_multiple = true;
  for (int i = 0; i < kCount; ++i) {
    const double x = random.uniform();
    is_multiple = is_multiple && std::ldexp(x, 53) == std::floor(std::ldexp(x, 53));
    smallest = std::min(smallest, x), largest = std::max(largest, x);
    sum += x, squares += (x - 0.5) * (x - 0.5);
  }
  CHECK(is_multiple);
  CHECK(smallest >= 0);
  CHECK(largest < 1);
  CHECK(smallest < 2e-5);  // misses [0, 2e-5) with probability e^-20
  CHECK(largest > 1 - 2e-5);
  // Five standard errors: the variance of x is 1/12, that of (x - 1/2)^2 is 1/180.
  CHECK(std::abs(sum / kCount - 0.5) < 5 / std::sqrt(12.0 * kCount));
  CHECK(std::abs(squares / kCount - 1.0 / 12) < 5 / std::sqrt(180.0 * kCount));
}

TEST_CASE("uniform between two bounds stays between them and moves with them") {
  Random random(3), same(3);
  for (int i = 0; i < 1000; ++i) {
    const double x = random.uniform(-3, 5);
    CHECK(x >= -3);
    CHECK(x <= 5);
    CHECK(x == std::fma(8, same.uniform(), -3));
  }
}

TEST_CASE("normal has the moments of the normal distribution") {
  constexpr int kCount = 1'000'000;
  Random random(4);
  std::array<double, 4> moments{};
  for (int i = 0; i < kCount; ++i) {
    const double x = random.normal();
    double power = 1;
    for (double& moment : moments) moment += (power *= x) / kCount;
  }
  // Five standard errors: the variance of x^k is 1, 2, 15 and 96.
  const double n = kCount;
  CHECK(std::abs(moments[0]) < 5 * std::sqrt(1 / n));
  CHECK(std::abs(moments[1] - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::abs(moments[2]) < 5 * std::sqrt(15 / n));
  CHECK(std::abs(moments[3] - 3) < 5 * std::sqrt(96 / n));
}

TEST_CASE("normal follows the normal distribution function, far into the tails") {
  constexpr std::size_t kCount = 1'000'000;
  Random random(5);
  std::vector<double> values(kCount);
  std::generate(values.begin(), values.end(), [&] { return random.normal(); });
  std::sort(values.begin(), values.end());

  const auto below = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  const auto n = static_cast<double>(kCount);
  double furthest = 0;  // Kolmogorov and Smirnov's distance
  for (std::size_t i = 0; i < kCount; ++i) {
    const double p = below(values[i]);
    furthest = std::max({furthest, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  // Dvoretzky, Kiefer, Wolfowitz and Massart: larger than e with probability 2 exp(-2 n e^2) at most, here 1e-6.
  CHECK(furthest < std::sqrt(std::log(2 / 1e-6) / (2 * n)));

  for (const double limit : {1.0, 2.0, 3.0, 4.0, 4.5}) {
    CAPTURE(limit);
    const double expected = n * below(-limit);
    const auto lower = static_cast<double>(std::lower_bound(values.begin(), values.end(), -limit) - values.begin());
    const auto upper = static_cast<double>(values.end() - std::upper_bound(values.begin(), values.end(), limit));
    // Five standard deviations of a count with this expectation.
    CHECK(std::abs(lower - expected) < 5 * std::sqrt(expected));
    CHECK(std::abs(upper - expected) < 5 * std::sqrt(expected));
  }
}

TEST_CASE("below draws every number equally often") {
  for (const Index count : {1, 2, 3, 6, 7, 8, 10}) {
    CAPTURE(count);
    Random random(6);
    constexpr Index kPerNumber = 10'000;
    std::vector<double> found(static_cast<std::size_t>(count));
    for (Index i = 0; i < kPerNumber * count; ++i) ++found.at(static_cast<std::size_t>(random.below(count)));
    double chi_square = 0;
    for (const double n : found) chi_square += (n - kPerNumber) * (n - kPerNumber) / static_cast<double>(kPerNumber);
    // With up to 9 degrees of freedom chi-square exceeds 47 with probability 4e-7 at most.
    CHECK(chi_square < 47);
  }
}

TEST_CASE("below has no bias where a remainder would have a large one") {
  // Of 3 2^61 numbers, the remainder of 64 bits would give each of the first two thirds 3/8 and the last one 2/8.
  constexpr Index kThird = Index{1} << 61;
  constexpr int kCount = 30'000;
  Random random(7);
  std::array<int, 3> found{};
  for (int i = 0; i < kCount; ++i) ++found[static_cast<std::size_t>(random.below(3 * kThird) / kThird)];
  for (const int n : found)
    CHECK(std::abs(n - kCount / 3) < 5 * std::sqrt(kCount * 2.0 / 9));  // five standard deviations
}

TEST_CASE("below refuses a count that leaves nothing to draw") {
  Random random(8);
  CHECK_THROWS_WITH_AS(random.below(0), "[Random::below] expected a count of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(random.below(-3), "[Random::below] expected a count of at least 1, got -3", ConfigError);
  CHECK(random.bits() == Random(8).bits());  // and draws nothing
}

TEST_CASE("a permutation holds every number once, in the stored order") {
  CHECK(Random(3).permutation(10) == std::vector<Index>{8, 0, 2, 5, 1, 3, 6, 7, 4, 9});
  CHECK(Random(3).permutation(0).empty());
  CHECK(Random(3).permutation(1) == std::vector<Index>{0});
  CHECK_THROWS_WITH_AS(Random(3).permutation(-1), "[Random::permutation] expected a count of at least 0, got -1",
                       ConfigError);
  std::vector<Index> order = Random(9).permutation(1000);
  std::sort(order.begin(), order.end());
  CHECK(order.front() == 0);
  CHECK(order.back() == 999);
  CHECK(std::adjacent_find(order.begin(), order.end()) == order.end());
}

TEST_CASE("every order of a shuffle is equally likely") {
  constexpr int kPerOrder = 10'000;
  Random random(10);
  std::array<double, 27> found{};  // by the three numbers read as digits of base 3
  for (int i = 0; i < 6 * kPerOrder; ++i) {
    std::array<int, 3> values{0, 1, 2};
    random.shuffle(std::span<int>(values));
    ++found[static_cast<std::size_t>(9 * values[0] + 3 * values[1] + values[2])];
  }
  double chi_square = 0;
  int orders = 0;
  for (const double n : found)
    if (n > 0) chi_square += (n - kPerOrder) * (n - kPerOrder) / kPerOrder, ++orders;
  CHECK(orders == 6);
  CHECK(chi_square < 38);  // 5 degrees of freedom: exceeded with probability 4e-7
}

TEST_CASE("a split generator is one of its own") {
  Random random(5), same(5);
  Random part = random.split();
  CHECK(part.bits() == 0x936dba24c4aeb81e);  // of the seed that bits() of seed 5 gives first
  same.bits();                               // splitting took one draw
  for (int i = 0; i < 10; ++i) part.bits();  // what the part draws moves nothing
  CHECK(random.bits() == same.bits());

  Random other = random.split(), another = random.split();
  std::set<std::uint64_t> bits;
  for (int i = 0; i < 100; ++i) bits.insert({random.bits(), other.bits(), another.bits()});
  CHECK(bits.size() == 300);  // 64 random bits collide among 300 with probability 2e-15
}

TEST_CASE("a copy of a generator goes on with the same numbers") {
  Random random(11);
  random.bits();
  Random copy = random;
  for (int i = 0; i < 5; ++i) CHECK(copy.bits() == random.bits());
}

}  // namespace
