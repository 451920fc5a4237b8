#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/losses/probabilities.hpp>

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
  double value(const Sequence<S>& x, const Sequence<S>& target, Index batch) const {
    require_arguments(x, target);
    return elementwise_loss::value("BinaryCrossEntropy", x, target, batch, [this](double a, double z) {
      const double weight = 1 + (positive_weight - 1) * z;
      return (1 - z) * a + weight * ((std::max)(-a, 0.0) + std::log1p(std::exp(-std::abs(a))));  // (1)
    });
  }

  template <class S>
  void gradient(const Sequence<S>& x, const Sequence<S>& target, Index batch, Sequence<S>& dx) const {
    require_arguments(x, target);
    sigmoid_probabilities(x, dx);
    const S w = static_cast<S>(positive_weight);
    // fma, so that no compiler may choose whether to fuse: weights do not depend on it.
    elementwise_loss::gradient("BinaryCrossEntropy", dx, target, batch, dx, [w](S p, S z) {
      return std::fma(std::fma(w - 1, z, S{1}), p, -(w * z));  // (2)
    });
  }

 private:
  template <class S>
  void require_arguments(const Sequence<S>& x, const Sequence<S>& target) const {
    if (!(positive_weight > 0) || !std::isfinite(positive_weight))
      fail<ConfigError>("BinaryCrossEntropy", "expected a positive_weight above 0 and finite, got ", positive_weight);
    require_shape("BinaryCrossEntropy", "y", x, target.shape());
    require_probabilities("BinaryCrossEntropy", target);
  }
};

}  // namespace tsattn
