#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g and sums m of gradients; m is null without momentum.
/// Equations: optimizers/sgd.hpp.
template <class S>
void sgd(Index size, const SgdStep<S>& step, const S* g, S* m, S* p) {
  TSATTN_RUN(instruction_set(), sgd(size, step, g, m, p));
}
TSATTN_COMPILED(sgd);

}  // namespace tsattn::kernels
