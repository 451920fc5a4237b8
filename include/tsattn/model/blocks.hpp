#pragma once

#include <string>

#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/model/graph.hpp>

/// The usual ways to use attention over a sequence, each a few layers under one name. `Sequential::add` takes them, and
/// `expand` adds them to a graph after the node `x` and returns the last node. A user's own block needs `expand` only.
namespace tsattn {

/// Every step asks the whole sequence (or, with the causal mask, its past): x [T, B, F] -> [T, B, F].
struct SelfAttention {
  Score score = Score::scaled_dot;
  AttentionMask mask = AttentionMask::none;
  Index units = 0;  ///< A, for the additive score; 0: F
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class S>
  NodeId expand(Graph<S>& graph, NodeId x) const {
    return graph.add(Attention{score, mask, units, initialization, name}, {x, x, x});
  }
};

/// The last step asks the whole sequence: x [T, B, F] -> [1, B, F].
struct LastStepAttention {
  Score score = Score::scaled_dot;
  Index units = 0;  ///< A, for the additive score; 0: F
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class S>
  NodeId expand(Graph<S>& graph, NodeId x) const {
    const NodeId query = graph.add(LastStep{}, {x});
    return graph.add(Attention{score, AttentionMask::none, units, initialization, name}, {query, x, x});
  }
};

/// Luong, Pham & Manning 2015, eq. 5, with the last step h as the query and c its context:
/// tanh(W_c [c ; h]), x [T, B, F] -> [1, B, units].
struct LuongAttention {
  Index units = 0;
  Score score = Score::general;
  Initialization initialization = Initialization::keras;
  std::string name = {};  ///< of the attention layer

  template <class S>
  NodeId expand(Graph<S>& graph, NodeId x) const {
    const NodeId query = graph.add(LastStep{}, {x});
    const NodeId context = graph.add(Attention{score, AttentionMask::none, 0, initialization, name}, {query, x, x});
    const NodeId both = graph.add(Concatenate{}, {context, query});
    const NodeId product = graph.add(Dense{.units = units, .bias = false, .initialization = initialization}, {both});
    return graph.add(Activation{ActivationFunction::tanh}, {product});
  }
};

}  // namespace tsattn
