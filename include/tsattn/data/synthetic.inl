#pragma once

#include <cmath>
#include <numbers>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/data/synthetic.hpp>

namespace tsattn {

template <class S>
Sequence<S> sine_wave(const SineWaveOptions& options) {
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

TSATTN_LIBRARY_FUNCTION_INSTANCE(sine_wave);

}  // namespace tsattn
