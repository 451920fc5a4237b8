#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/model/any_layer.hpp>
#include <tsattn/model/node.hpp>

namespace tsattn {

template <class S>
class Graph;

/// Everything that runs of a model write: outputs, caches, gradients. It belongs to the model it was made from (or a
/// copy of that), grows to the largest batch it has seen, and is used by one thread at a time.
template <class S>
class Workspace {
 public:
  explicit Workspace(const Graph<S>& model);

  /// Decides what layers that draw random numbers (Dropout) will draw in the runs that follow, each layer numbers of
  /// its own. A new workspace has the seed 0.
  void seed(std::uint64_t seed);

  /// Returns what the layer `id` gave out in the last run. (Empty for an input of the model: that is the caller's.) Of
  /// its further values there are those that a node reads; throws ConfigError for others.
  const Sequence<S>& output(NodeId id) const;
  /// Returns the attention weights of the last run [Tq, B, Tk]. Throws ConfigError if the node is no attention layer.
  const Sequence<S>& attention_weights(NodeId id) const;

  /// Lists the gradients of all weights, in the order of Graph::parameters and under the same names.
  const std::vector<NamedTensor<S>>& gradients() const { return gradients_; }
  void zero_gradients();

 private:
  friend class Graph<S>;

  /// A value that comes from a node, its output or a further one.
  struct Value {
    Sequence<S> output;
    Sequence<S> gradient;           // dL/d(output)
    Sequence<S>* wanted = nullptr;  // for an input of the model: where the caller wants that instead
    bool is_reached = false;        // in this backward run, something was written there

    Sequence<S>* target() { return wanted != nullptr ? wanted : &gradient; }
  };

  /// What one node writes.
  struct Slot : Value {
    std::unique_ptr<LayerRun<S>> run;
    SequenceShape input_shape;               // for an input of the model: that of the last run
    std::vector<const Sequence<S>*> inputs;  // the arguments of the layer's call, one each per input, kept so that a
    std::vector<Sequence<S>*> d_inputs;      // run allocates nothing
    std::vector<bool> is_further;            // whether a gradient came there before, so that it is added
    std::vector<Sequence<S>> further_gradients;
    std::vector<Value> further;  // of a layer of whose further values one is read
    std::vector<const Sequence<S>*> d_further;

    Value& value(Index i) { return i == 0 ? *this : further[static_cast<std::size_t>(i - 1)]; }
    bool is_any_reached() const {
      return this->is_reached ||
             std::any_of(further.begin(), further.end(), [](const Value& value) { return value.is_reached; });
    }
  };

  const Slot& slot(NodeId id) const;

  std::uint64_t fingerprint_;  // of the model
  std::vector<Slot> slots_;
  std::vector<NamedTensor<S>> gradients_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/model/workspace.inl>
#endif
