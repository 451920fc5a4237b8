#pragma once

#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// Mean squared error over `count` scalars.
///   forward   (1) L = sum (y - target)^2 / count         backward  (2) dy = 2 (y - target) / count
/// `count` is the number of scalars of the whole batch. A batch is worked on in parts (shards); the values of the parts
/// then add up to the loss of the batch, and the gradients need no further factor. The sum is taken in double.
struct MeanSquaredError {
  static constexpr std::string_view kName = "mse";

  /// Throws ShapeError if the shapes differ.
  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index count) const {
    require_shape("MeanSquaredError", "y", y, target.shape());
    double sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      const double error = static_cast<double>(y.data()[i]) - static_cast<double>(target.data()[i]);
      sum += error * error;
    }
    return sum / static_cast<double>(count);  // (1)
  }

  /// dy is assigned.
  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index count, Sequence<S>& dy) const {
    require_shape("MeanSquaredError", "y", y, target.shape());
    dy.resize(y.shape());
    const S factor = 2 / static_cast<S>(count);
    for (Index i = 0; i < y.size(); ++i) dy.data()[i] = factor * (y.data()[i] - target.data()[i]);  // (2)
  }
};

}  // namespace tsattn
