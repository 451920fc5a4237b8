#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/parallel.hpp>
#include <tsattn/kernels/sums/sums.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/training/shards.hpp>

namespace peers {

using tsattn::Index;

/// A recurrent layer, run on random numbers as training runs it: the batch is cut into shards, every thread has a cache
/// and gradients, and the gradients of the shards are kept and added in their order. The samples of a shard are copied,
/// as training gathers them. dx is declined: a first layer's input has no use for it.
template <class Description>
class ShardedLayer {
 public:
  ShardedLayer(const Description& description, const tsattn::SequenceShape& input)
      : layer_(build(description, input)), x_(input) {
    // The cut of a model that is this layer.
    const Index weights = tsattn::parameter_count(layer_.parameters());
    const Index count = tsattn::shard_count(input.batch, weights);
    tsattn::fill_uniform(x_.data(), x_.size(), 1, random_);
    shard_gradients_.resize(count, weights);
    for (Index i = 0; i < count; ++i) {
      Shard& shard = shards_.emplace_back();
      shard.samples = tsattn::shard(input.batch, count, i);
      shard.dy.resize({input.time, shard.samples.size(), description.units});
      tsattn::fill_uniform(shard.dy.data(), shard.dy.size(), 1, random_);
    }
  }

  /// Each returns a number of what it has computed.
  float infer(int threads) {
    for_each_shard(threads,
                   [this](Index, Worker& worker) { tsattn::infer(layer_, {&worker.x}, worker.y, worker.cache); });
    return *workers_[0].y.data();
  }
  float train(int threads) {
    for_each_shard(threads, [this](Index i, Worker& worker) {
      const Sequence<float>& dy = shards_[static_cast<std::size_t>(i)].dy;
      layer_.forward({&worker.x}, worker.y, worker.cache);
      tsattn::set_zero(worker.gradients);
      layer_.backward({&worker.x}, worker.y, dy, worker.cache, worker.gradients, {});
      shard_gradients_.keep(i, tsattn::named_tensors<float>(worker.gradients));
    });
    shard_gradients_.sum(tsattn::named_tensors<float>(workers_[0].gradients));
    return *workers_[0].gradients.b.data();
  }

 private:
  using LayerType =
      decltype(std::declval<Description>().template build<float>(std::declval<const tsattn::BuildContext&>()));
  template <class S>
  using Sequence = tsattn::Sequence<S>;

  struct Shard {
    tsattn::IndexRange samples;
    Sequence<float> dy;
  };

  struct Worker {
    typename LayerType::Gradients gradients;
    Sequence<float> x = {}, y = {};
    typename LayerType::Cache cache = {};
  };

  LayerType build(const Description& description, const tsattn::SequenceShape& input) {
    const tsattn::SampleShape shape = input.sample();
    return description.template build<float>({"bench", {&shape, 1}, random_});
  }

  template <class Run>
  void for_each_shard(int threads, const Run& run) {
    const auto count = static_cast<Index>(shards_.size());
    while (static_cast<Index>(workers_.size()) < tsattn::kernels::worker_count(count, threads))
      workers_.push_back({layer_.parameters()});
    tsattn::kernels::parallel_for(count, threads, [&](Index i, Index w) {
      const tsattn::IndexRange& samples = shards_[static_cast<std::size_t>(i)].samples;
      Worker& worker = workers_[static_cast<std::size_t>(w)];
      worker.x.resize({x_.time(), samples.size(), x_.features()});
      for (Index t = 0; t < x_.time(); ++t)
        std::copy_n(x_.step_data(t) + samples.begin * x_.features(), samples.size() * x_.features(),
                    worker.x.step_data(t));
      run(i, worker);
    });
  }

  tsattn::Random random_;
  LayerType layer_;
  tsattn::Sequence<float> x_;
  std::vector<Shard> shards_;
  std::vector<Worker> workers_;
  tsattn::ShardGradients<float> shard_gradients_;
};

}  // namespace peers
