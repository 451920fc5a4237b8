#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/options.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

/// The layers that model files can name, by their kinds. One of your own, whose description lists its options
/// (core/options.hpp), joins by `registry.add<MyLayer>()`.
template <class S>
class LayerRegistry {
 public:
  /// A layer as a file describes it.
  struct Request {
    std::string where;  ///< for messages
    std::string kind, name;
    std::vector<Option> options;
    std::optional<Initialization> initialization;
    std::vector<NodeId> inputs;
    /// The most features that a layer with weights may read; a layer without them needs no memory for any number.
    Index most_features = (std::numeric_limits<Index>::max)();
  };

  /// Every layer of the library.
  static LayerRegistry standard() {
    LayerRegistry registry;
    registry.add<Dense>().template add<Rnn>().template add<Lstm>().template add<Gru>();
    registry.add<Bidirectional<Rnn>>().template add<Bidirectional<Lstm>>().template add<Bidirectional<Gru>>();
    registry.add<Attention>().template add<AttentionPooling>().template add<Activation>().template add<Dropout>();
    registry.add<LayerNorm>()
        .template add<LastStep>()
        .template add<Concatenate>()
        .template add<Add>()
        .template add<Segments>();
    return registry;
  }

  /// A layer of the same kind is replaced.
  template <LayerDescription<S> Description>
  requires ListsOptions<Description> LayerRegistry& add() {
    builders_[std::string(Description::kKind)] = [](Graph<S>& graph, const Request& request) {
      Description description;
      for (const Option& option : request.options) set_option(request.where, description, option);
      description.name = request.name;
      if (request.initialization) set_initialization(description, *request.initialization);
      if (has_initialization(description)) require_few_features(graph, request);
      return graph.add(description, std::span<const NodeId>(request.inputs));
    };
    return *this;
  }

  /// Adds the layer to `graph`. Throws ConfigError for an unknown kind or option, and what the layer's build throws.
  NodeId build(Graph<S>& graph, const Request& request) const {
    const auto builder = builders_.find(request.kind);
    if (builder == builders_.end()) {
      std::string kinds;
      for (const auto& [kind, unused] : builders_) kinds.append(kinds.empty() ? "" : ", ").append(kind);
      fail<ConfigError>(request.where, "expected one of the kinds ", kinds, ", got \"", request.kind,
                        "\"; a layer of your own joins by LayerRegistry::add");
    }
    return builder->second(graph, request);
  }

 private:
  /// Layers without weights have no such option.
  template <class Description>
  static constexpr bool has_initialization(const Description& description) {
    constexpr bool has_own = requires { description.initialization; };
    constexpr bool has_inside = requires { description.layer.initialization; };
    return has_own || has_inside;
  }
  template <class Description>
  static void set_initialization(Description& description, Initialization initialization) {
    if constexpr (requires { description.initialization; }) description.initialization = initialization;
    if constexpr (requires { description.layer.initialization; }) description.layer.initialization = initialization;
  }

  static void require_few_features(const Graph<S>& graph, const Request& request) {
    for (const NodeId input : request.inputs)
      if (graph.shape(input).features > request.most_features)
        fail<ConfigError>(request.where, "expected inputs of at most ", request.most_features, " features, got ",
                          graph.shape(input));
  }

  std::map<std::string, std::function<NodeId(Graph<S>&, const Request&)>> builders_;
};

}  // namespace tsattn
