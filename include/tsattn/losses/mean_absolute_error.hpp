#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// Mean absolute error, over all scalars of the batch: its best constant forecast is the median, and outliers pull no
/// harder than others.
///   (1) L = sum |y - z| / (T B F)         (2) dy = sign(y - z) / (T B F), 0 where y = z
/// with the target z. This is torch.nn.L1Loss. Contract: losses/loss.hpp.
struct MeanAbsoluteError {
  static constexpr std::string_view kName = "mae";

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const;

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/mean_absolute_error.inl>
#endif
