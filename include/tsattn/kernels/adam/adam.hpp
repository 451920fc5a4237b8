#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g and moments m, v. Equations: optimizers/adam.hpp;
/// with a decay optimizers/adam_w.hpp.
template <class S>
void adam(Index size, const AdamStep<S>& step, const S* g, S* m, S* v, S* p) {
  TSATTN_RUN(instruction_set(), adam(size, step, g, m, v, p));
}
TSATTN_COMPILED(adam);

}  // namespace tsattn::kernels
