#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/sgd/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/sgd/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/sgd/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g and sums m of gradients; m is null without momentum.
/// Equations: optimizers/sgd.hpp.
TSATTN_KERNEL(void, sgd, (Index, size), (const SgdStep<S>&, step), (const S*, g), (S*, m), (S*, p));

}  // namespace tsattn::kernels
