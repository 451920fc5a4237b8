#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/losses/probabilities.hpp>
#include <tsattn/losses/softmax_cross_entropy.hpp>

namespace tsattn {

template <class S>
S SoftmaxCrossEntropy::weight(Index c) const {
  return class_weights.empty() ? S{1} : static_cast<S>(class_weights[static_cast<std::size_t>(c)]);
}

template <class S>
void SoftmaxCrossEntropy::require_arguments(const Sequence<S>& x, const Sequence<S>& target) const {
  constexpr std::string_view kWhere = "SoftmaxCrossEntropy";
  require_shape(kWhere, "y", x, target.shape());
  if (x.features() < 2)
    fail<ShapeError>(kWhere, "expected a feature for each of at least 2 classes, got ", x.features(),
                     "; one logit for two classes is what BinaryCrossEntropy takes");
  if (!class_weights.empty() && static_cast<Index>(class_weights.size()) != x.features())
    fail<ConfigError>(kWhere, "expected ", x.features(), " class_weights, one per feature, got ", class_weights.size());
  for (const double class_weight : class_weights)
    if (!(class_weight >= 0) || !std::isfinite(class_weight))
      fail<ConfigError>(kWhere, "expected class_weights of at least 0 and finite, got ", class_weight);
  require_probabilities(kWhere, target);
}

template <class S>
double SoftmaxCrossEntropy::value(const Sequence<S>& x, const Sequence<S>& target, Index batch) const {
  require_arguments(x, target);
  const Index classes = x.features();
  double sum = 0;
  for (Index i = 0; i < x.size(); i += classes) {
    const S *x_i = x.data() + i, *z = target.data() + i;
    const double largest = *std::max_element(x_i, x_i + classes);
    double total = 0;
    for (Index c = 0; c < classes; ++c) total += std::exp(x_i[c] - largest);
    for (Index c = 0; c < classes; ++c) sum += weight<double>(c) * z[c] * (std::log(total) - (x_i[c] - largest));
  }
  return sum / static_cast<double>(x.time() * batch);  // (1)
}

template <class S>
void SoftmaxCrossEntropy::gradient(const Sequence<S>& x, const Sequence<S>& target, Index batch,
                                   Sequence<S>& dx) const {
  require_arguments(x, target);
  softmax_probabilities(x, dx);
  const Index classes = x.features();
  const S share = 1 / static_cast<S>(x.time() * batch);
  for (Index i = 0; i < x.size(); i += classes) {
    const S* z = target.data() + i;
    S* dx_i = dx.data() + i;
    // fma, so that no compiler may choose whether to fuse: weights do not depend on it.
    S total = 0;
    for (Index c = 0; c < classes; ++c) total = std::fma(weight<S>(c), z[c], total);
    for (Index c = 0; c < classes; ++c) dx_i[c] = share * std::fma(dx_i[c], total, -(weight<S>(c) * z[c]));  // (2)
  }
}

TSATTN_LIBRARY_LOSS(SoftmaxCrossEntropy);

}  // namespace tsattn
