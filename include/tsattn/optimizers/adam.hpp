#pragma once

#include <span>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
class AdamState;

/// Adam: a step of adapted length along a running mean of the gradient g.
///   (1) m = beta1 m + (1 - beta1) g             (2) v = beta2 v + (1 - beta2) g^2
///   (3) p -= learning_rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon),   t = 1, 2, ... for all
///   tensors alike
/// With `l2`, g + l2 p takes the place of g (optimizers/l2_penalty.hpp); what that shrinks, AdamW says (adam_w.hpp).
/// Source: Kingma & Ba 2015, Algorithm 1. This is torch.optim.Adam, and these defaults are PyTorch's. Keras has
/// epsilon = 1e-7 and adds it to the uncorrected sqrt(v) (the paper's "epsilon hat"), which differs in the first steps
/// by a factor of up to 1 / sqrt(1 - beta2) on epsilon and is otherwise the same.
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double l2 = 0;  ///< PyTorch's weight_decay of Adam

  template <class S>
  using State = AdamState<S>;
};

/// What Adam remembers between two steps, and the step itself; AdamW (adam_w.hpp) uses it too.
template <class S>
class AdamState {
 public:
  /// Throws ConfigError unless learning_rate and epsilon are above 0, 0 <= beta < 1 and l2 >= 0.
  explicit AdamState(const Adam& options) : AdamState("Adam", options, 0) {}

  /// Takes one step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale);

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate);

  void visit_state(StateVisitor& visitor);

 protected:
  AdamState(std::string_view name, const Adam& options, double weight_decay);

 private:
  Adam options_;
  double weight_decay_;
  std::string_view name_;  // of the optimizer
  Index time_step_ = 0;
  TensorBuffers<S> m_, v_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/optimizers/adam.inl>
#endif
