#pragma once

#include <cstddef>
#include <cstdint>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/workspace.hpp>

namespace tsattn {

template <class S>
Workspace<S>::Workspace(const Graph<S>& model) : fingerprint_(model.fingerprint()) {
  for (const auto& node : model.nodes()) {
    Slot& slot = slots_.emplace_back();
    slot.inputs.resize(node.inputs.size());
    slot.d_inputs.resize(node.inputs.size());
    slot.is_further.resize(node.inputs.size());
    slot.further_gradients.resize(node.inputs.size());
    if (!node.layer) continue;
    for (const FurtherValue& value : node.further)
      if (value.is_read) slot.further.resize(node.further.size());
    slot.d_further.resize(slot.further.size());
    slot.run = node.layer->make_run();
    slot.run->append_gradients(node.name + '.', gradients_);
  }
  seed(0);
}

template <class S>
void Workspace<S>::seed(std::uint64_t seed) {
  Random random(seed);
  for (Slot& slot : slots_) {
    const std::uint64_t own = random.bits();
    if (slot.run) slot.run->seed(own);
  }
}

template <class S>
const Sequence<S>& Workspace<S>::output(NodeId id) const {
  const Slot& own = slot(id);
  if (id.value == 0) return own.output;
  if (id.value < 0 || id.value > static_cast<Index>(own.further.size()))
    fail<ConfigError>("Workspace", "expected a further value that a node reads, got ", id.value, " of node ", id.index);
  return own.further[static_cast<std::size_t>(id.value - 1)].output;
}

template <class S>
const Sequence<S>& Workspace<S>::attention_weights(NodeId id) const {
  const LayerRun<S>* run = slot(id).run.get();
  const Sequence<S>* weights = run == nullptr ? nullptr : run->attention_weights();
  if (weights == nullptr) fail<ConfigError>("Workspace", "node ", id.index, " has no attention weights");
  return *weights;
}

template <class S>
void Workspace<S>::zero_gradients() {
  for (const NamedTensor<S>& gradient : gradients_) gradient.flat().setZero();
}

template <class S>
auto Workspace<S>::slot(NodeId id) const -> const Slot& {
  if (id.index < 0 || id.index >= static_cast<Index>(slots_.size()))
    fail<ConfigError>("Workspace", "expected a node of the workspace's model, got node ", id.index);
  return slots_[static_cast<std::size_t>(id.index)];
}

TSATTN_LIBRARY_INSTANCE(class Workspace);

}  // namespace tsattn
