#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// The numbers of one Adam step that are the same for every weight; the names are those of optimizers/adam.hpp.
template <class Scalar>
struct AdamStep {
  Scalar gradient_scale, beta1, beta2, step_size, root_correction2, epsilon;
};

/// One pass over `size` weights p with their gradients g and moments m, v.
template <class Scalar>
void adam(Index size, const AdamStep<Scalar>& a, const Scalar* g, Scalar* m, Scalar* v, Scalar* p) {
  for (Index i = 0; i < size; ++i) {
    const Scalar gradient = a.gradient_scale * g[i];
    m[i] = a.beta1 * m[i] + (1 - a.beta1) * gradient;                                 // (1)
    v[i] = a.beta2 * v[i] + (1 - a.beta2) * gradient * gradient;                      // (2)
    p[i] -= a.step_size * m[i] / (std::sqrt(v[i]) / a.root_correction2 + a.epsilon);  // (3)
  }
}

}  // namespace tsattn::kernels
