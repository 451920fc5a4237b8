#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include <tsattn/core/errors.hpp>

#include "work.hpp"

namespace peers {

/// Milliseconds of one call, on the average of `calls`. Throws NumericError if a result is not finite.
inline double milliseconds(const Work& work, int calls) {
  using Clock = std::chrono::steady_clock;
  double results = 0;
  const Clock::time_point begin = Clock::now();
  for (int i = 0; i < calls; ++i) results += work();
  const std::chrono::duration<double, std::milli> elapsed = Clock::now() - begin;
  if (!std::isfinite(results)) tsattn::fail<tsattn::NumericError>("peers", "expected finite results, got ", results);
  return elapsed.count() / calls;
}

/// How many calls make a sample: at least 2 ms of them. So what the first call pays, whose data the other library has
/// driven out of the caches, is about 2 % (1 MiB of L2 comes back in 50 us), and few samples meet another process.
inline int calls_per_sample(const Work& work) {
  constexpr double kSample = 2;
  milliseconds(work, 1);  // allocates
  int calls = 1;
  while (calls * milliseconds(work, calls) < kSample) calls *= 2;
  return calls;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Median milliseconds of one call.
struct Medians {
  double ours, peer;
};

/// Samples of both by turns for about `seconds`, so that a machine that becomes slower becomes so for both.
inline Medians interleaved_medians(const Work& ours, const Work& peer, double seconds) {
  constexpr std::size_t kFewest = 5;
  const int our_calls = calls_per_sample(ours), peer_calls = calls_per_sample(peer);
  std::vector<double> our_samples, peer_samples;
  for (double left = 1000 * seconds; left > 0 || our_samples.size() < kFewest;) {
    our_samples.push_back(milliseconds(ours, our_calls));
    peer_samples.push_back(milliseconds(peer, peer_calls));
    left -= our_calls * our_samples.back() + peer_calls * peer_samples.back();
  }
  return {median(our_samples), median(peer_samples)};
}

}  // namespace peers
