#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/workspace.hpp>

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

/// What a thread needs to work on shards. There is one per thread and not per shard, so that it stays in the caches
/// from one shard to the next.
template <class S>
class ShardMemory {
 public:
  Workspace<S> workspace;
  std::vector<Sequence<S>> inputs;  ///< of the model, with the samples of the shard
  Sequence<S> target;
  Sequence<S> dy;  ///< the gradient of the loss

  explicit ShardMemory(const Graph<S>& model);
  ShardMemory(ShardMemory&&) noexcept = default;  // the inputs stay where they are
  ShardMemory& operator=(ShardMemory&&) noexcept = default;
  ShardMemory(const ShardMemory&) = delete;
  ShardMemory& operator=(const ShardMemory&) = delete;
  ~ShardMemory() = default;

  /// The inputs as a run of the model takes them.
  Inputs<S> x() const { return std::span<const Sequence<S>* const>(pointers_); }

 private:
  std::vector<const Sequence<S>*> pointers_;
};

/// The gradients of the shards of a batch, which outlive the workspaces that they come from. Those of a single shard
/// stay where they are.
template <class S>
class ShardGradients {
 public:
  void resize(Index shards, Index weights);

  /// Different shards may be kept at the same time.
  void keep(Index shard, const std::vector<NamedTensor<S>>& gradients);

  /// sums = the gradients of the first shard + those of the second + ..., in this order; of a single shard they are
  /// expected there.
  void sum(const std::vector<NamedTensor<S>>& sums) const;

 private:
  std::vector<AlignedBuffer<S>> shards_;
  std::size_t count_ = 0;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/training/shards.inl>
#endif
