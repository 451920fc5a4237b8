#pragma once

#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// Cross-entropy of logits x, over the steps and samples of the batch: the features of a step are classes that exclude
/// each other, the target z is 1 for the right one and 0 elsewhere, or a probability for each, and the model's
/// probabilities are p = softmax(x). With the weights w of `class_weights`, 1 if there are none,
///   (1) L = -sum_{t, b, c} w_c z_c log p_c / (T B)        log p_c = (x_c - m) - log sum_k e^(x_k - m),   m = max x
///   (2) dx_c = (p_c sum_k w_k z_k - w_c z_c) / (T B)
/// The model needs no softmax at its end; softmax_probabilities (losses/probabilities.hpp) makes p of its output. A
/// step whose targets are all 0 adds nothing to the sum.
///
/// This is torch.nn.CrossEntropyLoss with its weight for targets that are probabilities, and Keras' class_weight. For
/// targets that are numbers of classes PyTorch divides by the sum of w_c over the right classes instead of T B: the
/// same if the weights have the mean 1 over the samples, otherwise another factor before everything, which differs from
/// batch to batch. Contract: losses/loss.hpp.
struct SoftmaxCrossEntropy {
  static constexpr std::string_view kName = "softmax_cross_entropy";

  std::vector<double> class_weights = {};  ///< one per class, at least 0; none: all classes count alike

  template <class S>
  double value(const Sequence<S>& x, const Sequence<S>& target, Index batch) const;

  template <class S>
  void gradient(const Sequence<S>& x, const Sequence<S>& target, Index batch, Sequence<S>& dx) const;

 private:
  template <class S>
  S weight(Index c) const;

  template <class S>
  void require_arguments(const Sequence<S>& x, const Sequence<S>& target) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/softmax_cross_entropy.inl>
#endif
