#pragma once

#include <string_view>

#include <tsattn/core/sequence.hpp>
#include <tsattn/core/unfused_product.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>

namespace tsattn {

template <class S>
double MeanSquaredError::value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
  return elementwise_loss::value("MeanSquaredError", y, target, batch, [](double a, double z) {
    const double error = a - z;
    return unfused_product(error, error);  // (1)
  });
}

template <class S>
void MeanSquaredError::gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
  elementwise_loss::gradient("MeanSquaredError", y, target, batch, dy, [](S a, S z) { return 2 * (a - z); });  // (2)
}

TSATTN_LIBRARY_LOSS(MeanSquaredError);

}  // namespace tsattn
