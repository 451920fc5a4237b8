#pragma once

#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/sequence.hpp>

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
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const;

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const;

 private:
  void require_delta() const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/losses/huber.inl>
#endif
