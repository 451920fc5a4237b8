#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/compiled.hpp>
#include <tsattn/kernels/simd/kernels.hpp>

namespace tsattn::kernels {

/// Whether no value is NaN or infinite. By the bits: it says so in programs that are compiled with -ffast-math too,
/// where comparisons take every number for finite.
template <class S>
bool all_finite(Index size, const S* x) {
  TSATTN_RUN(instruction_set(), all_finite(size, x));
}
TSATTN_COMPILED(all_finite);

}  // namespace tsattn::kernels
