#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/optimizers/adam.hpp>

namespace tsattn {

template <class S>
class AdamWState;

/// AdamW: Adam with decoupled weight decay. Beside Adam's step all weights shrink by the same share. (The gradient of a
/// penalty weight_decay |p|^2 / 2 would be divided by sqrt(v), and weights of large gradients would shrink less.)
///   (1) m = beta1 m + (1 - beta1) g             (2) v = beta2 v + (1 - beta2) g^2
///   (3) p -= learning_rate (m / (1 - beta1^t) / (sqrt(v) / sqrt(1 - beta2^t) + epsilon) + weight_decay p)
/// All tensors decay, biases too, as PyTorch's do unless told otherwise.
/// Source: Loshchilov & Hutter 2019, Algorithm 2. This is torch.optim.AdamW, and these defaults are PyTorch's. Keras
/// has weight_decay = 4e-3, and epsilon as in its Adam.
struct AdamW {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 1e-2;

  template <class S>
  using State = AdamWState<S>;
};

/// What Adam remembers between two steps, with a step that decays the weights.
template <class S>
class AdamWState : public AdamState<S> {
 public:
  /// Throws ConfigError unless learning_rate and epsilon are above 0, 0 <= beta < 1 and weight_decay >= 0.
  explicit AdamWState(const AdamW& options);
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/optimizers/adam_w.inl>
#endif
