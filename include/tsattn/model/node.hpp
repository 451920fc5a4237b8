#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/model/any_layer.hpp>

namespace tsattn {

/// A node of a graph, as `Graph::input` and `Graph::add` name it, or what else it gives, as `Graph::value` does.
struct NodeId {
  Index index = -1;
  Index value = 0;  ///< 0: the node's output; i: its further value i - 1

  friend bool operator==(NodeId, NodeId) = default;
};

/// What a layer gives beside its output (layers/layer.hpp).
struct FurtherValue {
  std::string name;
  SampleShape shape;
  bool is_read = false;  // by a node of the graph: nobody computes what nobody reads
};

/// One node: an input of the model, or a layer and where its inputs come from.
template <class S>
struct Node {
  std::string name;
  std::string kind;                                 // "input", or the description's kKind
  std::vector<NodeId> inputs;                       // empty for an input
  SampleShape shape;                                // of the node's output
  std::optional<AnyLayer<S>> layer;                 // none for an input
  bool has_trained_ancestor = false;                // it or a node before it has weights, so backward must reach it
  std::optional<std::vector<Option>> options = {};  // of the description; none if that does not list them
  std::optional<SaturatedCount> weight_count = {};  // of the layer; none if its description does not declare it
  std::vector<FurtherValue> further = {};
};

}  // namespace tsattn
