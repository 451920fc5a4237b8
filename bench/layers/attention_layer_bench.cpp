// Forward, and forward + backward, of Attention and AttentionPooling on one thread; everything has F features. FLOPS is
// the nominal work of projections, scores and weighted sums, three times that with backward; its time is that of the
// whole layer, exponentials and tanh included.

#include <cstddef>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

template <class Description>
struct Setup {
  using LayerType = decltype(std::declval<Description>().template build<float>(std::declval<BuildContext>()));

  Setup(const Description& description, const std::vector<SequenceShape>& shapes, Index work)
      : layer(build(description, shapes)),
        gradients(layer.parameters()),
        x(shapes.begin(), shapes.end()),
        dx(x.size()),
        operations(work) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      fill_uniform(x[i].data(), x[i].size(), 1, random);
      inputs.push_back(&x[i]);
      d_inputs.push_back(&dx[i]);
    }
    forward();
    dy = y;
  }
  Setup(const Setup&) = delete;  // inputs and d_inputs point to its sequences
  Setup& operator=(const Setup&) = delete;

  LayerType build(const Description& description, const std::vector<SequenceShape>& shapes) {
    std::vector<SampleShape> samples;
    for (const SequenceShape& shape : shapes) samples.push_back(shape.sample());
    return description.template build<float>(BuildContext{"bench", samples, random});
  }

  void forward() { layer.forward(Inputs<float>(inputs), y, cache); }
  void backward() { layer.backward(Inputs<float>(inputs), y, dy, cache, gradients, InputGradients<float>(d_inputs)); }

  Random random;
  LayerType layer;
  typename LayerType::Gradients gradients;
  typename LayerType::Cache cache;
  std::vector<Sequence<float>> x, dx;
  std::vector<const Sequence<float>*> inputs;
  std::vector<Sequence<float>*> d_inputs;
  Sequence<float> y, dy;
  Index operations;
};

template <Score score>
Setup<Attention> attention(const benchmark::State& state) {
  const Index features = state.range(0), queries = state.range(1), keys = state.range(2), batch = state.range(3);
  const Index projected = score == Score::additive ? queries + keys : score == Score::general ? queries : 0;
  const SequenceShape memory{keys, batch, features};
  return {Attention{.score = score},
          {{queries, batch, features}, memory, memory},
          2 * batch * features * (projected * features + 2 * queries * keys)};
}

template <PoolingScore score>
Setup<AttentionPooling> pooling(const benchmark::State& state) {
  const Index features = state.range(0), steps = state.range(1), batch = state.range(2);
  const Index projected = score == PoolingScore::tanh ? steps : 0;
  return {AttentionPooling{.score = score},
          {{steps, batch, features}},
          2 * batch * features * (projected * features + 2 * steps)};
}

template <auto make>
void forward(benchmark::State& state) {
  auto setup = make(state);
  bench::run(state, setup.operations, [&setup] { setup.forward(); });
}

template <auto make>
void forward_backward(benchmark::State& state) {
  auto setup = make(state);
  bench::run(state, 3 * setup.operations, [&setup] {
    setup.forward();
    setup.backward();
  });
}

/// Self attention, and one query: that of the last step.
void sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"F", "Tq", "Tk", "B"})->Unit(benchmark::kMicrosecond);
  benchmark->Args({64, 50, 50, 32})->Args({64, 1, 50, 32})->Args({32, 1, 120, 256});
}
BENCHMARK(forward<attention<Score::scaled_dot>>)->Apply(sizes);
BENCHMARK(forward<attention<Score::general>>)->Apply(sizes);
BENCHMARK(forward<attention<Score::additive>>)->Apply(sizes);
BENCHMARK(forward_backward<attention<Score::scaled_dot>>)->Apply(sizes);
BENCHMARK(forward_backward<attention<Score::general>>)->Apply(sizes);
BENCHMARK(forward_backward<attention<Score::additive>>)->Apply(sizes);

void pooling_sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"F", "T", "B"})->Unit(benchmark::kMicrosecond);
  benchmark->Args({64, 50, 32})->Args({32, 120, 256});
}
BENCHMARK(forward<pooling<PoolingScore::linear>>)->Apply(pooling_sizes);
BENCHMARK(forward<pooling<PoolingScore::tanh>>)->Apply(pooling_sizes);
BENCHMARK(forward_backward<pooling<PoolingScore::linear>>)->Apply(pooling_sizes);
BENCHMARK(forward_backward<pooling<PoolingScore::tanh>>)->Apply(pooling_sizes);

}  // namespace
