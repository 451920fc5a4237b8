// Forward, and forward + backward, of Dense on one thread. FLOPS is the nominal work of the products, 2 U F T B forward
// and three times that with backward.

#include <benchmark/benchmark.h>

#include <tsattn/layers/dense.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

struct Setup {
  explicit Setup(const benchmark::State& state)
      : Setup(state.range(0), state.range(1), state.range(2), state.range(3)) {}
  Setup(Index features, Index units, Index steps, Index batch)
      : layer(features, units),
        gradients(layer.parameters()),
        x({steps, batch, features}),
        dy({steps, batch, units}),
        operations(2 * units * features * steps * batch) {
    fill_glorot_uniform(layer.parameters().w, random);
    fill_uniform(x.data(), x.size(), 1, random);
    fill_uniform(dy.data(), dy.size(), 1, random);
  }

  Random random;
  DenseLayer<float> layer;
  DenseLayer<float>::Gradients gradients;
  DenseLayer<float>::Cache cache;
  Sequence<float> x, y, dy, dx;
  Index operations;
};

void forward(benchmark::State& state) {
  Setup s(state);
  bench::run(state, s.operations, [&s] { s.layer.forward({&s.x}, s.y, s.cache); });
}

void forward_backward(benchmark::State& state) {
  Setup s(state);
  bench::run(state, 3 * s.operations, [&s] {
    s.layer.forward({&s.x}, s.y, s.cache);
    s.layer.backward({&s.x}, s.y, s.dy, s.cache, s.gradients, {&s.dx});
  });
}

void sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"F", "U", "T", "B"})->Unit(benchmark::kMicrosecond);
  benchmark->Args({64, 1, 1, 32})->Args({64, 64, 50, 32})->Args({14, 32, 120, 256})->Args({256, 256, 100, 64});
}
BENCHMARK(forward)->Apply(sizes);
BENCHMARK(forward_backward)->Apply(sizes);

}  // namespace
