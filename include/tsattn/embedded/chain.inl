#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/embedded/chain.hpp>

namespace tsattn::embedded {

namespace chain_parts {

inline constexpr std::string_view kWhere = "embedded";

template <class S>
std::string shown(const Node<S>& node) {
  return node.name + " (" + node.kind + ")";
}

/// The nodes from the model's input, left out, to its output.
template <class S>
std::vector<const Node<S>*> path_of(const Graph<S>& model) {
  if (model.inputs().size() != 1)
    fail<ConfigError>(kWhere, "expected a model with one input, got ", model.inputs().size());
  std::vector<const Node<S>*> path;
  for (const Node<S>* node = &model.node(model.output()); node->layer; node = &model.node(node->inputs[0])) {
    if (node->inputs.size() != 1)
      fail<ConfigError>(kWhere, "expected layers with one input each, got the layer ", shown(*node), " with ",
                        node->inputs.size(), " inputs; run this model in the library");
    if (node->inputs[0].value != 0)
      fail<ConfigError>(kWhere, "expected layers that read the outputs of others, got the layer ", shown(*node),
                        ", which reads ", model.name(node->inputs[0]), "; run this model in the library");
    path.push_back(node);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace chain_parts

template <class S>
ModelChain chain_of(const Graph<S>& model, Index attention_steps) {
  using namespace chain_parts;
  const std::vector<const Node<S>*> path = path_of(model);
  const SampleShape& input = model.node(model.inputs()[0]).shape;
  if (attention_steps < 0) fail<ConfigError>(kWhere, "expected attention steps of at least 1, got ", attention_steps);
  if (attention_steps == 0 && input.time != kAnyTime) attention_steps = input.time;
  ModelChain chain{.inputs = input.features};
  Index features = input.features;
  const Node<S>* end_of_series = nullptr;
  for (const Node<S>* node : path) {
    ChainLayer layer{node->layer->embed({shown(*node), features, attention_steps}), node->name};
    if (layer.reads_series && end_of_series != nullptr)
      fail<ConfigError>(kWhere, "expected the layer ", shown(*node), " to read a series, got the one step that ",
                        shown(*end_of_series), " gives");
    if (layer.ends_series) end_of_series = node;
    if (layer.type.empty()) continue;
    for (const float weight : layer.weights)
      if (!std::isfinite(weight))
        fail<DataError>(kWhere, "expected weights that are finite in float, got ", weight, " in the layer ",
                        shown(*node));
    features = layer.outputs;
    chain.layers.push_back(std::move(layer));
  }
  if (chain.layers.empty())
    fail<ConfigError>(kWhere, "expected a model with a layer that computes something, got none");
  return chain;
}

TSATTN_LIBRARY_FUNCTION_INSTANCE(chain_of);

}  // namespace tsattn::embedded
