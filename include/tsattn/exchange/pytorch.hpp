#pragma once

#include <tsattn/formats/array.hpp>
#include <tsattn/model/graph.hpp>

namespace tsattn {

/// Sets every weight of `model` to that of a PyTorch module, whose state_dict is `state`: torch.nn.RNN (tanh), LSTM and
/// GRU of any number of layers, one or two directions, with and without bias; Linear; modules of Linear for attention
/// and its pooling; and what a layer of your own says it is (layers/foreign_arrays.hpp). Which array goes where, and
/// how layers find their modules: docs/exchange.md.
///
/// Throws ShapeError, listing every array that is missing, left over, or of another shape; DataError for weights that
/// are not finite; ConfigError for what PyTorch or tsattn does not have (a GRU with its reset before the product, a
/// projection, a layer without a counterpart). The model is unchanged then.
template <class S>
void from_pytorch(const NamedArrays& state, Graph<S>& model);

/// Returns the state_dict of a PyTorch module with the weights of `model`, for load_state_dict(strict=True): every
/// module has the name of its layer and the biases that PyTorch gives it by default. from_pytorch takes it back, bit
/// for bit. Throws ConfigError for what PyTorch does not have.
template <class S>
NamedArrays to_pytorch(const Graph<S>& model);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/exchange/pytorch.inl>
#endif
