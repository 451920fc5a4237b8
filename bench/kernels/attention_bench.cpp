// What attention does between its products, for one query of one sample: over `steps` keys of `size` floats, which lie
// as in a batch of 32. per_element is the time of one float of the keys, of softmax: of one score.

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

struct Query {
  explicit Query(const benchmark::State& state)
      : steps(state.range(0)),
        size(state.range(1)),
        stride(32 * size),
        keys(bench::random_values(steps * stride)),
        d_keys(steps * stride),
        p(bench::random_values(size)),
        v(bench::random_values(size)),
        dp(size),
        dv(size),
        s(bench::random_values(steps)),
        ds(bench::random_values(steps)) {}

  Index steps, size, stride;
  AlignedBuffer<float> keys, d_keys, p, v, dp, dv, s, ds;
};

void dot_scores(benchmark::State& state) {
  Query q(state);
  bench::run(state, 2 * q.steps * q.size,
             [&q] { kernels::dot_scores(q.steps, q.size, 1.0F, q.p.data(), q.keys.data(), q.stride, q.s.data()); });
}
void dot_scores_backward(benchmark::State& state) {
  Query q(state);
  bench::run(state, 4 * q.steps * q.size, [&q] {
    kernels::dot_scores_backward(q.steps, q.size, 1.0F, q.p.data(), q.keys.data(), q.stride, q.ds.data(), q.dp.data(),
                                 q.d_keys.data());
  });
}

void weighted_sum(benchmark::State& state) {
  Query q(state);
  bench::run(state, 2 * q.steps * q.size,
             [&q] { kernels::weighted_sum(q.steps, q.size, q.s.data(), q.keys.data(), q.stride, q.dp.data()); });
}
void weighted_sum_backward(benchmark::State& state) {
  Query q(state);
  bench::run(state, 4 * q.steps * q.size, [&q] {
    kernels::weighted_sum_backward(q.steps, q.size, q.s.data(), q.keys.data(), q.stride, q.p.data(), q.ds.data(),
                                   q.d_keys.data());
  });
}

void additive_scores(benchmark::State& state) {
  Query q(state);
  bench::run_elements(state, q.steps * q.size, [&q] {
    kernels::additive_scores(q.steps, q.size, q.v.data(), q.p.data(), q.keys.data(), q.stride, q.s.data());
  });
}
void additive_scores_backward(benchmark::State& state) {
  Query q(state);
  bench::run_elements(state, q.steps * q.size, [&q] {
    kernels::additive_scores_backward(q.steps, q.size, q.v.data(), q.p.data(), q.keys.data(), q.stride, q.ds.data(),
                                      q.dv.data(), q.dp.data(), q.d_keys.data());
  });
}

void sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"steps", "size"})->Args({50, 64})->Args({50, 37})->Args({200, 256})->Args({1, 64});
}
BENCHMARK(dot_scores)->Apply(sizes);
BENCHMARK(dot_scores_backward)->Apply(sizes);
BENCHMARK(weighted_sum)->Apply(sizes);
BENCHMARK(weighted_sum_backward)->Apply(sizes);
BENCHMARK(additive_scores)->Apply(sizes);
BENCHMARK(additive_scores_backward)->Apply(sizes);

void softmax_forward(benchmark::State& state) {
  const Index size = state.range(0);
  const auto s = bench::random_values(size);
  AlignedBuffer<float> w(size);
  bench::run_elements(state, size, [&] { kernels::softmax_forward(size, s.data(), w.data()); });
}
void softmax_backward(benchmark::State& state) {
  const Index size = state.range(0);
  const auto w = bench::random_values(size), dw = bench::random_values(size);
  AlignedBuffer<float> ds(size);
  bench::run_elements(state, size, [&] { kernels::softmax_backward(size, w.data(), dw.data(), ds.data()); });
}
BENCHMARK(softmax_forward)->ArgName("steps")->Arg(50)->Arg(200)->Arg(1000);
BENCHMARK(softmax_backward)->ArgName("steps")->Arg(50)->Arg(200)->Arg(1000);

}  // namespace
