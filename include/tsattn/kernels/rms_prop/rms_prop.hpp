#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g, mean squares v and sums m; m is null without momentum.
/// Equations: optimizers/rms_prop.hpp.
template <class S>
void rms_prop(Index size, const RmsPropStep<S>& step, const S* g, S* v, S* m, S* p) {
  TSATTN_RUN(instruction_set(), rms_prop(size, step, g, v, m, p));
}
TSATTN_COMPILED(rms_prop);

}  // namespace tsattn::kernels
