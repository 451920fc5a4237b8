#pragma once

#include <concepts>
#include <string_view>

#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

/// The contract of a loss: a plain struct of options with a `kName` and two functions for any scalar S.
///
///   value      L, taken in double
///   gradient   dy = dL/dy, which is assigned
///
/// y and target have one shape, [T, B', F]. A batch is worked on in parts (shards) of B' samples; `batch` is B, the
/// number of samples of the whole batch, and every loss is a mean over it: the values of the shards add up to the loss
/// of the batch, and the gradients need no further factor. For a batch in one piece it is y.batch(). What the mean is
/// over beside the samples (steps, features) is the loss's own matter. Equations and uses: docs/losses.md.
///
/// Both functions throw ShapeError if the shapes differ, ConfigError if an option makes no sense, and, where targets
/// are probabilities, DataError if one is none.
namespace tsattn {

// clang-format off
template <class Type, class S>
concept LossFunction = std::copyable<Type> && requires(
    const Type& loss, const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) {
  { Type::kName } -> std::convertible_to<std::string_view>;
  { loss.value(y, target, batch) } -> std::same_as<double>;
  loss.gradient(y, target, batch, dy);
};
// clang-format on

}  // namespace tsattn
