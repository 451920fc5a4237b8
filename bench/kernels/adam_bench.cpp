// The kernels whose speed is that of memory: Adam's step and the sums of kernels/sums/sums.hpp. bytes_per_second counts
// what they read and write.

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/adam/adam.hpp>
#include <tsattn/kernels/sums/sums.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

constexpr Index kFloat = sizeof(float);

template <class Work>
void run(benchmark::State& state, Index bytes, const Work& work) {
  bench::run(state, work);
  state.SetBytesProcessed(state.iterations() * bytes);
}

void adam(benchmark::State& state) {
  const Index size = state.range(0);
  const auto g = bench::random_values(size);
  AlignedBuffer<float> m(size), v(size), p(size);
  const kernels::AdamStep<float> step{.gradient_scale = 0.5F,
                                      .beta1 = 0.9F,
                                      .beta2 = 0.999F,
                                      .step_size = 1e-3F,
                                      .root_correction2 = 1,
                                      .epsilon = 1e-8F};
  run(state, 7 * kFloat * size, [&] { kernels::adam(size, step, g.data(), m.data(), v.data(), p.data()); });
}

void add(benchmark::State& state) {
  const Index size = state.range(0);
  const auto from = bench::random_values(size);
  AlignedBuffer<float> to(size);
  run(state, 3 * kFloat * size, [&] { kernels::add(size, from.data(), to.data()); });
}

void sum_of_squares(benchmark::State& state) {
  const Index size = state.range(0);
  const auto values = bench::random_values(size);
  run(state, kFloat * size, [&] { benchmark::DoNotOptimize(kernels::sum_of_squares(size, values.data())); });
}

/// For the L1, the L2 and the memory, and one that fills no pack
void sizes(bench::Registered* benchmark) {
  benchmark->ArgName("size")->Arg(1 << 10)->Arg(1 << 15)->Arg(1 << 24)->Arg(1001);
}
BENCHMARK(adam)->Apply(sizes);
BENCHMARK(add)->Apply(sizes);
BENCHMARK(sum_of_squares)->Apply(sizes);

/// Bias gradients: db += sum dA
void add_column_sums(benchmark::State& state) {
  const Index rows = state.range(0), cols = state.range(1);
  const auto in = bench::random_values(rows * cols);
  AlignedBuffer<float> sums(rows);
  run(state, kFloat * rows * cols, [&] { kernels::add_column_sums(rows, cols, in.data(), rows, sums.data()); });
}
BENCHMARK(add_column_sums)->ArgNames({"rows", "cols"})->Args({256, 1600})->Args({64, 50})->Args({1, 1600});

}  // namespace
