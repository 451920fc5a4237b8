#pragma once

#include <bit>
#include <cstddef>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

template <class S>
Graph<S>::Graph(std::uint64_t seed) : random_(seed) {}

template <class S>
Graph<S>::Graph(const Graph&) = default;

template <class S>
Graph<S>::Graph(Graph&&) noexcept = default;

template <class S>
Graph<S>& Graph<S>::operator=(const Graph&) = default;

template <class S>
Graph<S>& Graph<S>::operator=(Graph&&) noexcept = default;

template <class S>
Graph<S>::~Graph() = default;

template <class S>
Stream<S> Graph<S>::stream(const StreamOptions& options) const {
  return Stream<S>::of(*this, options);
}

template <class S>
NodeId Graph<S>::add_layer(std::string name, std::string_view kind, std::optional<std::vector<Option>> options,
                           std::span<const NodeId> inputs, const Described& description) {
  name = unused_name(std::move(name), kind);
  std::vector<SampleShape> shapes;
  bool has_trained_ancestor = false;
  for (const NodeId input : inputs) {
    const Node& source = node(input);
    shapes.push_back(shape(input));
    has_trained_ancestor = has_trained_ancestor || source.has_trained_ancestor;
  }
  const std::string where = name + ", layer " + std::to_string(layer_count() + 1);
  Random random = random_;
  Random own_random = random.split();
  AnyLayer<S> layer = description.build(description.self, BuildContext{where, shapes, own_random});
  random_ = random;
  const SampleShape own_shape = layer.output_shape(shapes);
  std::vector<FurtherValue> further;
  for (const std::string_view value : layer.further_values())
    further.push_back({std::string(value), layer.further_shape(static_cast<Index>(further.size()), shapes)});
  has_trained_ancestor = has_trained_ancestor || layer.parameter_count() > 0;
  Node added{std::move(name), std::string(kind), {inputs.begin(), inputs.end()},
             own_shape,       std::move(layer),  has_trained_ancestor};
  added.further = std::move(further);
  added.options = std::move(options);
  added.weight_count = description.weight_count(description.self, shapes);
  if (added.weight_count.value_or(added.layer->parameter_count()) != added.layer->parameter_count())
    fail<ConfigError>(where, "expected a description whose weight_count is the number of weights that its layer has, ",
                      added.layer->parameter_count(), ", got ", *added.weight_count);
  return append(std::move(added));
}

template <class S>
NodeId Graph<S>::input(const SampleShape& shape, std::string name) {
  name = unused_name(std::move(name), "x");
  require_positive(name, "features", shape.features);
  if (shape.time != kAnyTime) require_positive(name, "time", shape.time);
  return append({std::move(name), "input", {}, shape, std::nullopt, false});
}

template <class S>
void Graph<S>::set_output(NodeId id) {
  if (!node(id).layer) fail<ConfigError>("Graph::set_output", "expected a layer, got the input ", node(id).name);
  if (id.value != 0)
    fail<ConfigError>("Graph::set_output", "expected the output of a layer, got its further value ", name(id));
  output_ = id;
}

template <class S>
SampleShape Graph<S>::output_shape(std::span<const SampleShape> inputs) const {
  if (inputs.size() != inputs_.size())
    fail<ShapeError>("Graph::output_shape", "expected ", inputs_.size(), " shapes, one for each input, got ",
                     inputs.size());
  std::vector<SampleShape> shapes;
  std::vector<std::vector<SampleShape>> sources(nodes_.size());
  auto next_input = inputs.begin();
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    for (const NodeId id : nodes_[n].inputs) {
      const auto source = static_cast<std::size_t>(id.index);
      sources[n].push_back(id.value == 0 ? shapes[source]
                                         : nodes_[source].layer->further_shape(id.value - 1, sources[source]));
    }
    shapes.push_back(nodes_[n].layer ? nodes_[n].layer->output_shape(sources[n]) : *next_input++);
  }
  node(output_);
  return shapes[static_cast<std::size_t>(output_.index)];
}

template <class S>
auto Graph<S>::node(NodeId id) const -> const Node& {
  if (id.index < 0 || id.index >= static_cast<Index>(nodes_.size()))
    fail<ConfigError>("Graph", "expected a node of this graph, of ", nodes_.size(), " nodes, got node ", id.index);
  const Node& found = nodes_[static_cast<std::size_t>(id.index)];
  if (id.value < 0 || id.value > static_cast<Index>(found.further.size()))
    fail<ConfigError>("Graph", "expected a value of the node ", found.name, ", which has ", found.further.size(),
                      " beside its output, got value ", id.value);
  return found;
}

template <class S>
NodeId Graph<S>::value(NodeId id, std::string_view name) const {
  const Node& giver = node(id);
  std::string names;
  for (std::size_t i = 0; i < giver.further.size(); ++i) {
    if (giver.further[i].name == name) return {id.index, static_cast<Index>(i) + 1};
    names.append(i == 0 ? "" : ", ").append(giver.further[i].name);
  }
  fail<ConfigError>("Graph::value", "expected ", names.empty() ? "a layer with further values" : "one of " + names,
                    ", got \"", name, "\" of ", giver.name, names.empty() ? ", which gives its output alone" : "");
}

template <class S>
const SampleShape& Graph<S>::shape(NodeId id) const {
  const Node& found = node(id);
  return id.value == 0 ? found.shape : found.further[static_cast<std::size_t>(id.value - 1)].shape;
}

template <class S>
std::string Graph<S>::name(NodeId id) const {
  const Node& found = node(id);
  return id.value == 0 ? found.name : found.name + '.' + found.further[static_cast<std::size_t>(id.value - 1)].name;
}

template <class S>
NodeId Graph<S>::find(std::string_view name) const {
  if (const std::size_t dot = name.find('.'); dot != std::string_view::npos)
    return value(find(name.substr(0, dot)), name.substr(dot + 1));
  std::string names;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].name == name) return {static_cast<Index>(i)};
    names.append(names.empty() ? "" : ", ").append(nodes_[i].name);
  }
  fail<ConfigError>("Graph::find", "expected one of the nodes ", names, ", got \"", name, '"');
}

template <class S>
std::vector<NamedTensor<S>> Graph<S>::parameters() {
  std::vector<NamedTensor<S>> list;
  for (Node& node : nodes_)
    if (node.layer) node.layer->append_parameters(node.name + '.', list);
  return list;
}

template <class S>
std::vector<NamedTensor<const S>> Graph<S>::parameters() const {
  std::vector<NamedTensor<const S>> list;
  for (const Node& node : nodes_)
    if (node.layer) node.layer->append_parameters(node.name + '.', list);
  return list;
}

template <class S>
Index Graph<S>::parameter_count() const {
  Index count = 0;
  for (const Node& node : nodes_)
    if (node.layer) count += node.layer->parameter_count();
  return count;
}

template <class S>
const Sequence<S>& Graph<S>::forward(Inputs<S> x, Workspace<S>& workspace) const {
  return run(x, workspace, &AnyLayer<S>::forward);
}

template <class S>
const Sequence<S>& Graph<S>::infer(Inputs<S> x, Workspace<S>& workspace) const {
  return run(x, workspace, &AnyLayer<S>::infer);
}

template <class S>
Sequence<S> Graph<S>::predict(Inputs<S> x) const {
  Workspace<S> workspace(*this);
  return infer(x, workspace);
}

template <class S>
void Graph<S>::backward(Inputs<S> x, const Sequence<S>& dy, Workspace<S>& workspace, InputGradients<S> d_inputs) const {
  require_own(workspace);
  auto& slots = workspace.slots_;
  require_same_inputs(x, workspace);
  require_shape("Graph::backward", "dy", dy, slots[static_cast<std::size_t>(output_.index)].output.shape());
  for (auto& slot : slots) {
    slot.is_reached = false;
    for (auto& value : slot.further) value.is_reached = false;
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    slot_of(workspace, inputs_[i]).wanted = d_inputs[static_cast<Index>(i)];
  slot_of(workspace, output_).gradient = dy;
  slot_of(workspace, output_).is_reached = true;

  for (std::size_t n = nodes_.size(); n-- > 0;) {
    const Node& node = nodes_[n];
    auto& slot = slots[n];
    if (!node.layer || !slot.is_any_reached()) continue;
    if (!slot.is_reached) {  // a further value alone is
      slot.gradient.resize(slot.output.shape());
      slot.gradient.fill(0);
    }
    for (std::size_t i = 0; i < slot.further.size(); ++i)
      slot.d_further[i] = slot.further[i].is_reached ? &slot.further[i].gradient : nullptr;
    gather_inputs(node, x, workspace, slot.inputs);
    // The first gradient that reaches a node is written in its place, every further one beside it and then added.
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      auto& source = value_of(workspace, node.inputs[i]);
      slot.d_inputs[i] = nullptr;
      if (!is_wanted(node.inputs[i], source.wanted != nullptr, d_inputs)) continue;
      slot.d_inputs[i] = source.is_reached ? &slot.further_gradients[i] : source.target();
      slot.is_further[i] = source.is_reached;
      source.is_reached = true;
    }
    node.layer->backward(std::span<const Sequence<S>* const>(slot.inputs), slot.output, slot.gradient, *slot.run,
                         std::span<Sequence<S>* const>(slot.d_inputs),
                         std::span<const Sequence<S>* const>(slot.d_further));
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (slot.d_inputs[i] != nullptr && slot.is_further[i])
        value_of(workspace, node.inputs[i]).target()->flat() += slot.further_gradients[i].flat();
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i) {  // an input that leads nowhere
    auto& slot = slot_of(workspace, inputs_[i]);
    if (slot.wanted == nullptr || slot.is_reached) continue;
    slot.wanted->resize(x[static_cast<Index>(i)].shape());
    slot.wanted->fill(0);
  }
}

template <class S>
NodeId Graph<S>::append(Node node) {
  const NodeId id{static_cast<Index>(nodes_.size())};
  names_.insert(node.name);
  std::uint64_t added = node.layer ? node.layer->fingerprint() : 0;
  for (const NodeId input : node.inputs) {
    added = added * 31 + static_cast<std::uint64_t>(input.index * 8 + input.value + 1);
    if (input.value > 0)
      nodes_[static_cast<std::size_t>(input.index)].further[static_cast<std::size_t>(input.value - 1)].is_read = true;
  }
  fingerprint_ = (std::rotl(fingerprint_, 5) ^ added) * 0x9E3779B97F4A7C15U + 1;
  nodes_.push_back(std::move(node));
  if (nodes_.back().layer) {
    output_ = id;
  } else {
    inputs_.push_back(id);
  }
  return id;
}

template <class S>
std::string Graph<S>::unused_name(std::string name, std::string_view kind) {
  if (name.find('.') != std::string::npos)
    fail<ConfigError>("Graph::add", "expected a name without a dot, which parts node and tensor, got \"", name, '"');
  if (!name.empty()) {
    if (names_.contains(name))
      fail<ConfigError>("Graph::add", "the name \"", name, "\" is in use; names must be unique");
    return name;
  }
  name = kind;
  if (!names_.contains(name)) return name;
  int& number = next_number_.try_emplace(name, 2).first->second;
  while (names_.contains(name = std::string(kind) + '_' + std::to_string(number))) ++number;
  return name;
}

template <class S>
void Graph<S>::require_own(const Workspace<S>& workspace) const {
  if (workspace.fingerprint_ == fingerprint_) return;
  if (workspace.slots_.size() != nodes_.size())
    fail<ConfigError>("Graph", "expected a workspace made from this model as it is now, with ", nodes_.size(),
                      " nodes, got one for ", workspace.slots_.size(), " nodes");
  fail<ConfigError>("Graph", "expected a workspace made from this model or a copy of it, got one of another model");
}

template <class S>
void Graph<S>::gather_inputs(const Node& node, Inputs<S> x, Workspace<S>& workspace,
                             std::vector<const Sequence<S>*>& inputs) const {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const NodeId id = node.inputs[i];
    inputs[i] = &value_of(workspace, id).output;
    for (std::size_t j = 0; j < inputs_.size(); ++j)
      if (inputs_[j] == id) inputs[i] = &x[static_cast<Index>(j)];
  }
}

template <class S>
void Graph<S>::require_same_inputs(Inputs<S> x, Workspace<S>& workspace) const {
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const SequenceShape& last = slot_of(workspace, inputs_[i]).input_shape;
    require_shape("Graph::backward", "the input of the forward before", x[static_cast<Index>(i)], last);
  }
}

template <class S>
void Graph<S>::require_model_inputs(Inputs<S> x) const {
  if (layer_count() == 0) fail<ConfigError>("Graph", "the model has no layer");
  if (x.count() != static_cast<Index>(inputs_.size()))
    fail<ShapeError>("Graph", "expected ", inputs_.size(), inputs_.size() == 1 ? " input" : " inputs", ", got ",
                     x.count());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const Node& input = node(inputs_[i]);
    const SequenceShape& found = x[static_cast<Index>(i)].shape();
    if (found.features != input.shape.features || (input.shape.time != kAnyTime && found.time != input.shape.time))
      fail<ShapeError>("Graph", "expected the input ", input.name, " with ", input.shape, ", got ", found);
  }
}

template <class S>
bool Graph<S>::is_wanted(NodeId id, bool caller_wants, const InputGradients<S>& d_inputs) const {
  const Node& source = nodes_[static_cast<std::size_t>(id.index)];
  if (!source.layer) return caller_wants;
  if (source.has_trained_ancestor) return true;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (d_inputs[static_cast<Index>(i)] != nullptr) return true;
  return false;
}

template <class S>
const Sequence<S>& Graph<S>::run(Inputs<S> x, Workspace<S>& workspace, RunLayer run_layer) const {
  require_own(workspace);
  require_model_inputs(x);
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    slot_of(workspace, inputs_[i]).input_shape = x[static_cast<Index>(i)].shape();
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    if (!node.layer) continue;
    auto& slot = workspace.slots_[n];
    gather_inputs(node, x, workspace, slot.inputs);
    (*node.layer.*run_layer)(std::span<const Sequence<S>* const>(slot.inputs), slot.output, *slot.run);
    for (std::size_t i = 0; i < slot.further.size(); ++i)
      if (node.further[i].is_read) node.layer->further_value(static_cast<Index>(i), *slot.run, slot.further[i].output);
  }
  return workspace.output(output_);
}

TSATTN_LIBRARY_INSTANCE(class Graph);

}  // namespace tsattn
