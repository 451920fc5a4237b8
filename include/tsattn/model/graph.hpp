#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/layers/weight_count.hpp>
#include <tsattn/model/any_layer.hpp>
#include <tsattn/model/node.hpp>
#include <tsattn/model/stream.hpp>
#include <tsattn/model/workspace.hpp>

namespace tsattn {

/// A model: named nodes, each an input of the model or a layer with one input or more, in an order in which every node
/// comes after those it reads. The graph owns layers and weights and is const while it runs: everything a run writes is
/// in a Workspace, one per thread of work. Where paths part, the gradients add. A value: copying a model copies its
/// weights.
///
///   Graph<float> model(/*seed=*/1);
///   const NodeId x = model.input({.features = 3});
///   const NodeId h = model.add(Lstm{64}, {x});
///   const NodeId context = model.add(Attention{}, {model.add(LastStep{}, {h}), h, h});
///   model.add(Dense{1}, {context});
///
/// Some layers give more than their output, and others may read it:
///   model.add(Lstm{64}, {y, model.value(encoder, "h"), model.value(encoder, "c")});
///
/// The layer added last is the output, until `set_output` names another.
template <class S>
class Graph {
 public:
  using Scalar = S;

  using Node = tsattn::Node<S>;

  /// Every layer draws its initial weights from a generator of its own, split from one with this seed.
  explicit Graph(std::uint64_t seed = 0) : random_(seed) {}

  /// A new input of the model. Throws ConfigError for sizes below 1 or a name in use.
  NodeId input(const SampleShape& shape, std::string name = {}) {
    name = unused_name(std::move(name), "x");
    require_positive(name, "features", shape.features);
    if (shape.time != kAnyTime) require_positive(name, "time", shape.time);
    return append({std::move(name), "input", {}, shape, std::nullopt, false});
  }

  /// Builds the described layer on the outputs of `inputs` and adds it. Throws ShapeError or ConfigError, naming the
  /// layer, if they do not fit; the graph is unchanged then.
  template <LayerDescription<S> Description>
  NodeId add(const Description& description, std::span<const NodeId> inputs) {
    std::string name = unused_name(description.name, Description::kKind);
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
    AnyLayer<S> layer(description.template build<S>(BuildContext{where, shapes, own_random}));
    random_ = random;
    const SampleShape own_shape = layer.output_shape(shapes);
    std::vector<FurtherValue> further;
    for (const std::string_view value : layer.further_values())
      further.push_back({std::string(value), layer.further_shape(static_cast<Index>(further.size()), shapes)});
    has_trained_ancestor = has_trained_ancestor || layer.parameter_count() > 0;
    Node added{std::move(name),
               std::string(Description::kKind),
               {inputs.begin(), inputs.end()},
               own_shape,
               std::move(layer),
               has_trained_ancestor};
    added.further = std::move(further);
    if constexpr (ListsOptions<const Description>) added.options = options_of(description);
    added.weight_count = weight_count_of<S>(description, shapes);
    if (added.weight_count.value_or(added.layer->parameter_count()) != added.layer->parameter_count())
      fail<ConfigError>(where,
                        "expected a description whose weight_count is the number of weights that its layer has, ",
                        added.layer->parameter_count(), ", got ", *added.weight_count);
    return append(std::move(added));
  }
  template <LayerDescription<S> Description>
  NodeId add(const Description& description, std::initializer_list<NodeId> inputs) {
    return add(description, std::span<const NodeId>(inputs.begin(), inputs.size()));
  }

  /// Makes the layer `id` the output of the model. Throws ConfigError if it is an input, or no node of this graph.
  void set_output(NodeId id) {
    if (!node(id).layer) fail<ConfigError>("Graph::set_output", "expected a layer, got the input ", node(id).name);
    if (id.value != 0)
      fail<ConfigError>("Graph::set_output", "expected the output of a layer, got its further value ", name(id));
    output_ = id;
  }
  NodeId output() const { return output_; }
  /// The shape of one sample of the output. Throws ConfigError if the graph is empty.
  const SampleShape& output_shape() const { return node(output_).shape; }
  /// The same when the inputs of the model have the shapes `inputs`, which settles times that are not fixed. Throws
  /// ShapeError unless there is one shape for each input.
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
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

  const std::vector<Node>& nodes() const { return nodes_; }
  /// A hash of the layers' types and of the sizes of their weights. Graphs that share it share workspaces.
  std::uint64_t fingerprint() const { return fingerprint_; }
  /// Throws ConfigError if `id` is not a node of this graph.
  const Node& node(NodeId id) const {
    if (id.index < 0 || id.index >= static_cast<Index>(nodes_.size()))
      fail<ConfigError>("Graph", "expected a node of this graph, of ", nodes_.size(), " nodes, got node ", id.index);
    const Node& found = nodes_[static_cast<std::size_t>(id.index)];
    if (id.value < 0 || id.value > static_cast<Index>(found.further.size()))
      fail<ConfigError>("Graph", "expected a value of the node ", found.name, ", which has ", found.further.size(),
                        " beside its output, got value ", id.value);
    return found;
  }
  /// What the layer `id` gives beside its output, by its name, as an input of other layers: value(encoder, "c"). Throws
  /// ConfigError, listing the names, if it gives no such thing.
  NodeId value(NodeId id, std::string_view name) const {
    const Node& giver = node(id);
    std::string names;
    for (std::size_t i = 0; i < giver.further.size(); ++i) {
      if (giver.further[i].name == name) return {id.index, static_cast<Index>(i) + 1};
      names.append(i == 0 ? "" : ", ").append(giver.further[i].name);
    }
    fail<ConfigError>("Graph::value", "expected ", names.empty() ? "a layer with further values" : "one of " + names,
                      ", got \"", name, "\" of ", giver.name, names.empty() ? ", which gives its output alone" : "");
  }
  /// The shape of one sample of what `id` names. Throws ConfigError as `node`.
  const SampleShape& shape(NodeId id) const {
    const Node& found = node(id);
    return id.value == 0 ? found.shape : found.further[static_cast<std::size_t>(id.value - 1)].shape;
  }
  /// The name of what `id` names: "encoder", or "encoder.c". Throws ConfigError as `node`.
  std::string name(NodeId id) const {
    const Node& found = node(id);
    return id.value == 0 ? found.name : found.name + '.' + found.further[static_cast<std::size_t>(id.value - 1)].name;
  }
  /// The node with that name, or the further value of one ("encoder.c"). Throws ConfigError, listing the names, if
  /// there is none.
  NodeId find(std::string_view name) const {
    if (const std::size_t dot = name.find('.'); dot != std::string_view::npos)
      return value(find(name.substr(0, dot)), name.substr(dot + 1));
    std::string names;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].name == name) return {static_cast<Index>(i)};
      names.append(names.empty() ? "" : ", ").append(nodes_[i].name);
    }
    fail<ConfigError>("Graph::find", "expected one of the nodes ", names, ", got \"", name, '"');
  }
  /// The inputs of the model, in the order in which runs take them.
  const std::vector<NodeId>& inputs() const { return inputs_; }

  /// Every weight, named "node.tensor". The views stay valid until the graph is copied to, moved or destroyed.
  std::vector<NamedTensor<S>> parameters() {
    std::vector<NamedTensor<S>> list;
    for (Node& node : nodes_)
      if (node.layer) node.layer->append_parameters(node.name + '.', list);
    return list;
  }
  std::vector<NamedTensor<const S>> parameters() const {
    std::vector<NamedTensor<const S>> list;
    for (const Node& node : nodes_)
      if (node.layer) node.layer->append_parameters(node.name + '.', list);
    return list;
  }
  Index parameter_count() const {
    Index count = 0;
    for (const Node& node : nodes_)
      if (node.layer) count += node.layer->parameter_count();
    return count;
  }

  /// Runs the model on `x`, one Sequence per input, and returns its output, which lives in the workspace. Afterwards
  /// `backward` may be called, with the same `x`. Throws ShapeError if an input does not fit, ConfigError if the
  /// workspace belongs to another model.
  const Sequence<S>& forward(Inputs<S> x, Workspace<S>& workspace) const {
    return run(x, workspace, [](const AnyLayer<S>& layer, Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& layer_run) {
      layer.forward(inputs, y, layer_run);
    });
  }

  /// The same output, without keeping what only `backward` needs.
  const Sequence<S>& infer(Inputs<S> x, Workspace<S>& workspace) const {
    return run(x, workspace, [](const AnyLayer<S>& layer, Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& layer_run) {
      layer.infer(inputs, y, layer_run);
    });
  }

  /// The output for `x`, by a workspace of its own.
  Sequence<S> predict(Inputs<S> x) const {
    Workspace<S> workspace(*this);
    return infer(x, workspace);
  }

  /// The model as something that takes one step at a time. Throws ConfigError, naming the layer, if it cannot: for
  /// several inputs, layers that look ahead, attention without attention_steps and with an input of any number of
  /// steps.
  Stream<S> stream(const StreamOptions& options = {}) const { return Stream<S>::of(*this, options); }

  /// After `forward(x, workspace)`: with `dy` = dL/d(output), ADDS the gradients of all weights to those in the
  /// workspace and ASSIGNS those of the inputs to `d_inputs`, of which null pointers decline. Throws ShapeError if dy
  /// does not have the output's shape.
  void backward(Inputs<S> x, const Sequence<S>& dy, Workspace<S>& workspace, InputGradients<S> d_inputs = {}) const {
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
        if (!is_wanted(node.inputs[i], source, d_inputs)) continue;
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

 private:
  Index layer_count() const { return static_cast<Index>(nodes_.size() - inputs_.size()); }

  NodeId append(Node node) {
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

  /// The name asked for, or, if there is none, `kind`, `kind`_2, ...
  std::string unused_name(std::string name, std::string_view kind) {
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

  static auto& slot_of(Workspace<S>& workspace, NodeId id) {
    return workspace.slots_[static_cast<std::size_t>(id.index)];
  }
  static auto& value_of(Workspace<S>& workspace, NodeId id) { return slot_of(workspace, id).value(id.value); }

  template <class Value>
  bool is_wanted(NodeId id, const Value& value, const InputGradients<S>& d_inputs) const {
    const Node& source = nodes_[static_cast<std::size_t>(id.index)];
    if (!source.layer) return value.wanted != nullptr;
    if (source.has_trained_ancestor) return true;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (d_inputs[static_cast<Index>(i)] != nullptr) return true;
    return false;
  }

  void require_own(const Workspace<S>& workspace) const {
    if (workspace.fingerprint_ == fingerprint_) return;
    if (workspace.slots_.size() != nodes_.size())
      fail<ConfigError>("Graph", "expected a workspace made from this model as it is now, with ", nodes_.size(),
                        " nodes, got one for ", workspace.slots_.size(), " nodes");
    fail<ConfigError>("Graph", "expected a workspace made from this model or a copy of it, got one of another model");
  }

  void gather_inputs(const Node& node, Inputs<S> x, Workspace<S>& workspace,
                     std::vector<const Sequence<S>*>& inputs) const {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const NodeId id = node.inputs[i];
      inputs[i] = &value_of(workspace, id).output;
      for (std::size_t j = 0; j < inputs_.size(); ++j)
        if (inputs_[j] == id) inputs[i] = &x[static_cast<Index>(j)];
    }
  }

  /// Throws ShapeError unless x has the shapes of the run that the workspace holds.
  void require_same_inputs(Inputs<S> x, Workspace<S>& workspace) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const SequenceShape& last = slot_of(workspace, inputs_[i]).input_shape;
      require_shape("Graph::backward", "the input of the forward before", x[static_cast<Index>(i)], last);
    }
  }

  void require_model_inputs(Inputs<S> x) const {
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

  template <class RunLayer>
  const Sequence<S>& run(Inputs<S> x, Workspace<S>& workspace, const RunLayer& run_layer) const {
    require_own(workspace);
    require_model_inputs(x);
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      slot_of(workspace, inputs_[i]).input_shape = x[static_cast<Index>(i)].shape();
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      const Node& node = nodes_[n];
      if (!node.layer) continue;
      auto& slot = workspace.slots_[n];
      gather_inputs(node, x, workspace, slot.inputs);
      run_layer(*node.layer, std::span<const Sequence<S>* const>(slot.inputs), slot.output, *slot.run);
      for (std::size_t i = 0; i < slot.further.size(); ++i)
        if (node.further[i].is_read)
          node.layer->further_value(static_cast<Index>(i), *slot.run, slot.further[i].output);
    }
    return workspace.output(output_);
  }

  std::vector<Node> nodes_;
  std::vector<NodeId> inputs_;
  std::set<std::string> names_;             // of all nodes
  std::map<std::string, int> next_number_;  // by kind: all smaller ones are in use. Nothing is ever removed.
  NodeId output_;
  std::uint64_t fingerprint_ = 0;  // of all nodes: what a workspace must fit
  Random random_;
};

}  // namespace tsattn
