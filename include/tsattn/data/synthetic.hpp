#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/core/unfused_product.hpp>

namespace tsattn {

struct SineWaveOptions {
  Index length = 2000;  ///< steps
  double period = 50;   ///< steps per oscillation, above 0
  double noise = 0.05;  ///< standard deviation of the normal noise added to every step
  std::uint64_t seed = 0;
};

/// A sine of amplitude 1 with independent normal noise: [length, 1, 1]. The sine is that of the C library, whose last
/// bit may be another one elsewhere; all else has the same bits everywhere. Throws ConfigError for a negative length or
/// noise or a period that is not above 0.
template <class S>
Sequence<S> sine_wave(const SineWaveOptions& options = {}) {
  if (options.length < 0) fail<ConfigError>("sine_wave", "expected a length of at least 0, got ", options.length);
  if (!(options.period > 0)) fail<ConfigError>("sine_wave", "expected a period above 0, got ", options.period);
  if (!(options.noise >= 0)) fail<ConfigError>("sine_wave", "expected a noise of at least 0, got ", options.noise);
  Random random(options.seed);
  Sequence<S> wave({options.length, 1, 1});
  for (Index t = 0; t < options.length; ++t) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(t) / options.period;
    wave(t, 0, 0) = static_cast<S>(std::sin(angle) + unfused_product(options.noise, random.normal()));
  }
  return wave;
}

}  // namespace tsattn
