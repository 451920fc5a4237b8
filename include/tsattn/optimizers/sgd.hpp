#pragma once

#include <span>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
class SgdState;

/// Stochastic gradient descent, with or without momentum: a step along a decaying sum m of the gradients g, which is 0
/// before the first step.
///   (1) m = momentum m + g
///   (2) p -= learning_rate { m | g + momentum m }       | with nesterov: the gradient a step ahead, nearly
/// With `l2`, g + l2 p takes the place of g (optimizers/l2_penalty.hpp).
/// Sources: Polyak 1964 (momentum); Sutskever, Martens, Dahl & Hinton 2013 (both as they are used in deep learning).
/// This is torch.optim.SGD without dampening, and these defaults are Keras'. Keras keeps learning_rate m in place of m,
/// which is the same as long as the learning rate does not change.
struct Sgd {
  double learning_rate = 1e-2;
  double momentum = 0;
  bool nesterov = false;
  double l2 = 0;  ///< PyTorch's weight_decay

  template <class S>
  using State = SgdState<S>;
};

/// What Sgd remembers between two steps: nothing if momentum is 0.
template <class S>
class SgdState {
 public:
  /// Throws ConfigError unless learning_rate > 0, 0 <= momentum < 1, with nesterov 0 < momentum < 1, and l2 >= 0.
  explicit SgdState(const Sgd& options);

  /// Takes one step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale);

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate);

  void visit_state(StateVisitor& visitor) { m_.visit_state(visitor); }

 private:
  Sgd options_;
  TensorBuffers<S> m_{"Sgd", "m"};
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/optimizers/sgd.inl>
#endif
