#pragma once

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

#include <tsattn/core/compiled.hpp>
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
/// in a Workspace, one per thread of work. Where paths part, the gradients add. A graph is a value: copying a model
/// copies its weights.
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
  explicit Graph(std::uint64_t seed = 0);
  Graph(const Graph&);
  Graph(Graph&&) noexcept;
  Graph& operator=(const Graph&);
  Graph& operator=(Graph&&) noexcept;
  ~Graph();

  /// Adds an input to the model. Throws ConfigError for sizes below 1 or a name in use.
  NodeId input(const SampleShape& shape, std::string name = {});

  /// Builds the described layer on the outputs of `inputs` and adds it. Throws ShapeError or ConfigError, naming the
  /// layer, if they do not fit; the graph is unchanged then.
  template <LayerDescription<S> Description>
  NodeId add(const Description& description, std::span<const NodeId> inputs) {
    std::optional<std::vector<Option>> options;
    if constexpr (ListsOptions<const Description>) options = options_of(description);
    const auto build = [](const void* self, const BuildContext& context) {
      return AnyLayer<S>(static_cast<const Description*>(self)->template build<S>(context));
    };
    const auto weight_count = [](const void* self, std::span<const SampleShape> shapes) {
      return weight_count_of<S>(*static_cast<const Description*>(self), shapes);
    };
    const Described described{&description, build, weight_count};
    return add_layer(description.name, Description::kKind, std::move(options), inputs, described);
  }
  template <LayerDescription<S> Description>
  NodeId add(const Description& description, std::initializer_list<NodeId> inputs) {
    return add(description, std::span<const NodeId>(inputs.begin(), inputs.size()));
  }

  /// Makes the layer `id` the output of the model. Throws ConfigError if it is an input, or no node of this graph.
  void set_output(NodeId id);
  NodeId output() const { return output_; }
  /// Returns the shape of one sample of the output. Throws ConfigError if the graph is empty.
  const SampleShape& output_shape() const { return node(output_).shape; }
  /// Returns that shape when the inputs of the model have the shapes `inputs`, which settles times that are not fixed.
  /// Throws ShapeError unless there is one shape for each input.
  SampleShape output_shape(std::span<const SampleShape> inputs) const;

  const std::vector<Node>& nodes() const { return nodes_; }
  /// A hash of the layers' types and of the sizes of their weights. Graphs that share it share workspaces.
  std::uint64_t fingerprint() const { return fingerprint_; }
  /// Throws ConfigError if `id` is not a node of this graph.
  const Node& node(NodeId id) const;
  /// What the layer `id` gives beside its output, by its name, as an input of other layers: value(encoder, "c"). Throws
  /// ConfigError, listing the names, if it gives no such thing.
  NodeId value(NodeId id, std::string_view name) const;
  /// The shape of one sample of what `id` names. Throws ConfigError as `node`.
  const SampleShape& shape(NodeId id) const;
  /// The name of what `id` names: "encoder", or "encoder.c". Throws ConfigError as `node`.
  std::string name(NodeId id) const;
  /// The node with that name, or the further value of one ("encoder.c"). Throws ConfigError, listing the names, if
  /// there is none.
  NodeId find(std::string_view name) const;
  /// The inputs of the model, in the order in which runs take them.
  const std::vector<NodeId>& inputs() const { return inputs_; }

  /// Lists every weight, named "node.tensor". The views stay valid until the graph is copied to, moved or destroyed.
  std::vector<NamedTensor<S>> parameters();
  std::vector<NamedTensor<const S>> parameters() const;
  Index parameter_count() const;

  /// Runs the model on `x`, one Sequence per input, and returns its output, which lives in the workspace. Afterwards
  /// `backward` may be called, with the same `x`. Throws ShapeError if an input does not fit, ConfigError if the
  /// workspace belongs to another model.
  const Sequence<S>& forward(Inputs<S> x, Workspace<S>& workspace) const;

  /// Returns the output that `forward` does, without keeping what only `backward` needs.
  const Sequence<S>& infer(Inputs<S> x, Workspace<S>& workspace) const;

  /// Returns the output for `x`, by a workspace of its own.
  Sequence<S> predict(Inputs<S> x) const;

  /// Makes of the model something that takes one step at a time. Throws ConfigError, naming the layer, if it cannot:
  /// for several inputs, layers that look ahead, attention without attention_steps and with an input of any number of
  /// steps.
  Stream<S> stream(const StreamOptions& options = {}) const;

  /// After `forward(x, workspace)`: with `dy` = dL/d(output), ADDS the gradients of all weights to those in the
  /// workspace and ASSIGNS those of the inputs to `d_inputs`, of which null pointers decline. Throws ShapeError if dy
  /// does not have the output's shape.
  void backward(Inputs<S> x, const Sequence<S>& dy, Workspace<S>& workspace, InputGradients<S> d_inputs = {}) const;

 private:
  /// A description of any type, so that adding it is compiled once for all.
  struct Described {
    const void* self;
    AnyLayer<S> (*build)(const void* self, const BuildContext& context);
    std::optional<SaturatedCount> (*weight_count)(const void* self, std::span<const SampleShape> shapes);
  };

  NodeId add_layer(std::string name, std::string_view kind, std::optional<std::vector<Option>> options,
                   std::span<const NodeId> inputs, const Described& description);

  Index layer_count() const { return static_cast<Index>(nodes_.size() - inputs_.size()); }

  NodeId append(Node node);

  /// The name asked for, or, if there is none, `kind`, `kind`_2, ...
  std::string unused_name(std::string name, std::string_view kind);

  static auto& slot_of(Workspace<S>& workspace, NodeId id) {
    return workspace.slots_[static_cast<std::size_t>(id.index)];
  }
  static auto& value_of(Workspace<S>& workspace, NodeId id) { return slot_of(workspace, id).value(id.value); }

  /// Whether backward needs the gradient of what `id` names; for an input of the model, whether the caller does.
  bool is_wanted(NodeId id, bool caller_wants, const InputGradients<S>& d_inputs) const;

  void require_own(const Workspace<S>& workspace) const;

  void gather_inputs(const Node& node, Inputs<S> x, Workspace<S>& workspace,
                     std::vector<const Sequence<S>*>& inputs) const;

  /// Throws ShapeError unless x has the shapes of the run that the workspace holds.
  void require_same_inputs(Inputs<S> x, Workspace<S>& workspace) const;

  void require_model_inputs(Inputs<S> x) const;

  using RunLayer = void (AnyLayer<S>::*)(Inputs<S> inputs, Sequence<S>& y, LayerRun<S>& run) const;
  const Sequence<S>& run(Inputs<S> x, Workspace<S>& workspace, RunLayer run_layer) const;

  std::vector<Node> nodes_;
  std::vector<NodeId> inputs_;
  std::set<std::string> names_;             // of all nodes
  std::map<std::string, int> next_number_;  // by kind: all smaller ones are in use. Nothing is ever removed.
  NodeId output_;
  std::uint64_t fingerprint_ = 0;  // of all nodes: what a workspace must fit
  Random random_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/model/graph.inl>
#endif
