#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/data/dataset.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/training/evaluation_options.hpp>
#include <tsattn/training/shards.hpp>

namespace tsattn {

/// Goes over all samples in order, a shard at a time: calls `work(first sample, memory)` with each one's samples; the
/// calls of one batch come from several threads.
template <class S, class Work>
void for_each_gathered_shard(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options,
                             const Work& work) {
  require_positive("EvaluationOptions", "a batch_size", options.batch_size);
  std::vector<Index> order(static_cast<std::size_t>(data.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::vector<ShardMemory<S>> memory;
  for (Index begin = 0; begin < data.size(); begin += options.batch_size) {
    const Index batch = (std::min)(options.batch_size, data.size() - begin),
                count = shard_count(batch, model.parameter_count());
    while (static_cast<Index>(memory.size()) < kernels::worker_count(count, options.threads))
      memory.emplace_back(model);
    kernels::parallel_for(count, options.threads, [&](Index i, Index worker) {
      const IndexRange part = shard(batch, count, i);
      ShardMemory<S>& mine = memory[static_cast<std::size_t>(worker)];
      data.gather_inputs(
          std::span(order).subspan(static_cast<std::size_t>(begin + part.begin), static_cast<std::size_t>(part.size())),
          mine.inputs, mine.target);
      work(begin + part.begin, mine);
    });
  }
}

/// The same with the model's output in the workspace.
template <class S, class Visit>
void for_each_shard(const Graph<S>& model, const Dataset<S>& data, const EvaluationOptions& options,
                    const Visit& visit) {
  for_each_gathered_shard(model, data, options, [&](Index begin, ShardMemory<S>& memory) {
    model.infer(memory.x(), memory.workspace);
    visit(begin, memory);
  });
}

}  // namespace tsattn
