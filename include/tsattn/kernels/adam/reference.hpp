#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/adam/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void adam(Index size, const AdamStep<S>& a, const S* g, S* m, S* v, S* p) {
  for (Index i = 0; i < size; ++i) {
    const S gradient = a.gradient_scale * g[i];
    m[i] = a.beta1 * m[i] + (1 - a.beta1) * gradient;
    v[i] = a.beta2 * v[i] + (1 - a.beta2) * gradient * gradient;
    p[i] -= a.decay * p[i] + a.step_size * m[i] / (std::sqrt(v[i]) / a.root_correction2 + a.epsilon);
  }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
