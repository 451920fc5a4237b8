#ifndef TSATTN_EMBEDDED_PARTS_PACKS_HPP
#define TSATTN_EMBEDDED_PARTS_PACKS_HPP

#include <stddef.h>
#include <stdint.h>

#include <tsattn/embedded/parts/target.hpp>

// Packs: W floats in one register.

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

template <size_t W>
struct PackOf {
#if defined(__GNUC__)
  typedef float Floats __attribute__((vector_size(W * sizeof(float))));
  typedef int32_t Integers __attribute__((vector_size(W * sizeof(int32_t))));
#endif
};
template <>
struct PackOf<1> {
  typedef float Floats;
  typedef int32_t Integers;
};
template <size_t W>
using Floats = typename PackOf<W>::Floats;
template <size_t W>
using Integers = typename PackOf<W>::Integers;

template <class To, class From>
TSATTN_EMBEDDED_INLINE To same_bits(const From& from) {
  static_assert(sizeof(To) == sizeof(From), "two types of one size");
  To to;
#if defined(__GNUC__)
  __builtin_memcpy(&to, &from, sizeof(to));
#else
  for (size_t i = 0; i < sizeof(to); ++i)
    reinterpret_cast<unsigned char*>(&to)[i] = reinterpret_cast<const unsigned char*>(&from)[i];
#endif
  return to;
}

template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> load(const float* from) {
  if constexpr (W == 1) {
    return *from;
  } else {
    Floats<W> pack;
    __builtin_memcpy(&pack, from, sizeof(pack));
    return pack;
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE void store(float* to, Floats<W> pack) {
  if constexpr (W == 1) {
    *to = pack;
  } else {
    __builtin_memcpy(to, &pack, sizeof(pack));
  }
}
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> set(float value) {
  return value - Floats<W>{};  // the difference keeps the sign of -0
}

/// a b + c, rounded once where the processor can
template <size_t W>
TSATTN_EMBEDDED_INLINE Floats<W> fma(Floats<W> a, Floats<W> b, Floats<W> c) {
#if defined(__clang__)
#pragma STDC FP_CONTRACT ON
#endif
  return a * b + c;
}

/// The sum of all lanes.
template <size_t W>
TSATTN_EMBEDDED_INLINE float sum(Floats<W> pack) {
  if constexpr (W == 1) {
    return pack;
  } else {
    struct Halves {
      Floats<W / 2> low, high;
    };
    const Halves halves = same_bits<Halves>(pack);
    return sum<W / 2>(halves.low + halves.high);
  }
}

/// The most lanes that are of use for `count` numbers: where `may_overlap`, the last pack may reach beyond them.
constexpr size_t lanes_for(size_t count, bool may_overlap) {
  size_t lanes = 1;
  while (lanes < TSATTN_EMBEDDED_LANES && (may_overlap ? lanes < count : 2 * lanes <= count)) lanes *= 2;
  return lanes;
}
constexpr size_t packs_for(size_t count, size_t lanes) { return (count + lanes - 1) / lanes; }

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
