#pragma once

#include <span>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
class RmsPropState;

/// RMSprop: the gradient g, divided by the root of a running mean of its square; with or without momentum. v and m are
/// 0 before the first step.
///   (1) v = alpha v + (1 - alpha) g^2
///   (2) m = momentum m + g / (sqrt(v) + epsilon)         (3) p -= learning_rate m
/// With `l2`, g + l2 p takes the place of g (optimizers/l2_penalty.hpp).
/// Source: Tieleman & Hinton 2012, "Neural Networks for Machine Learning", lecture 6.5. This is torch.optim.RMSprop,
/// not centered, and these defaults are PyTorch's. Keras has learning_rate = 1e-3, alpha = 0.9 (there rho) and
/// epsilon = 1e-7, and divides by sqrt(v + epsilon).
struct RmsProp {
  double learning_rate = 1e-2;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0;
  double l2 = 0;  ///< PyTorch's weight_decay

  template <class S>
  using State = RmsPropState<S>;
};

/// What RmsProp remembers between two steps: v, and m unless momentum is 0.
template <class S>
class RmsPropState {
 public:
  /// Throws ConfigError unless learning_rate and epsilon are above 0, 0 <= alpha < 1, 0 <= momentum < 1 and l2 >= 0.
  explicit RmsPropState(const RmsProp& options);

  /// Takes one step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale);

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate);

  void visit_state(StateVisitor& visitor);

 private:
  RmsProp options_;
  TensorBuffers<S> v_{"RmsProp", "v"}, m_{"RmsProp", "m"};
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/optimizers/rms_prop.inl>
#endif
