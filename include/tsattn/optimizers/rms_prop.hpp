#pragma once

#include <cstddef>
#include <span>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/kernels/rms_prop/rms_prop.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
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
  explicit RmsPropState(const RmsProp& options) : options_(options) {
    require_above_zero("RmsProp", "a learning_rate", options.learning_rate);
    require_below_one("RmsProp", "alpha", options.alpha);
    require_above_zero("RmsProp", "an epsilon", options.epsilon);
    require_below_one("RmsProp", "a momentum", options.momentum);
    require_at_least_zero("RmsProp", "an l2", options.l2);
  }

  /// Takes one step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale) {
    const bool has_momentum = options_.momentum > 0;
    v_.prepare(parameters);
    if (has_momentum) m_.prepare(parameters);
    const L2Penalty<S> penalty(options_.l2, gradient_scale);
    const kernels::RmsPropStep<S> numbers{.gradient_scale = penalty.gradient_scale(),
                                          .learning_rate = static_cast<S>(options_.learning_rate),
                                          .alpha = static_cast<S>(options_.alpha),
                                          .epsilon = static_cast<S>(options_.epsilon),
                                          .momentum = static_cast<S>(options_.momentum)};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      penalty.for_each_part(parameters[i], gradients[i], [&](Index begin, Index size, const S* g) {
        kernels::rms_prop(size, numbers, g, v_[i] + begin, has_momentum ? m_[i] + begin : nullptr,
                          parameters[i].data + begin);
      });
  }

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate) {
    require_above_zero("RmsProp", "a learning_rate", learning_rate);
    options_.learning_rate = learning_rate;
  }

  void visit_state(StateVisitor& visitor) {
    v_.visit_state(visitor);
    m_.visit_state(visitor);
  }

 private:
  RmsProp options_;
  TensorBuffers<S> v_{"RmsProp", "v"}, m_{"RmsProp", "m"};
};

}  // namespace tsattn
