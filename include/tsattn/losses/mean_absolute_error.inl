#pragma once

#include <cmath>
#include <string_view>

#include <tsattn/core/sequence.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/losses/mean_absolute_error.hpp>

namespace tsattn {

template <class S>
double MeanAbsoluteError::value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
  return elementwise_loss::value("MeanAbsoluteError", y, target, batch,
                                 [](double a, double z) { return std::abs(a - z); });  // (1)
}

template <class S>
void MeanAbsoluteError::gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
  elementwise_loss::gradient("MeanAbsoluteError", y, target, batch, dy, [](S a, S z) {
    const S error = a - z;
    return error > 0 ? S{1} : error < 0 ? S{-1} : error;  // (2), and NaN for NaN
  });
}

TSATTN_LIBRARY_LOSS(MeanAbsoluteError);

}  // namespace tsattn
