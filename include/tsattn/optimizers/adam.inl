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
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
void AdamState<S>::step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
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

template <class S>
void AdamState<S>::set_learning_rate(double learning_rate) {
  require_above_zero(name_, "a learning_rate", learning_rate);
  options_.learning_rate = learning_rate;
}

template <class S>
void AdamState<S>::visit_state(StateVisitor& visitor) {
  visitor.visit("time_step", time_step_);
  if (time_step_ < 0) fail<DataError>(name_, "expected time_step of at least 0 in the state, got ", time_step_);
  m_.visit_state(visitor);
  v_.visit_state(visitor);
}

template <class S>
AdamState<S>::AdamState(std::string_view name, const Adam& options, double weight_decay)
    : options_(options), weight_decay_(weight_decay), name_(name), m_(name, "m"), v_(name, "v") {
  require_above_zero(name, "a learning_rate", options.learning_rate);
  require_below_one(name, "beta1", options.beta1);
  require_below_one(name, "beta2", options.beta2);
  require_above_zero(name, "an epsilon", options.epsilon);
  require_at_least_zero(name, "an l2", options.l2);
}

TSATTN_LIBRARY_INSTANCE(class AdamState);

}  // namespace tsattn
