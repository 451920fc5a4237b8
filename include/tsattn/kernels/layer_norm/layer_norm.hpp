#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/layer_norm/arguments.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/layer_norm/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/layer_norm/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// Layer normalisation of the columns of a matrix. Equations: layers/layer_norm.hpp.
namespace tsattn::kernels {

/// y, and what backward needs beside x: the mean and the r of each column.
TSATTN_KERNEL(void, layer_norm_forward, (const LayerNormForward<S>&, arguments));

/// dx, and what the columns add to the gradients of gain and bias, first to last.
TSATTN_KERNEL(void, layer_norm_backward, (const LayerNormBackward<S>&, arguments));

}  // namespace tsattn::kernels
