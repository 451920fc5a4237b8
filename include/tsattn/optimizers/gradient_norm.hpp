#pragma once

#include <cmath>
#include <span>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/kernels/sums/sums.hpp>

namespace tsattn {

/// Returns the Euclidean norm of all tensors taken as one vector, summed in double.
template <class S>
double global_norm(std::span<const NamedTensor<S>> tensors) {
  double sum = 0;
  for (const NamedTensor<S>& tensor : tensors) sum += kernels::sum_of_squares(tensor.size(), tensor.data);
  return std::sqrt(sum);
}

/// Returns the factor that brings gradients of the global norm `norm` down to `limit`: 1 if they are below it, or if
/// limit is 0.
/// Source: Pascanu, Mikolov & Bengio 2013, Algorithm 1.
inline double clipping_scale(double norm, double limit) { return limit > 0 && norm > limit ? limit / norm : 1.0; }

}  // namespace tsattn
