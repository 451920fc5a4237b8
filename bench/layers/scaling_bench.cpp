// How forward + backward of a recurrent layer grows with the hidden units, the batch and the steps, on one thread and
// cut into shards as in training. ns is the time of one step of one sample: a flat row of it is linear growth.

#include <benchmark/benchmark.h>

#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>

#include "../peers/sharded_layer.hpp"

namespace {

using namespace tsattn;

template <class Description>
void forward_backward(benchmark::State& state) {
  const Index hidden = state.range(0), steps = state.range(1), batch = state.range(2);
  constexpr Index kFeatures = 14;
  const Description description{.units = hidden, .initialization = Initialization::pytorch};
  peers::ShardedLayer<Description> layer(description, {steps, batch, kFeatures});
  for (auto _ : state) benchmark::DoNotOptimize(layer.train(/*threads=*/1));
  state.counters["per_step_and_sample"] = benchmark::Counter(
      static_cast<double>(steps * batch), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// One of the three sizes at a time, from the sizes of the sine-wave example.
void series(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"H", "T", "B"})->Unit(benchmark::kMillisecond);
  for (Index hidden = 8; hidden <= 1024; hidden *= 2) benchmark->Args({hidden, 50, 32});
  for (const Index steps : {10, 20, 50, 100, 200, 500, 1000, 2000}) benchmark->Args({64, steps, 32});
  for (Index batch = 1; batch <= 1024; batch *= 2) benchmark->Args({64, 50, batch});
}

BENCHMARK(forward_backward<Lstm>)->Apply(series);
BENCHMARK(forward_backward<Gru>)->Apply(series);

}  // namespace
