#pragma once

#include <cstddef>
#include <span>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/kernels/rms_prop/rms_prop.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
RmsPropState<S>::RmsPropState(const RmsProp& options) : options_(options) {
  require_above_zero("RmsProp", "a learning_rate", options.learning_rate);
  require_below_one("RmsProp", "alpha", options.alpha);
  require_above_zero("RmsProp", "an epsilon", options.epsilon);
  require_below_one("RmsProp", "a momentum", options.momentum);
  require_at_least_zero("RmsProp", "an l2", options.l2);
}

template <class S>
void RmsPropState<S>::step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
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

template <class S>
void RmsPropState<S>::set_learning_rate(double learning_rate) {
  require_above_zero("RmsProp", "a learning_rate", learning_rate);
  options_.learning_rate = learning_rate;
}

template <class S>
void RmsPropState<S>::visit_state(StateVisitor& visitor) {
  v_.visit_state(visitor);
  m_.visit_state(visitor);
}

TSATTN_LIBRARY_INSTANCE(class RmsPropState);

}  // namespace tsattn
