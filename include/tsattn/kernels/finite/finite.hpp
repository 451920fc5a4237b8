#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/finite/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/finite/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

namespace tsattn::kernels {

/// Whether no value is NaN or infinite. By the bits: it says so in programs that are compiled with -ffast-math too,
/// where comparisons take every number for finite.
TSATTN_KERNEL(bool, all_finite, (Index, size), (const S*, x));

}  // namespace tsattn::kernels
