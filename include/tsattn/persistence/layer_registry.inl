#pragma once

#include <string>

#include <tsattn/core/errors.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/persistence/layer_registry.hpp>

namespace tsattn {

template <class S>
LayerRegistry<S> LayerRegistry<S>::standard() {
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

template <class S>
NodeId LayerRegistry<S>::build(Graph<S>& graph, const Request& request) const {
  const auto builder = builders_.find(request.kind);
  if (builder == builders_.end()) {
    std::string kinds;
    for (const auto& [kind, unused] : builders_) kinds.append(kinds.empty() ? "" : ", ").append(kind);
    fail<ConfigError>(request.where, "expected one of the kinds ", kinds, ", got \"", request.kind,
                      "\"; a layer of your own joins by LayerRegistry::add");
  }
  return builder->second(graph, request);
}

TSATTN_LIBRARY_INSTANCE(class LayerRegistry);

}  // namespace tsattn
