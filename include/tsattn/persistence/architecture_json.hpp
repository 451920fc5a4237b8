#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/persistence/layer_registry.hpp>

/// The architecture of a model as JSON, in model files and written by hand:
///   {"inputs": [{"name": "x", "features": 3}],
///    "layers": [{"kind": "lstm", "units": 32}, {"kind": "attention_pooling"}, {"kind": "dense", "units": 1}],
///    "output": "dense"}
/// Every key is described in docs/model_file.md.
namespace tsattn {

/// How a model is made from its architecture.
struct ArchitectureOptions {
  std::uint64_t seed = 0;  ///< of the initial weights
  std::optional<Initialization> initialization =
      {};  ///< of every layer; none: as the JSON says, or each layer's default
  /// Integer options above this are refused.
  Index largest_size = (std::numeric_limits<std::int32_t>::max)();
  /// More weights in all layers together are refused before the layer is built with which there would be more, and so
  /// is a layer that does not declare how many it has (layers/weight_count.hpp). None: any number.
  std::optional<Index> most_weights = {};
};

/// Returns the architecture of `model`. Initial weights are no part of it. Throws ConfigError if there is no layer or a
/// layer's description does not list its options.
template <class S>
nlohmann::ordered_json to_json(const Graph<S>& model);

/// Builds the model that `json` describes. Throws ConfigError, beginning with `where` and naming the layer, if it
/// describes none.
template <class S>
Graph<S> graph_from_json(std::string where, const nlohmann::json& json, const ArchitectureOptions& options = {},
                         const LayerRegistry<S>& registry = LayerRegistry<S>::standard());

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/persistence/architecture_json.inl>
#endif
