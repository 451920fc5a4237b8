#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>

#include "support/guarded_array.hpp"
#include "support/instruction_sets.hpp"

namespace tsattn::test {

/// Sizes below, at and above the width of every pack and of a few packs.
inline constexpr Index kKernelSizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100};
/// Tight, and off every boundary with gaps.
inline constexpr Layout kKernelLayouts[] = {{0, 0}, {3, 1}};

template <class S>
constexpr double epsilon() {
  return static_cast<double>(std::numeric_limits<S>::epsilon());
}

/// How far two sums of the same `terms` terms in any order may lie apart. An addition rounds by at most eps / 2 of a
/// partial sum, and the `roundings` that made a term (1 for a product that is not fused) by eps / 2 of it each; neither
/// the partial sums nor the terms together exceed `magnitude`, the sum of all magnitudes. Both sums err, all roundings
/// may go the same way, and one more covers the products of roundings.
template <class S>
double sum_tolerance(Index terms, int roundings, double magnitude) {
  return epsilon<S>() * static_cast<double>(terms + roundings + 1) * magnitude;
}

/// What a kernel wrote: copies of the same arrays at every run.
template <class S>
using Outputs = std::vector<GuardedArray<S>>;

template <class S>
bool same_bits(const Outputs<S>& a, const Outputs<S>& b) {
  bool is_same = a.size() == b.size();
  for (std::size_t i = 0; is_same && i < a.size(); ++i) is_same = a[i].same_bits(b[i]);
  return is_same;
}

/// Calls run(), which gives Outputs<S>, on each instruction set. All must agree with the plain loops, avx2 and avx512
/// with each other in every bit, and write nothing but their results.
template <class S, class Run>
void check_kernel(double tolerance, const Run& run) {
  const auto run_on = [&](InstructionSet set) -> Outputs<S> {
    const InstructionSetScope scope(set);
    return run();
  };
  const Outputs<S> expected = run_on(InstructionSet::reference);
  std::optional<Outputs<S>> fused;  // of avx2 or avx512, whichever came first
  for (const InstructionSet set : available_instruction_sets()) {
    INFO("TSATTN_SIMD=", name_of(set));
    const Outputs<S> found = run_on(set);
    for (std::size_t i = 0; i < found.size(); ++i) {
      CAPTURE(i);
      CHECK(found[i].agrees(expected[i], tolerance));
      CHECK(found[i].has_intact_gaps());
    }
    if (set != InstructionSet::avx2 && set != InstructionSet::avx512) continue;
    if (fused) CHECK(same_bits(found, *fused));
    if (!fused) fused.emplace(found);
  }
}

}  // namespace tsattn::test
