// One step of a stream, layers by themselves. `Time` is the mean of many steps; the counters are of steps timed one by
// one, in nanoseconds, the reading of the clock included, which is given too.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include <tsattn/core/flush_denormals.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>

namespace {

using namespace tsattn;

double nanoseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

template <class Description>
void step(benchmark::State& state) {
  const Index features = state.range(0), hidden = state.range(1);
  Sequential<float> model(features, /*seed=*/1);
  model.add(Description{.units = hidden});
  Stream<float> stream = model.stream();
  Random random(2);
  constexpr std::size_t kInputs = 1024;
  std::vector<float> x(kInputs * static_cast<std::size_t>(features)), y(static_cast<std::size_t>(hidden));
  for (float& value : x) value = static_cast<float>(random.uniform(-1, 1));
  const auto input = [&](std::size_t i) { return &x[i % kInputs * static_cast<std::size_t>(features)]; };

  const auto begin = std::chrono::steady_clock::now();
  stream.step(input(0), y.data());
  const double first = nanoseconds_since(begin);
  std::size_t i = 0;
  for (auto _ : state) {
    stream.step(input(++i), y.data());
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }

  std::vector<double> times(200'000);
  for (double& time : times) {
    const auto before = std::chrono::steady_clock::now();
    stream.step(input(++i), y.data());
    benchmark::ClobberMemory();
    time = nanoseconds_since(before);
  }
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size()))];
  };
  const auto now = std::chrono::steady_clock::now();
  state.counters["clock"] = nanoseconds_since(now);
  state.counters["first"] = first;
  state.counters["median"] = at(0.5);
  state.counters["p99"] = at(0.99);
  state.counters["p99.9"] = at(0.999);
  state.counters["worst"] = times.back();
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"F", "H"});
  for (const int hidden : {8, 16, 32, 64, 128}) benchmark->Args({1, hidden});
  benchmark->Args({14, 32})->Args({64, 64});
}

BENCHMARK(step<Lstm>)->Apply(sizes);
BENCHMARK(step<Gru>)->Apply(sizes);

}  // namespace
