#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/workspace.hpp>
#include <tsattn/training/shards.hpp>

namespace tsattn {

template <class S>
ShardMemory<S>::ShardMemory(const Graph<S>& model) : workspace(model), inputs(model.inputs().size()) {
  for (const Sequence<S>& input : inputs) pointers_.push_back(&input);
}

template <class S>
void ShardGradients<S>::resize(Index shards, Index weights) {
  count_ = static_cast<std::size_t>(shards);
  if (count_ == 1) return;
  if (shards_.size() < count_) shards_.resize(count_);
  for (AlignedBuffer<S>& gradients : shards_) gradients.resize(weights);
}

template <class S>
void ShardGradients<S>::keep(Index shard, const std::vector<NamedTensor<S>>& gradients) {
  if (count_ == 1) return;
  S* to = shards_[static_cast<std::size_t>(shard)].data();
  for (const NamedTensor<S>& tensor : gradients) to = std::copy_n(tensor.data, tensor.size(), to);
}

template <class S>
void ShardGradients<S>::sum(const std::vector<NamedTensor<S>>& sums) const {
  if (count_ == 1) return;
  constexpr Index kBlock = 4096;  // the sums of so many scalars stay in the L1 while every shard adds to them
  Index offset = 0;
  for (const NamedTensor<S>& tensor : sums) {
    for (Index begin = 0; begin < tensor.size(); begin += kBlock) {
      const Index size = (std::min)(kBlock, tensor.size() - begin);
      std::copy_n(shards_[0].data() + offset + begin, size, tensor.data + begin);
      for (std::size_t i = 1; i < count_; ++i)
        kernels::add(size, shards_[i].data() + offset + begin, tensor.data + begin);
    }
    offset += tensor.size();
  }
}

TSATTN_LIBRARY_INSTANCE(class ShardMemory);
TSATTN_LIBRARY_INSTANCE(class ShardGradients);

}  // namespace tsattn
