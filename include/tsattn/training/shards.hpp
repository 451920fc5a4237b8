#pragma once

#include <algorithm>

#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/model/graph.hpp>

/// How a batch is cut into shards, the parts that threads work on. The cut depends on the batch alone and never on the
/// number of threads, so that sums over shards, taken in their order, give the same bits for any number of threads.
namespace tsattn {

/// Eight samples fill the register tiles of the products and still cut a batch of 32 for four threads; beyond 16 shards
/// (a batch of 128) they grow instead, because every shard has gradients of its own to add up.
inline Index shard_count(Index batch) {
  constexpr Index kSamples = 8, kMost = 16;
  return std::clamp<Index>((batch + kSamples - 1) / kSamples, 1, kMost);
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

}  // namespace tsattn
