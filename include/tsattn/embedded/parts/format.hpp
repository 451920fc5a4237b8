#ifndef TSATTN_EMBEDDED_PARTS_FORMAT_HPP
#define TSATTN_EMBEDDED_PARTS_FORMAT_HPP

#include <stddef.h>

// Headers of format 1 had one text, with this guard.
#ifdef TSATTN_EMBEDDED_HPP
#error "a header that is included before this one was exported by an older version of tsattn: export it again"
#endif
#define TSATTN_EMBEDDED_HPP

namespace tsattn {
namespace embedded {

/// Of the order of the weights and the names of types. An exported header checks that it has the parts that it was made
/// for.
inline constexpr int kFormat = 2;

/// Units whose weights lie together, see Panels. On AVX-512 a panel of an LSTM has 8 sums of 16 units, as many as two
/// multipliers with a latency of 4 cycles need.
inline constexpr size_t kPanelUnits = 32;

/// A Dense layer of fewer units is computed unit by unit, each a dot product.
inline constexpr size_t kFewestUnitsOfPanels = 8;

}  // namespace embedded
}  // namespace tsattn

#endif
