#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/kernels/adam/adam.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
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
            double gradient_scale) {
    m_.prepare(parameters);
    v_.prepare(parameters);
    ++time_step_;
    const auto t = static_cast<double>(time_step_);
    const L2Penalty<S> penalty(options_.l2, gradient_scale);
    const kernels::AdamStep<S> numbers{
        .gradient_scale = penalty.gradient_scale(),
        .beta1 = static_cast<S>(options_.beta1),
        .beta2 = static_cast<S>(options_.beta2),
        .step_size = static_cast<S>(options_.learning_rate / (1 - std::pow(options_.beta1, t))),
        .root_correction2 = static_cast<S>(std::sqrt(1 - std::pow(options_.beta2, t))),
        .epsilon = static_cast<S>(options_.epsilon),
        .decay = static_cast<S>(options_.learning_rate * weight_decay_)};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      penalty.for_each_part(parameters[i], gradients[i], [&](Index begin, Index size, const S* g) {
        kernels::adam(size, numbers, g, m_[i] + begin, v_[i] + begin, parameters[i].data + begin);
      });
  }

  double learning_rate() const { return options_.learning_rate; }
  /// Sets the learning rate of the next step. Throws ConfigError unless it is above 0.
  void set_learning_rate(double learning_rate) {
    require_above_zero(name_, "a learning_rate", learning_rate);
    options_.learning_rate = learning_rate;
  }

  void visit_state(StateVisitor& visitor) {
    visitor.visit("time_step", time_step_);
    if (time_step_ < 0) fail<DataError>(name_, "expected time_step of at least 0 in the state, got ", time_step_);
    m_.visit_state(visitor);
    v_.visit_state(visitor);
  }

 protected:
  AdamState(std::string_view name, const Adam& options, double weight_decay)
      : options_(options), weight_decay_(weight_decay), name_(name), m_(name, "m"), v_(name, "v") {
    require_above_zero(name, "a learning_rate", options.learning_rate);
    require_below_one(name, "beta1", options.beta1);
    require_below_one(name, "beta2", options.beta2);
    require_above_zero(name, "an epsilon", options.epsilon);
    require_at_least_zero(name, "an l2", options.l2);
  }

 private:
  Adam options_;
  double weight_decay_;
  std::string_view name_;  // of the optimizer
  Index time_step_ = 0;
  TensorBuffers<S> m_, v_;
};

}  // namespace tsattn
