#pragma once

#include <cstddef>

namespace tsattn {

/// The type of sizes and positions. It is signed, as Eigen's, so that differences and countdowns are safe.
using Index = std::ptrdiff_t;

/// The positions begin, ..., end - 1 of steps in a series, or of samples in a batch.
struct IndexRange {
  Index begin = 0;
  Index end = 0;

  Index size() const { return end - begin; }
  friend bool operator==(const IndexRange&, const IndexRange&) = default;
};

}  // namespace tsattn
