// One epoch of day-ahead training on a series of the size of the Jena climate data: 420 551 rows of 14 features 10
// minutes apart, the first half of them as windows of 120 hours that start at every row, 818 batches of 256, LSTM(32).

#include <benchmark/benchmark.h>

#include <tsattn/tsattn.hpp>

namespace {

using namespace tsattn;

Sequence<float> series() {
  constexpr Index kRows = 420551, kFeatures = 14;
  Sequence<float> values({kRows, 1, kFeatures});
  Random random(1);
  for (Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<float>(random.normal());
  return values;
}

void jena_epoch(benchmark::State& state) {
  const Sequence<float> values = series();
  const Windows<float> windows(values, {.lookback = 120, .targets = {1}, .sampling_step = 6, .gap = 23},
                               {0, values.time() / 2});
  Sequential<float> model(SampleShape{.time = 120, .features = values.features()});
  model.add(Lstm{32}).add(LastStep{}).add(Dense{1});
  Trainer<float> trainer(model);
  const FitOptions options{.batch_size = 256, .threads = static_cast<int>(state.range(0))};
  for (auto _ : state) trainer.fit(windows, options);
  state.counters["windows"] = static_cast<double>(windows.size());
}
BENCHMARK(jena_epoch)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kSecond);

}  // namespace
