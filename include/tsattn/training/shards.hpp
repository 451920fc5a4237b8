#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/sums.hpp>
#include <tsattn/model/graph.hpp>

/// How a batch is cut into shards, the parts that threads work on. The cut depends on the batch and the model alone and
/// never on the number of threads, so that sums over shards, taken in their order, give the same bits for any number of
/// threads.
namespace tsattn {

/// How many shards a batch makes for a model with that many weights.
///
/// Eight samples per shard fill the register tiles, keep what a shard writes in the L2 and still cut a batch of 32 for
/// four threads. Every shard reads all weights and has gradients of its own to add up, so larger models get larger
/// shards: 16 samples from 64 Ki weights on, 32 from 512 Ki on. Beyond 16 shards they grow instead of their number.
inline Index shard_count(Index batch, Index weights) {
  constexpr Index kMost = 16;
  const Index samples = weights < (Index{1} << 16) ? 8 : weights < (Index{1} << 19) ? 16 : 32;
  return std::clamp<Index>((batch + samples - 1) / samples, 1, kMost);
}

/// Shard i of `count` of a batch: which of its samples. Sizes differ by one at most.
inline IndexRange shard(Index batch, Index count, Index i) { return {batch * i / count, batch * (i + 1) / count}; }

/// What a thread needs to work on one shard.
template <class S>
struct ShardMemory {
  Workspace<S> workspace;
  Sequence<S> x, target;  ///< the samples of the shard
  Sequence<S> dy;         ///< the gradient of the loss

  explicit ShardMemory(const Graph<S>& model) : workspace(model) {}
};

/// Adds the gradients of the other shards to those of the first, in their order.
template <class S>
void add_shard_gradients(std::span<const ShardMemory<S>> shards) {
  constexpr Index kBlock = 4096;  // the sums of so many scalars stay in the L1 while every shard adds to them
  const std::vector<NamedTensor<S>>& sums = shards[0].workspace.gradients();
  for (std::size_t tensor = 0; tensor < sums.size(); ++tensor)
    for (Index begin = 0; begin < sums[tensor].size(); begin += kBlock)
      for (const ShardMemory<S>& shard : shards.subspan(1))
        kernels::add((std::min)(kBlock, sums[tensor].size() - begin), shard.workspace.gradients()[tensor].data + begin,
                     sums[tensor].data + begin);
}

}  // namespace tsattn
