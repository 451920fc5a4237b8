#pragma once

#include <string_view>

#include <tsattn/losses/elementwise_loss.hpp>

namespace tsattn {

/// Mean squared error, over all scalars of the batch.
///   (1) L = sum (y - z)^2 / (T B F)         (2) dy = 2 (y - z) / (T B F)
/// with the target z. This is torch.nn.MSELoss. Contract: losses/loss.hpp.
struct MeanSquaredError {
  static constexpr std::string_view kName = "mse";

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    return elementwise_loss::value("MeanSquaredError", y, target, batch, [](double a, double z) {
      const double error = a - z;
      return error * error;  // (1)
    });
  }

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    elementwise_loss::gradient("MeanSquaredError", y, target, batch, dy, [](S a, S z) { return 2 * (a - z); });  // (2)
  }
};

}  // namespace tsattn
