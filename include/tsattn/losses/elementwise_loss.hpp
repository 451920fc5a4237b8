#pragma once

#include <string_view>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/sequence.hpp>

/// What losses share that are the mean, over all scalars of a batch, of a function l of an output and its target z:
///   L = sum l(y, z) / (T B F)         dy = l'(y, z) / (T B F),  l' by y
/// `where` is the loss, for messages. Both throw ShapeError if the shapes differ.
namespace tsattn::elementwise_loss {

/// Returns L of the shard, where term(y, z) is l in double.
template <class S, class Term>
double value(std::string_view where, const Sequence<S>& y, const Sequence<S>& target, Index batch, const Term& term) {
  require_shape(where, "y", y, target.shape());
  double sum = 0;
  for (Index i = 0; i < y.size(); ++i)
    sum += term(static_cast<double>(y.data()[i]), static_cast<double>(target.data()[i]));
  return sum / static_cast<double>(y.time() * batch * y.features());
}

/// Assigns dy, where slope(y, z) is l' in S.
template <class S, class Slope>
void gradient(std::string_view where, const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy,
              const Slope& slope) {
  require_shape(where, "y", y, target.shape());
  dy.resize(y.shape());
  const S share = 1 / static_cast<S>(y.time() * batch * y.features());
  for (Index i = 0; i < y.size(); ++i) dy.data()[i] = share * slope(y.data()[i], target.data()[i]);
}

}  // namespace tsattn::elementwise_loss
