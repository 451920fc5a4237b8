#pragma once

#include <cstddef>
#include <span>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/state_visitor.hpp>
#include <tsattn/kernels/sgd/sgd.hpp>
#include <tsattn/optimizers/checks.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
#include <tsattn/optimizers/sgd.hpp>
#include <tsattn/optimizers/tensor_buffers.hpp>

namespace tsattn {

template <class S>
SgdState<S>::SgdState(const Sgd& options) : options_(options) {
  require_above_zero("Sgd", "a learning_rate", options.learning_rate);
  require_below_one("Sgd", "a momentum", options.momentum);
  if (options.nesterov && options.momentum == 0)
    fail<ConfigError>("Sgd", "expected a momentum above 0 with nesterov, got 0; 0.9 is usual");
  require_at_least_zero("Sgd", "an l2", options.l2);
}

template <class S>
void SgdState<S>::step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
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

template <class S>
void SgdState<S>::set_learning_rate(double learning_rate) {
  require_above_zero("Sgd", "a learning_rate", learning_rate);
  options_.learning_rate = learning_rate;
}

TSATTN_LIBRARY_INSTANCE(class SgdState);

}  // namespace tsattn
