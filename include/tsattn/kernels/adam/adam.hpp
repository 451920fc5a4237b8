#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/adam/arguments.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/adam/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/adam/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// One pass over `size` weights p with their gradients g and moments m, v. Equations: optimizers/adam.hpp;
/// with a decay optimizers/adam_w.hpp.
TSATTN_KERNEL(void, adam, (Index, size), (const AdamStep<S>&, step), (const S*, g), (S*, m), (S*, v), (S*, p));

}  // namespace tsattn::kernels
