#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/rms_prop/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/rms_prop/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/rms_prop/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g, mean squares v and sums m; m is null without momentum.
/// Equations: optimizers/rms_prop.hpp.
TSATTN_KERNEL(void, rms_prop, (Index, size), (const RmsPropStep<S>&, step), (const S*, g), (S*, v), (S*, m), (S*, p));

}  // namespace tsattn::kernels
