#pragma once

namespace tsattn::kernels {

/// The numbers of a step that are the same for every weight; the names are those of optimizers/sgd.hpp.
template <class S>
struct SgdStep {
  S gradient_scale, learning_rate, momentum;
  bool is_nesterov;
};

}  // namespace tsattn::kernels
