// After the first batch of a shape nothing is allocated, in training and in inference; step by step never.

#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>

#include "support/allocation_count.hpp"

namespace {

using namespace tsattn;

TEST_CASE("a graph allocates nothing for a shape that its workspace has seen, nor for a smaller batch" *
          doctest::skip(!test::kCountsAllocations)) {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 2}), h = graph.add(Gru{3}, {x}), branch = graph.add(Dense{3}, {h}),
               encoder = graph.add(Lstm{3}, {x}),
               decoder = graph.add(Lstm{3}, {h, graph.value(encoder, "h"), graph.value(encoder, "c")}),
               sum = graph.add(Add{}, {h, branch, decoder}), query = graph.add(LastStep{}, {sum}),
               context = graph.add(Attention{.score = Score::additive}, {query, h, h});
  graph.add(Concatenate{}, {context, query});
  Workspace<float> training(graph), inference(graph);
  const Sequence<float> large({5, 4, 2}), small({5, 1, 2}), large_dy({1, 4, 6}), small_dy({1, 1, 6});
  Sequence<float> dx;
  const auto run = [&](const Sequence<float>& value, const Sequence<float>& dy) {
    graph.forward({&value}, training);
    training.zero_gradients();
    graph.backward({&value}, dy, training, {&dx});
    graph.backward({&value}, dy, training);
    graph.infer({&value}, inference);
  };
  run(large, large_dy);
  const long before = test::allocation_count;
  run(large, large_dy);
  CHECK(test::allocation_count == before);
  run(small, small_dy);
  CHECK(test::allocation_count == before);
  run(large, large_dy);
  CHECK(test::allocation_count == before);
}

TEST_CASE("a step of a stream allocates nothing, the first one neither" * doctest::skip(!test::kCountsAllocations)) {
  Graph<float> graph;
  const NodeId x = graph.input({.features = 2}), h = graph.add(Gru{3}, {x}), g = graph.add(Lstm{3}, {h}),
               r = graph.add(Rnn{3}, {g}), sum = graph.add(Add{}, {h, r}), query = graph.add(LastStep{}, {sum}),
               context = graph.add(Attention{.score = Score::additive}, {query, h, h}),
               pooled = graph.add(AttentionPooling{.score = PoolingScore::tanh}, {sum});
  graph.add(Dense{40}, {graph.add(Concatenate{}, {context, query, pooled})});
  auto stream = graph.stream({.batch = 2, .attention_steps = 5});
  const std::vector<float> values(4, 0.5F);
  std::vector<float> y(80);
  std::vector<std::byte> state(stream.state_bytes());
  const long before = test::allocation_count;
  for (int step = 0; step < 20; ++step) stream.step(values.data(), y.data());
  stream.save_state(state);
  stream.load_state(state);
  stream.reset();
  stream.step(values.data(), y.data());
  CHECK(test::allocation_count == before);
}

}  // namespace
