#pragma once

#include <cstddef>

namespace tsattn {

/// Sizes and positions: signed, as Eigen's, so that differences and countdowns are safe.
using Index = std::ptrdiff_t;

}  // namespace tsattn
