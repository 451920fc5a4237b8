#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/losses/elementwise_loss.hpp>

namespace tsattn {

/// Mean absolute error, over all scalars of the batch: its best constant forecast is the median, and outliers pull no
/// harder than others.
///   (1) L = sum |y - z| / (T B F)         (2) dy = sign(y - z) / (T B F), 0 where y = z
/// with the target z. This is torch.nn.L1Loss. Contract: losses/loss.hpp.
struct MeanAbsoluteError {
  static constexpr std::string_view kName = "mae";

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    return elementwise_loss::value("MeanAbsoluteError", y, target, batch,
                                   [](double a, double z) { return std::abs(a - z); });  // (1)
  }

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    elementwise_loss::gradient("MeanAbsoluteError", y, target, batch, dy, [](S a, S z) {
      const S error = a - z;
      return error > 0 ? S{1} : error < 0 ? S{-1} : error;  // (2), and NaN for NaN
    });
  }
};

}  // namespace tsattn
