#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// Mean squared error, over all scalars of the batch.
///   (1) L = sum (y - z)^2 / (T B F)         (2) dy = 2 (y - z) / (T B F)
/// with the target z. This is torch.nn.MSELoss. Contract: losses/loss.hpp.
struct MeanSquaredError {
  static constexpr std::string_view kName = "mse";

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const;

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/mean_squared_error.inl>
#endif
