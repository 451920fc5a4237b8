#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/losses/huber.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void Huber::require_delta() const {
  if (!(delta > 0) || !std::isfinite(delta))
    fail<ConfigError>("Huber", "expected a delta above 0 and finite, got ", delta);
}

template <class S>
double Huber::value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
  require_delta();
  return elementwise_loss::value("Huber", y, target, batch, [this](double a, double z) {
    const double error = std::abs(a - z);
    return error > delta ? unfused_product(delta, error - delta / 2) : error * error / 2;  // (1)
  });
}

template <class S>
void Huber::gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
  require_delta();
  const S most = static_cast<S>(delta);
  elementwise_loss::gradient("Huber", y, target, batch, dy, [most](S a, S z) {
    const S error = a - z;
    return error > most ? most : error < -most ? -most : error;  // (2), and NaN for NaN
  });
}

TSATTN_LIBRARY_LOSS(Huber);

}  // namespace tsattn
