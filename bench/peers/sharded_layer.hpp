#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/kernels/sums.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/training/shards.hpp>

namespace peers {

using tsattn::Index;

/// A recurrent layer, run on random numbers as training runs it: the batch is cut into shards, each with a cache and
/// gradients of its own, and the gradients are added in their order. The samples of a shard are copied to it, as
/// training gathers them. dx is declined: a first layer's input has no use for it.
template <class Description>
class ShardedLayer {
 public:
  ShardedLayer(const Description& description, const tsattn::SequenceShape& input)
      : layer_(build(description, input)), x_(input) {
    // The cut of a model that is this layer.
    const Index count = tsattn::shard_count(input.batch, tsattn::parameter_count(layer_.parameters()));
    tsattn::fill_uniform(x_.data(), x_.size(), 1, random_);
    for (Index i = 0; i < count; ++i) {
      Shard& shard = shards_.emplace_back(layer_.parameters(), tsattn::shard(input.batch, count, i));
      shard.dy.resize({input.time, shard.samples.size(), description.units});
      tsattn::fill_uniform(shard.dy.data(), shard.dy.size(), 1, random_);
    }
    // Only now do the shards stay where they are, and these are views.
    for (Shard& shard : shards_) shard.tensors = tsattn::named_tensors<float>(shard.gradients);
  }

  /// Each returns a number of what it has computed.
  float infer(int threads) {
    for_each_shard(threads, [this](Shard& shard) { layer_.infer({&shard.x}, shard.y, shard.cache); });
    return *shards_.back().y.data();
  }
  float train(int threads) {
    for_each_shard(threads, [this](Shard& shard) {
      layer_.forward({&shard.x}, shard.y, shard.cache);
      tsattn::set_zero(shard.gradients);
      layer_.backward({&shard.x}, shard.y, shard.dy, shard.cache, shard.gradients, {});
    });
    const std::vector<tsattn::NamedTensor<float>>& sums = shards_[0].tensors;
    for (std::size_t i = 1; i < shards_.size(); ++i)
      for (std::size_t tensor = 0; tensor < sums.size(); ++tensor)
        tsattn::kernels::add(sums[tensor].size(), shards_[i].tensors[tensor].data, sums[tensor].data);
    return *sums[0].data;
  }

 private:
  using LayerType =
      decltype(std::declval<Description>().template build<float>(std::declval<const tsattn::BuildContext&>()));

  struct Shard {
    typename LayerType::Gradients gradients;
    tsattn::IndexRange samples;
    tsattn::Sequence<float> x = {}, y = {}, dy = {};
    typename LayerType::Cache cache = {};
    std::vector<tsattn::NamedTensor<float>> tensors = {};  // of the gradients

    Shard(const typename LayerType::Parameters& parameters, const tsattn::IndexRange& range)
        : gradients(parameters), samples(range) {}
  };

  LayerType build(const Description& description, const tsattn::SequenceShape& input) {
    const tsattn::SampleShape shape = input.sample();
    return description.template build<float>({"bench", {&shape, 1}, random_});
  }

  template <class Run>
  void for_each_shard(int threads, const Run& run) {
    tsattn::kernels::parallel_for(static_cast<Index>(shards_.size()), threads, [&](Index i) {
      Shard& shard = shards_[static_cast<std::size_t>(i)];
      shard.x.resize({x_.time(), shard.samples.size(), x_.features()});
      for (Index t = 0; t < x_.time(); ++t)
        std::copy_n(x_.step_data(t) + shard.samples.begin * x_.features(), shard.samples.size() * x_.features(),
                    shard.x.step_data(t));
      run(shard);
    });
  }

  tsattn::Random random_;
  LayerType layer_;
  tsattn::Sequence<float> x_;
  std::vector<Shard> shards_;
};

}  // namespace peers
