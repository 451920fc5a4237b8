#pragma once

#include <tsattn/formats/array.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

/// Sets every weight of `model` to that of a Keras model, whose weights are `state`, as examples/python/keras_to_npz.py
/// writes them: SimpleRNN, LSTM and GRU (tanh and sigmoid), Bidirectional of them, Dense, Attention and
/// AdditiveAttention, and what a layer of your own says it is (layers/foreign_arrays.hpp). Which array goes where, and
/// how layers are found: docs/exchange.md.
///
/// Throws ShapeError, listing every array that is missing, left over, or of another shape; DataError for weights that
/// are not finite; ConfigError for what Keras does not have and for two arrays of one name. The model is unchanged
/// then.
template <class S>
void from_keras(const NamedArrays& state, Graph<S>& model);

/// Returns the weights of `model` under the names and in the shapes that from_keras reads. Throws ConfigError for what
/// Keras does not have, attention with weights among it.
template <class S>
NamedArrays to_keras(const Graph<S>& model);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/exchange/keras.inl>
#endif
