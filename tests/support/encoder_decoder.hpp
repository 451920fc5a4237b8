#pragma once

#include <cstdint>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::test {

/// An encoder over `history`, and a decoder over `previous` that starts from all of the encoder's states.
template <class S, class Description>
Graph<S> encoder_decoder(Description layer, Index features, Index targets, std::uint64_t seed = 0) {
  Graph<S> model(seed);
  const NodeId history = model.input({.features = features}, "history"),
               previous = model.input({.features = targets}, "previous");
  layer.name = "encoder";
  const NodeId encoder = model.add(layer, {history});
  std::vector<NodeId> inputs{previous};
  for (const FurtherValue& value : model.node(encoder).further) inputs.push_back(model.value(encoder, value.name));
  layer.name = "decoder";
  model.add(Dense{targets}, {model.add(layer, inputs)});
  return model;
}

}  // namespace tsattn::test
