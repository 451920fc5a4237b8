#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/kernels/adam.hpp>

namespace tsattn {

template <class S>
class AdamState;

/// Adam: a step of adapted length along a running mean of the gradient g.
///   (1) m = beta1 m + (1 - beta1) g             (2) v = beta2 v + (1 - beta2) g^2
///   (3) p -= learning_rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon),   t = 1, 2, ... for all
///   tensors alike
/// Source: Kingma & Ba 2015, Algorithm 1. This is torch.optim.Adam, and these defaults are PyTorch's. Keras has
/// epsilon = 1e-7 and adds it to the uncorrected sqrt(v) (the paper's "epsilon hat"), which differs in the first steps
/// by a factor of up to 1 / sqrt(1 - beta2) on epsilon and is otherwise the same.
struct Adam {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  template <class S>
  using State = AdamState<S>;
};

/// What Adam remembers between two steps.
template <class S>
class AdamState {
 public:
  /// Throws ConfigError unless learning_rate > 0, 0 <= beta < 1 and epsilon > 0.
  explicit AdamState(const Adam& options) : options_(options) {
    if (!(options.learning_rate > 0) || !std::isfinite(options.learning_rate))
      fail<ConfigError>("Adam", "expected a learning_rate above 0, got ", options.learning_rate);
    for (const double beta : {options.beta1, options.beta2})
      if (!(beta >= 0 && beta < 1)) fail<ConfigError>("Adam", "expected beta1 and beta2 in [0, 1), got ", beta);
    if (!(options.epsilon > 0)) fail<ConfigError>("Adam", "expected an epsilon above 0, got ", options.epsilon);
  }

  /// One step on all tensors; `parameters` and `gradients` list the same ones as at every step before.
  void step(std::span<const NamedTensor<S>> parameters, std::span<const NamedTensor<S>> gradients,
            double gradient_scale) {
    for (std::size_t i = moments_.size(); i < parameters.size(); ++i)
      moments_.push_back({AlignedBuffer<S>(parameters[i].size()), AlignedBuffer<S>(parameters[i].size())});
    ++time_step_;
    const auto t = static_cast<double>(time_step_);
    const kernels::AdamStep<S> numbers{static_cast<S>(gradient_scale),
                                       static_cast<S>(options_.beta1),
                                       static_cast<S>(options_.beta2),
                                       static_cast<S>(options_.learning_rate / (1 - std::pow(options_.beta1, t))),
                                       static_cast<S>(std::sqrt(1 - std::pow(options_.beta2, t))),
                                       static_cast<S>(options_.epsilon)};
    for (std::size_t i = 0; i < parameters.size(); ++i)
      kernels::adam(parameters[i].size(), numbers, gradients[i].data, moments_[i].m.data(), moments_[i].v.data(),
                    parameters[i].data);
  }

 private:
  struct Moments {
    AlignedBuffer<S> m, v;
  };

  Adam options_;
  Index time_step_ = 0;
  std::vector<Moments> moments_;
};

}  // namespace tsattn
