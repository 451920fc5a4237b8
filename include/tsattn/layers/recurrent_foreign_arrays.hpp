#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/layers/foreign_arrays.hpp>

namespace tsattn {

/// How Keras holds what a recurrent cell holds; PyTorch holds it as we do.
struct RecurrentNaming {
  std::span<const Index> keras_gates;    ///< where each gate block of ours is in Keras' kernels
  std::string_view keras_bias_fix = {};  ///< where its bias has another shape
};

/// The arrays of a recurrent layer with the tensors w_x [G H, F], w_h [G H, H], and b, b_h, b_hn as RecurrentBias says:
/// those of torch.nn.RNN, LSTM and GRU, or of Keras' SimpleRNN, LSTM and GRU. Throws ConfigError if two biases are to
/// be written for a layer that has one in Keras.
std::vector<ForeignForm> recurrent_foreign_arrays(const ForeignContext& context,
                                                  const std::vector<ForeignTensor>& tensors,
                                                  const RecurrentNaming& naming);

/// Those of a bidirectional layer, whose directions have the arrays `forward` and `backward` and, before the names of
/// their tensors, "forward." and "backward.".
std::vector<ForeignForm> bidirectional_foreign_arrays(const ForeignContext& context,
                                                      const std::vector<ForeignForm>& forward,
                                                      const std::vector<ForeignForm>& backward);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/recurrent_foreign_arrays.inl>
#endif
