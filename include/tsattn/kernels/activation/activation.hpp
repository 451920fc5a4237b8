#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/kernel.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/activation/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/activation/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// Elementwise functions of `size` scalars. The output may be an input.
///
/// Largest error in units in the last place (ULP) of the correctly rounded result, over every float, and over 120
/// million doubles of all magnitudes (generic on x86-64, which does not fuse, in parentheses):
///              float        double
///   exp        1.2 (1.2)    1.1 (1.1)
///   sigmoid    2.5 (2.5)    2.5 (2.5)
///   tanh       2.5 (2.6)    2.7 (2.8)
/// Infinities, NaN, -0 and denormal numbers give what std:: gives. With AVX2 and AVX-512 denormal numbers take no
/// longer than others, but for tanh of one and a sigmoid that is one: their division takes five times as long (on Zen
/// 5; a quarter of std::tanh's time).
namespace tsattn::kernels {

/// y = e^x
TSATTN_KERNEL(void, exp_forward, (Index, size), (const S*, x), (S*, y));

/// y = tanh x
TSATTN_KERNEL(void, tanh_forward, (Index, size), (const S*, x), (S*, y));
/// dx = dy (1 - y^2)
TSATTN_KERNEL(void, tanh_backward, (Index, size), (const S*, y), (const S*, dy), (S*, dx));

/// y = 1 / (1 + e^-x)
TSATTN_KERNEL(void, sigmoid_forward, (Index, size), (const S*, x), (S*, y));
/// dx = dy y (1 - y)
TSATTN_KERNEL(void, sigmoid_backward, (Index, size), (const S*, y), (const S*, dy), (S*, dx));

/// y = max(x, 0), and NaN for NaN
TSATTN_KERNEL(void, relu_forward, (Index, size), (const S*, x), (S*, y));
/// dx = dy where y > 0, otherwise 0
TSATTN_KERNEL(void, relu_backward, (Index, size), (const S*, y), (const S*, dy), (S*, dx));

}  // namespace tsattn::kernels
