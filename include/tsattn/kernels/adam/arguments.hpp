#pragma once

namespace tsattn::kernels {

/// The numbers of a step that are the same for every weight; the names are those of optimizers/adam.hpp.
template <class S>
struct AdamStep {
  S gradient_scale, beta1, beta2;
  S step_size;         // learning_rate / (1 - beta1^t)
  S root_correction2;  // sqrt(1 - beta2^t)
  S epsilon;
  S decay = 0;  // learning_rate weight_decay
};

}  // namespace tsattn::kernels
