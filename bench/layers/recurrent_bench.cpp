// Forward, and forward + backward, of the recurrent layers on one thread. FLOPS is the nominal work of the products,
// 2 G H (F + H) T B for inference with G gate blocks and three times that with backward.

#include <benchmark/benchmark.h>

#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>

namespace {

using namespace tsattn;

template <class Description>
struct Setup {
  using LayerType = decltype(std::declval<Description>().template build<float>(std::declval<BuildContext>()));

  explicit Setup(const benchmark::State& state, double dropout = 0)
      : Setup(state.range(0), state.range(1), state.range(2), state.range(3), dropout) {}
  Setup(Index features, Index hidden, Index steps, Index batch, double dropout)
      : layer(make(features, hidden, dropout)),
        gradients(layer.parameters()),
        x({steps, batch, features}),
        dy({steps, batch, hidden}) {
    fill_uniform(x.data(), x.size(), 1, random);
    fill_uniform(dy.data(), dy.size(), 1, random);
  }

  LayerType make(Index features, Index hidden, double dropout) {
    const SampleShape shape{kAnyTime, features};
    const Description description{.units = hidden, .recurrent_dropout = dropout};
    return description.template build<float>(BuildContext{"bench", {&shape, 1}, random});
  }

  Random random;
  LayerType layer;
  typename LayerType::Gradients gradients;
  typename LayerType::Cache cache;
  Sequence<float> x, y, dy, dx;
};

template <class S>
void count_work(benchmark::State& state, const Setup<S>& setup, double passes) {
  const auto& w_x = setup.layer.parameters().w_x;
  const auto columns = static_cast<double>(setup.x.time() * setup.x.batch());
  const auto work = 2.0 * static_cast<double>(w_x.rows() * (w_x.cols() + setup.layer.hidden())) * columns;
  state.counters["FLOPS"] = benchmark::Counter(passes * work, benchmark::Counter::kIsIterationInvariantRate);
}

template <class Description>
void infer(benchmark::State& state) {
  Setup<Description> setup(state);
  for (auto _ : state) {
    setup.layer.infer({&setup.x}, setup.y, setup.cache);
    benchmark::DoNotOptimize(setup.y.data());
  }
  count_work(state, setup, 1);
}

template <class Description>
void run_forward_backward(benchmark::State& state, double dropout) {
  Setup<Description> setup(state, dropout);
  for (auto _ : state) {
    setup.layer.forward({&setup.x}, setup.y, setup.cache);
    setup.layer.backward({&setup.x}, setup.y, setup.dy, setup.cache, setup.gradients, {&setup.dx});
    benchmark::DoNotOptimize(setup.dx.data());
  }
  count_work(state, setup, 3);
}

template <class Description>
void forward_backward(benchmark::State& state) {
  run_forward_backward<Description>(state, 0);
}

/// Of a quarter of the states.
template <class Description>
void forward_backward_with_dropout(benchmark::State& state) {
  run_forward_backward<Description>(state, 0.25);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"F", "H", "T", "B"})->Unit(benchmark::kMillisecond);
  benchmark->Args({1, 64, 50, 32})->Args({14, 32, 120, 256})->Args({64, 256, 100, 64})->Args({14, 32, 120, 1});
}

BENCHMARK(infer<Rnn>)->Apply(sizes);
BENCHMARK(infer<Gru>)->Apply(sizes);
BENCHMARK(infer<Lstm>)->Apply(sizes);
BENCHMARK(forward_backward<Rnn>)->Apply(sizes);
BENCHMARK(forward_backward<Gru>)->Apply(sizes);
BENCHMARK(forward_backward<Lstm>)->Apply(sizes);
BENCHMARK(forward_backward_with_dropout<Rnn>)->Apply(sizes);
BENCHMARK(forward_backward_with_dropout<Gru>)->Apply(sizes);
BENCHMARK(forward_backward_with_dropout<Lstm>)->Apply(sizes);

}  // namespace
