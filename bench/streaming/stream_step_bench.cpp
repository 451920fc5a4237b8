// One step of a stream, layers by themselves, sizes at run time; embedded_step_bench has them at compile time. Every
// step takes the next x of a series and waits for the state of the step before.

#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>

#include "../support/kernel_benchmark.hpp"
#include "../support/latency.hpp"

namespace {

using namespace tsattn;

template <class Description>
void step(benchmark::State& state) {
  const Index features = state.range(0), hidden = state.range(1);
  Sequential<float> model(features, /*seed=*/1);
  model.add(Description{.units = hidden});
  Stream<float> stream = model.stream();
  constexpr Index kInputs = 1024;
  const auto x = bench::random_values(kInputs * features);
  std::vector<float> y(static_cast<std::size_t>(hidden));
  Index i = 0;
  bench::run_latencies(state, [&] {
    stream.step(x.data() + i++ % kInputs * features, y.data());
    benchmark::DoNotOptimize(y.data());
  });
}

void sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"F", "H"});
  for (const int hidden : {8, 16, 32, 64, 128}) benchmark->Args({1, hidden});
  benchmark->Args({14, 32})->Args({64, 64});
}

BENCHMARK(step<Lstm>)->Apply(sizes);
BENCHMARK(step<Gru>)->Apply(sizes);

}  // namespace
