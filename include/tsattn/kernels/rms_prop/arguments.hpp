#pragma once

namespace tsattn::kernels {

/// The numbers of a step that are the same for every weight; the names are those of optimizers/rms_prop.hpp.
template <class S>
struct RmsPropStep {
  S gradient_scale, learning_rate, alpha, epsilon, momentum;
};

}  // namespace tsattn::kernels
