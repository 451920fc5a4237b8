#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/data/synthetic.hpp>

#include "support/difference.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE("sine_wave: a sine of amplitude 1 and the given period") {
  const auto wave = sine_wave<double>({.length = 100, .period = 40, .noise = 0});
  CHECK(wave.shape() == SequenceShape{100, 1, 1});
  CHECK(wave(0, 0, 0) == 0);
  CHECK(wave(10, 0, 0) == doctest::Approx(1));
  CHECK(wave(30, 0, 0) == doctest::Approx(-1));
  CHECK(wave(95, 0, 0) == doctest::Approx(wave(55, 0, 0)));
}

TEST_CASE("sine_wave: the noise has the given standard deviation and comes from the seed") {
  const SineWaveOptions options{.length = 20000, .period = 50, .noise = 0.05, .seed = 3};
  const auto noisy = sine_wave<double>(options), clean = sine_wave<double>({.length = 20000, .period = 50, .noise = 0});
  const double deviation = std::sqrt((noisy.flat() - clean.flat()).squaredNorm() / 20000);
  CHECK(std::abs(deviation / 0.05 - 1) < 5 / std::sqrt(2.0 * 20000));  // five standard errors of a standard deviation
  CHECK(same_bits(noisy, sine_wave<double>(options)));
  CHECK_FALSE(same_bits(noisy, sine_wave<double>({.length = 20000, .period = 50, .noise = 0.05, .seed = 4})));
}

TEST_CASE("sine_wave: errors") {
  CHECK_THROWS_WITH_AS(sine_wave<float>({.length = -1}), "[sine_wave] expected a length of at least 0, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(sine_wave<float>({.period = 0}), "[sine_wave] expected a period above 0, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(sine_wave<float>({.noise = -0.1}), "[sine_wave] expected a noise of at least 0, got -0.1",
                       ConfigError);
  CHECK(sine_wave<float>({.length = 0}).size() == 0);
}
