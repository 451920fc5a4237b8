// One step of models with sizes known at compile time, beside stream_step_bench. They are templates, compiled with the
// flags of whoever uses them: here with -march=native, where the compiler knows it. Every step takes the next x of a
// series and waits for the state of the step before.

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <benchmark/benchmark.h>

#include <tsattn/embedded/embedded.hpp>

#include "../support/kernel_benchmark.hpp"
#include "../support/latency.hpp"

namespace {

namespace emb = tsattn::embedded;
using tsattn::Index;

/// Random numbers for all weights of a chain.
template <class First, class... Rest>
void randomize(emb::Chain<First, Rest...>& weights) {
  constexpr double kBound = 0.3;
  constexpr Index kCount = static_cast<Index>(std::size(decltype(weights.first.values){}));
  const auto values = bench::random_values(kCount, -kBound, kBound);
  std::copy_n(values.data(), kCount, weights.first.values);
  if constexpr (sizeof...(Rest) > 0) randomize(weights.rest);
}

template <class... Layers>
void step(benchmark::State& state) {
  using Net = emb::Model<Layers...>;
  constexpr std::size_t kInputs = 1024;
  static typename Net::Weights weights;
  randomize(weights);
  Net net(weights);
  const auto x = bench::random_values(static_cast<Index>(kInputs * Net::kInputs));
  float y[Net::kOutputs];
  std::size_t i = 0;
  bench::run_latencies(state, [&] {
    net.step(x.data() + (i++ % kInputs) * Net::kInputs, y);
    benchmark::DoNotOptimize(y);
  });
  state.counters["weights_KiB"] = static_cast<double>(sizeof(weights)) / 1024;
}

#define BENCHMARK_CELLS(F, H)                \
  BENCHMARK_TEMPLATE(step, emb::Lstm<F, H>); \
  BENCHMARK_TEMPLATE(step, emb::Gru<F, H>);  \
  BENCHMARK_TEMPLATE(step, emb::Gru<F, H, emb::GruReset::before_product>)

BENCHMARK_CELLS(1, 8);
BENCHMARK_CELLS(1, 16);
BENCHMARK_CELLS(1, 32);
BENCHMARK_CELLS(1, 64);
BENCHMARK_CELLS(1, 128);
BENCHMARK_CELLS(14, 32);
BENCHMARK_CELLS(64, 64);
BENCHMARK_TEMPLATE(step, emb::Lstm<1, 16>, emb::Dense<16, 1>);
BENCHMARK_TEMPLATE(step, emb::Lstm<1, 16>, emb::AttentionPooling<16, 50>, emb::Dense<16, 1>);

}  // namespace
