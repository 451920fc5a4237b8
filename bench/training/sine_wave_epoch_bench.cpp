// One epoch of the sine-wave example's training, everything included: 100 batches of 32 windows.

#include <benchmark/benchmark.h>

#include <tsattn/tsattn.hpp>

namespace {

using namespace tsattn;

void sine_wave_epoch(benchmark::State& state) {
  const auto wave = sine_wave<float>({.length = 3250, .period = 50, .noise = 0.05, .seed = 1});
  const Windows<float> windows(wave, {.lookback = 50});
  Sequential<float> model(/*features=*/1);
  model.add(Lstm{64}).add(AttentionPooling{}).add(Dense{1});
  Trainer<float> trainer(model);
  for (auto _ : state) trainer.fit(windows, {.threads = static_cast<int>(state.range(0))});
  state.counters["s_per_batch"] =
      benchmark::Counter(100, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(sine_wave_epoch)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
