#pragma once

#include <string>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn::embedded {

/// A layer of a model as a type of an exported header.
struct ChainLayer : EmbeddedLayer {
  std::string name = {};  ///< in the model
};

/// A model that can be embedded.
struct ModelChain {
  Index inputs = 0;  ///< features
  std::vector<ChainLayer> layers = {};
};

/// The layers of a model that can be embedded: one input, each layer reads the one before and has a member `embed`
/// (layers/embedded_layer.hpp). Those that do nothing in inference, step by step (Dropout, LastStep, the identity), are
/// left out. `attention_steps` is how many steps attention looks back on; 0: as many as the input of the model has.
/// Weights of double are rounded.
/// Throws ConfigError, naming the layer, for any other model and for a layer that needs a series where it does not get
/// one; DataError if a weight is no finite float.
template <class S>
ModelChain chain_of(const Graph<S>& model, Index attention_steps = 0);

}  // namespace tsattn::embedded

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/embedded/chain.inl>
#endif
