#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

namespace bench {

inline double nanoseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

/// Calls step() in every iteration, whose mean is the benchmark's time, and then times 200,000 calls one by one:
/// counters median, p99, p99.9 and worst, in nanoseconds, with one reading of the clock in each, and `first`, of the
/// call before all others.
template <class Step>
void run_latencies(benchmark::State& state, const Step& step) {
  const auto begin = std::chrono::steady_clock::now();
  step();
  state.counters["first"] = nanoseconds_since(begin);
  for (auto _ : state) {
    step();
    benchmark::ClobberMemory();
  }
  std::vector<double> times(200'000);
  for (double& time : times) {
    const auto before = std::chrono::steady_clock::now();
    step();
    benchmark::ClobberMemory();
    time = nanoseconds_since(before);
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size()))];
  };
  state.counters["median"] = at(0.5);
  state.counters["p99"] = at(0.99);
  state.counters["p99.9"] = at(0.999);
  state.counters["worst"] = times.back();
}

}  // namespace bench
