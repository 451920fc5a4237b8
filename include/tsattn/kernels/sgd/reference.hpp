#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/sgd/arguments.hpp>
#include <tsattn/kernels/unfused.hpp>

TSATTN_UNFUSED_BEGIN
namespace tsattn::kernels::reference {

template <class S>
void sgd(Index size, const SgdStep<S>& a, const S* g, S* m, S* p) {
  for (Index i = 0; i < size; ++i) {
    S direction = a.gradient_scale * g[i];
    if (m != nullptr) {
      m[i] = a.momentum * m[i] + direction;
      direction = a.is_nesterov ? direction + a.momentum * m[i] : m[i];
    }
    p[i] -= a.learning_rate * direction;
  }
}

}  // namespace tsattn::kernels::reference
TSATTN_UNFUSED_END
