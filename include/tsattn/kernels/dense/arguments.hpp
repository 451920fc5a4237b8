#pragma once

#include <tsattn/core/index.hpp>

namespace tsattn::kernels {

/// One step of a fully connected layer.
template <class S>
struct DenseStep {
  Index features, units, batch;
  const S* weights;  // packed
  const S* x;        // [F, B]
  S* y;              // [U, B]
};

}  // namespace tsattn::kernels
