#pragma once

#include <cstdint>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

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
Sequence<S> sine_wave(const SineWaveOptions& options = {});

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/data/synthetic.inl>
#endif
