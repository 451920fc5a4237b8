#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/losses/binary_cross_entropy.hpp>
#include <tsattn/losses/elementwise_loss.hpp>
#include <tsattn/losses/probabilities.hpp>

namespace tsattn {

template <class S>
void BinaryCrossEntropy::require_arguments(const Sequence<S>& x, const Sequence<S>& target) const {
  if (!(positive_weight > 0) || !std::isfinite(positive_weight))
    fail<ConfigError>("BinaryCrossEntropy", "expected a positive_weight above 0 and finite, got ", positive_weight);
  require_shape("BinaryCrossEntropy", "y", x, target.shape());
  require_probabilities("BinaryCrossEntropy", target);
}

template <class S>
double BinaryCrossEntropy::value(const Sequence<S>& x, const Sequence<S>& target, Index batch) const {
  require_arguments(x, target);
  return elementwise_loss::value("BinaryCrossEntropy", x, target, batch, [this](double a, double z) {
    const double weight = 1 + (positive_weight - 1) * z;
    return (1 - z) * a + weight * ((std::max)(-a, 0.0) + std::log1p(std::exp(-std::abs(a))));  // (1)
  });
}

template <class S>
void BinaryCrossEntropy::gradient(const Sequence<S>& x, const Sequence<S>& target, Index batch, Sequence<S>& dx) const {
  require_arguments(x, target);
  sigmoid_probabilities(x, dx);
  const S w = static_cast<S>(positive_weight);
  // fma, so that no compiler may choose whether to fuse: weights do not depend on it.
  elementwise_loss::gradient("BinaryCrossEntropy", dx, target, batch, dx, [w](S p, S z) {
    return std::fma(std::fma(w - 1, z, S{1}), p, -(w * z));  // (2)
  });
}

TSATTN_LIBRARY_LOSS(BinaryCrossEntropy);

}  // namespace tsattn
