#pragma once

#include <cstdint>
#include <utility>

#include <tsattn/model/graph.hpp>

namespace tsattn {

/// Something that adds several nodes to a graph: a pattern of layers with a name (model/blocks.hpp).
template <class Type, class S>
concept Block = requires(const Type& block, Graph<S>& graph, NodeId x) {
  { block.expand(graph, x) } -> std::same_as<NodeId>;
};

/// A chain: a graph in which every layer reads the one before.
///
///   Sequential<float> model(/*features=*/1);
///   model.add(Lstm{64}).add(AttentionPooling{}).add(Dense{1});
template <class S>
class Sequential : public Graph<S> {
 public:
  /// Makes an empty chain for samples of any number of steps. Throws ConfigError if features < 1.
  explicit Sequential(Index features, std::uint64_t seed = 0) : Sequential(SampleShape{kAnyTime, features}, seed) {}
  explicit Sequential(const SampleShape& input, std::uint64_t seed = 0)
      : Graph<S>(seed), tail_(Graph<S>::input(input)) {}

  /// Adds a layer after the last one. Throws as Graph::add.
  template <LayerDescription<S> Description>
  Sequential& add(const Description& description) {
    tail_ = Graph<S>::add(description, {tail_});
    return *this;
  }

  /// Adds a block of layers after the last one.
  template <Block<S> Type>
  Sequential& add(const Type& block) {
    tail_ = block.expand(static_cast<Graph<S>&>(*this), tail_);
    return *this;
  }

 private:
  NodeId tail_;
};

}  // namespace tsattn
