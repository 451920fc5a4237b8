#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/state_visitor.hpp>

namespace tsattn {

/// A small seeded generator: the same seed gives the same numbers with every compiler, standard library and set of
/// flags.
///
///   bits         xoshiro256++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), period
///                2^256 - 1, its state filled from the seed by SplitMix64 (Steele, Lea & Flood 2014), as its authors
///                advise
///   uniform      the upper 53 bits times 2^-53
///   normal       the polar method (Marsaglia & Bray 1964)
///   permutation  Fisher-Yates, each index drawn without bias by rejection
///
/// The standard library's distributions are not used because every implementation gives other numbers. Floating-point
/// steps use only operations that IEEE 754 rounds exactly (including an explicit fused multiply-add where a compiler
/// might otherwise choose to fuse or not), and a logarithm of our own made of them.
class Random {
 public:
  explicit Random(std::uint64_t seed = 0) {
    for (std::uint64_t& word : state_) {  // SplitMix64
      seed += 0x9E3779B97F4A7C15U;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
      z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
      word = z ^ (z >> 31U);
    }
  }

  /// Draws 64 random bits.
  std::uint64_t bits() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Draws a number that is uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

  /// Draws a number that is uniform between `low` and `high`.
  double uniform(double low, double high) { return std::fma(high - low, uniform(), low); }

  /// Draws a number that is normal with mean 0 and standard deviation 1.
  double normal() {
    while (true) {
      const double u = uniform(-1, 1);
      const double v = uniform(-1, 1);
      const double s = std::fma(u, u, v * v);
      // The second number of the pair, v times the same factor, is thrown away: no state beside the four words.
      if (s > 0 && s < 1) return u * std::sqrt(-2 * log(s) / s);
    }
  }

  /// Draws an index that is uniform in {0, ..., count - 1}. Throws ConfigError unless count > 0.
  Index below(Index count) {
    if (count <= 0) fail<ConfigError>("Random::below", "expected a count of at least 1, got ", count);
    const auto bound = static_cast<std::uint64_t>(count);
    const std::uint64_t mask = bound == 1 ? 0 : ~std::uint64_t{0} >> std::countl_zero(bound - 1);
    while (true) {
      const std::uint64_t candidate = bits() & mask;  // accepted at least every second time
      if (candidate < bound) return static_cast<Index>(candidate);
    }
  }

  /// Puts `values` into a random order, every order equally likely.
  template <class Value>
  void shuffle(std::span<Value> values) {
    for (std::size_t last = values.size(); last > 1; --last)
      std::swap(values[last - 1], values[static_cast<std::size_t>(below(static_cast<Index>(last)))]);
  }

  /// Returns 0, ..., count - 1 in a random order. Throws ConfigError if count < 0.
  std::vector<Index> permutation(Index count) {
    if (count < 0) fail<ConfigError>("Random::permutation", "expected a count of at least 0, got ", count);
    std::vector<Index> order(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
    shuffle(std::span(order));
    return order;
  }

  /// Makes a generator of its own for a part of the work (one layer, one epoch), so that what one part draws never
  /// moves another's numbers.
  Random split() { return Random(bits()); }

  /// Visits the generator's place in its sequence of numbers.
  void visit_state(StateVisitor& visitor) {
    for (std::size_t i = 0; i < state_.size(); ++i) visitor.visit("word_" + std::to_string(i), state_[i]);
  }

 private:
  /// Natural logarithm of x > 0, within 3 ULP: x = m 2^e with m in [1/sqrt 2, sqrt 2), and with f = (m - 1) / (m + 1)
  ///   log m = 2 artanh f = 2 f (1 + f^2/3 + f^4/5 + ...),   f^2 < 0.0295, so 11 terms reach 2^-56.
  static double log(double x) {
    int exponent = 0;
    double m = std::frexp(x, &exponent);
    if (m < 0.70710678118654752) m *= 2, --exponent;
    const double f = (m - 1) / (m + 1);
    const double f2 = f * f;
    double series = 0;
    for (int k = 10; k >= 0; --k) series = std::fma(series, f2, 1.0 / (2 * k + 1));
    return std::fma(exponent, 0.69314718055994531, 2 * f * series);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace tsattn
