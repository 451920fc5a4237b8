#ifndef TSATTN_EMBEDDED_PARTS_DOT_HPP
#define TSATTN_EMBEDDED_PARTS_DOT_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/packs.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// The sum of a_i b_i; reads nothing else.
template <size_t N>
TSATTN_EMBEDDED_INLINE float dot(const float* a, const float* b) {
  constexpr size_t kLanes = lanes_for(N, false), kPacks = N / kLanes, kSums = kLanes == 1 || kPacks < 4 ? 1 : 4;
  Floats<kLanes> sums[kSums] = {};
  size_t pack = 0;
  for (; pack + kSums <= kPacks; pack += kSums)
#pragma GCC unroll 16
    for (size_t s = 0; s < kSums; ++s) {
      const size_t at = (pack + s) * kLanes;
      sums[s] = fma<kLanes>(load<kLanes>(a + at), load<kLanes>(b + at), sums[s]);
    }
#pragma GCC unroll 16
  for (size_t s = 0; s < kPacks % kSums; ++s) {
    const size_t at = (pack + s) * kLanes;
    sums[s] = fma<kLanes>(load<kLanes>(a + at), load<kLanes>(b + at), sums[s]);
  }
#pragma GCC unroll 16
  for (size_t s = 1; s < kSums; ++s) sums[0] += sums[s];
  float total = sum<kLanes>(sums[0]);
  if constexpr (N % kLanes > 0) total += dot<N % kLanes>(a + kPacks * kLanes, b + kPacks * kLanes);
  return total;
}

/// Calls visit(pack length as a Constant, first) for numbers 0, ..., N - 1, as few packs as there can be.
template <size_t kValue>
struct Constant {
  static constexpr size_t value = kValue;
};
template <size_t N, class Visit>
TSATTN_EMBEDDED_INLINE void for_packs(const Visit& visit, size_t first = 0) {
  constexpr size_t kLanes = lanes_for(N, false);
  for (size_t i = 0; i + kLanes <= N; i += kLanes) visit(Constant<kLanes>(), first + i);
  if constexpr (N % kLanes > 0) for_packs<N % kLanes>(visit, first + N / kLanes * kLanes);
}

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
