#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/losses/elementwise_loss.hpp>

namespace tsattn {

/// Huber's loss, over all scalars of the batch: half the squared error up to `delta`, straight lines beyond. With the
/// target z and e = y - z
///   (1) L = sum { e^2 / 2 | delta (|e| - delta / 2) } / (T B F)                    | where |e| > delta
///   (2) dy = { e | delta sign(e) } / (T B F)
/// Source: Huber 1964, "Robust Estimation of a Location Parameter". This is torch.nn.HuberLoss, and the default is
/// PyTorch's. Contract: losses/loss.hpp.
struct Huber {
  static constexpr std::string_view kName = "huber";

  double delta = 1;  ///< above 0, in the units of the targets

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    require_delta();
    return elementwise_loss::value("Huber", y, target, batch, [this](double a, double z) {
      const double error = std::abs(a - z);
      return error > delta ? delta * (error - delta / 2) : error * error / 2;  // (1)
    });
  }

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    require_delta();
    const S most = static_cast<S>(delta);
    elementwise_loss::gradient("Huber", y, target, batch, dy, [most](S a, S z) {
      const S error = a - z;
      return error > most ? most : error < -most ? -most : error;  // (2), and NaN for NaN
    });
  }

 private:
  void require_delta() const {
    if (!(delta > 0) || !std::isfinite(delta))
      fail<ConfigError>("Huber", "expected a delta above 0 and finite, got ", delta);
  }
};

}  // namespace tsattn
