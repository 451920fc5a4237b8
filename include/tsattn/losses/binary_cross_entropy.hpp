#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// Binary cross-entropy of logits x, over all scalars of the batch: each feature is a question of its own with the
/// answer z, 0 or 1 or a probability in between, and the model's probability p = sigmoid(x). With w = `positive_weight`
///   (1) L = sum (-w z log p - (1 - z) log(1 - p)) / (T B F)
///         = sum ((1 - z) x + (1 + (w - 1) z) (max(-x, 0) + log(1 + e^-|x|))) / (T B F)
///   (2) dx = ((1 + (w - 1) z) p - w z) / (T B F)
/// The second form of (1) neither overflows nor loses a small p. The model needs no sigmoid at its end;
/// sigmoid_probabilities (losses/probabilities.hpp) makes p of its output.
/// This is torch.nn.BCEWithLogitsLoss with its pos_weight. Contract: losses/loss.hpp.
struct BinaryCrossEntropy {
  static constexpr std::string_view kName = "binary_cross_entropy";

  double positive_weight = 1;  ///< above 0; negatives / positives makes both count alike

  template <class S>
  double value(const Sequence<S>& x, const Sequence<S>& target, Index batch) const;

  template <class S>
  void gradient(const Sequence<S>& x, const Sequence<S>& target, Index batch, Sequence<S>& dx) const;

 private:
  template <class S>
  void require_arguments(const Sequence<S>& x, const Sequence<S>& target) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/binary_cross_entropy.inl>
#endif
