#pragma once

#include <cmath>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/rms_prop/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void rms_prop(Index size, const RmsPropStep<S>& a, const S* g, S* v, S* m, S* p) {
  for (Index i = 0; i < size; ++i) {
    const S gradient = a.gradient_scale * g[i];
    v[i] = a.alpha * v[i] + (1 - a.alpha) * gradient * gradient;
    S direction = gradient / (std::sqrt(v[i]) + a.epsilon);
    if (m != nullptr) direction = m[i] = a.momentum * m[i] + direction;
    p[i] -= a.learning_rate * direction;
  }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
