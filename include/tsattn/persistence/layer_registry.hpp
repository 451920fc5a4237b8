#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/core/saturated_count.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/weight_count.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

/// The layers that model files can name, by their kinds. One of your own, whose description lists its options
/// (core/options.hpp), joins by `registry.add<MyLayer>()`.
template <class S>
class LayerRegistry {
 public:
  /// A layer as a file describes it.
  struct Request {
    std::string where = {};  ///< for messages
    std::string kind = {}, name = {};
    std::vector<Option> options = {};
    std::optional<Initialization> initialization = {};
    std::vector<NodeId> inputs = {};
    /// The most weights that the model may have, this layer's and those before together; none: any number. A layer with
    /// more is not built, nor one that does not declare how many it has (layers/weight_count.hpp).
    std::optional<Index> most_weights = {};
    Index weights_before = 0;
  };

  /// Makes the registry of every layer of the library.
  static LayerRegistry standard();

  /// Adds the layer of a description. A layer of the same kind is replaced.
  template <LayerDescription<S> Description>
  requires ListsOptions<Description> LayerRegistry& add() {
    builders_[std::string(Description::kKind)] = [](Graph<S>& graph, const Request& request) {
      Description description;
      for (const Option& option : request.options) set_option(request.where, description, option);
      description.name = request.name;
      if (request.initialization) set_initialization(description, *request.initialization);
      require_few_weights(graph, request, description);
      return graph.add(description, std::span<const NodeId>(request.inputs));
    };
    return *this;
  }

  /// Adds the layer to `graph`. Throws ConfigError for an unknown kind or option, and what the layer's build throws.
  NodeId build(Graph<S>& graph, const Request& request) const;

 private:
  /// Throws ConfigError if the layer would have more weights than there may be, or does not say how many it has.
  template <class Description>
  static void require_few_weights(const Graph<S>& graph, const Request& request, const Description& description) {
    if (!request.most_weights) return;
    std::vector<SampleShape> shapes;
    for (const NodeId input : request.inputs) shapes.push_back(graph.shape(input));
    const std::optional<SaturatedCount> weights = weight_count_of<S>(description, shapes);
    if (!weights)
      fail<ConfigError>(request.where,
                        "expected a layer whose number of weights is known before it is built, got the kind ",
                        request.kind, ", whose description has no member weight_count (layers/weight_count.hpp)");
    const SaturatedCount together = *weights + request.weights_before;
    if (together > *request.most_weights)
      fail<ConfigError>(request.where, "expected layers with at most ", *request.most_weights,
                        " weights together, got ", together, " so far");
  }

  std::map<std::string, std::function<NodeId(Graph<S>&, const Request&)>> builders_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/persistence/layer_registry.inl>
#endif
