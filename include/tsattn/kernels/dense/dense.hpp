#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

/// A fully connected layer over weights that are packed once, for calls of few columns; for many, and for backward, the
/// products of kernels/product/product.hpp. w [units, features] and b [units] are column-major.
namespace tsattn::kernels {

template <class S>
void dense_pack(Index features, Index units, const S* w, const S* b, PackedWeights<S>& out) {
  out.instruction_set = instruction_set();
  TSATTN_RUN(out.instruction_set, dense_pack(features, units, w, b, out.values));
}
TSATTN_COMPILED(dense_pack);

/// y [units, batch] = W x + b, x [features, batch]. y must not overlap x.
template <class S>
void dense_forward(InstructionSet packed_for, const DenseStep<S>& step) {
  TSATTN_RUN(packed_for, dense_forward(step));
}
TSATTN_COMPILED(dense_forward);

}  // namespace tsattn::kernels
