#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/dense/arguments.hpp>
#include <tsattn/kernels/kernel.hpp>
#include <tsattn/kernels/packed_weights.hpp>

#if TSATTN_DEFINES_KERNELS
#include <tsattn/kernels/dense/reference.hpp>
#include <tsattn/kernels/simd/packs.hpp>
#define TSATTN_SIMD_FORM "tsattn/kernels/dense/simd.inl"
#include <tsattn/kernels/simd/each_instruction_set.inl>
#endif

/// A fully connected layer over weights that are packed once, for calls of few columns; for many, and for backward, the
/// products of kernels/product/product.hpp. w [units, features] and b [units] are column-major.
namespace tsattn::kernels {

/// The weights in dense_forward's order.
TSATTN_PACKING_KERNEL(dense_pack, (Index, features), (Index, units), (const S*, w), (const S*, b));

/// y [units, batch] = W x + b, x [features, batch]. y must not overlap x.
TSATTN_PACKED_KERNEL(dense_forward, (const DenseStep<S>&, step));

}  // namespace tsattn::kernels
