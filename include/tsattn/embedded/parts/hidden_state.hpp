#ifndef TSATTN_EMBEDDED_PARTS_HIDDEN_STATE_HPP
#define TSATTN_EMBEDDED_PARTS_HIDDEN_STATE_HPP

#include <stddef.h>

#include <tsattn/embedded/parts/layer.hpp>
#include <tsattn/embedded/parts/target.hpp>

namespace tsattn {
namespace embedded {
inline namespace TSATTN_EMBEDDED_TARGET {
namespace parts {

/// h of a recurrent layer. Where the units are computed one block after the other, all of them need the old h to the
/// end, and the new one goes to a second place; the two take turns.
template <size_t kPaddedUnits, bool kInPlace>
struct Hidden {
  static constexpr size_t kPlaces = kInPlace ? 1 : 2;
  alignas(TSATTN_EMBEDDED_LANES * sizeof(float)) float values[kPlaces][kPaddedUnits];
  unsigned now;

  TSATTN_EMBEDDED_INLINE void reset() {
    for (auto& place : values) fill(place, 0.0F);
    now = 0;
  }
  TSATTN_EMBEDDED_INLINE float* old_values() { return values[kInPlace ? 0 : now]; }
  TSATTN_EMBEDDED_INLINE float* new_values() { return values[kInPlace ? 0 : 1 - now]; }
  TSATTN_EMBEDDED_INLINE bool is_second_step() const { return !kInPlace && now != 0; }
  /// After a step; returns h.
  TSATTN_EMBEDDED_INLINE const float* turn() {
    if constexpr (!kInPlace) now = 1 - now;
    return old_values();
  }
};

}  // namespace parts
}  // namespace TSATTN_EMBEDDED_TARGET
}  // namespace embedded
}  // namespace tsattn

#endif
