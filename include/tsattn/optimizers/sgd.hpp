#pragma once

#include <cstddef>
#include <span>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/kernels/sgd/sgd.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
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
  explicit SgdState(const Sgd& options) : options_(options) {
    require_above_zero("Sgd", "a learning_rate", options.learning_rate);
    require_below_one("Sgd", "a momentum", options.momentum);
    if (options.nesterov && options.momentum == 0)
      fail<ConfigError>("Sgd", "expected a momentum above 0 with nesterov, got 0; 0.9 is usual");
    require_at_least_zero("Sgd", "an l2", options.l2);
  }

  /// Takes one step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale) {
    const bool has_momentum = options_.momentum > 0;
    if (has_momentum) m_.prepare(parameters);
    const L2Penalty<S> penalty(options_.l2, gradient_scale);
    const kernels::SgdStep<S> numbers{.gradient_scale = penalty.gradient_scale(),
                                      .learning_rate = static_cast<S>(options_.learning_rate),
                                      .momentum = static_cast<S>(options_.momentum),
                                      .is_nesterov = options_.nesterov};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      penalty.for_each_part(parameters[i], gradients[i], [&](Index begin, Index size, const S* g) {
        kernels::sgd(size, numbers, g, has_momentum ? m_[i] + begin : nullptr, parameters[i].data + begin);
      });
  }

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate) {
    require_above_zero("Sgd", "a learning_rate", learning_rate);
    options_.learning_rate = learning_rate;
  }

  void visit_state(StateVisitor& visitor) { m_.visit_state(visitor); }

 private:
  Sgd options_;
  TensorBuffers<S> m_{"Sgd", "m"};
};

}  // namespace tsattn
