#pragma once

#include <algorithm>
#include <array>

#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/kernels/sums/sums.hpp>

namespace tsattn {

/// The penalty l2 |p|^2 / 2 on all weights, biases too: it adds l2 p to the gradients, which an optimizer is given
/// with their scale as
///   (1) g' = gradient_scale g + l2 p
/// This is PyTorch's weight_decay, after the clipping of the norm. Keras' regularizers.L2(l) of one layer has the
/// penalty l |p|^2, that is l2 = 2 l, and enters the loss and the norm that is clipped.
template <class S>
class L2Penalty {
 public:
  L2Penalty(double l2, double gradient_scale)
      : l2_(static_cast<S>(l2)), gradient_scale_(static_cast<S>(gradient_scale)) {}

  /// The factor by which the gradients that for_each_part gives are still to be multiplied.
  S gradient_scale() const { return l2_ == 0 ? gradient_scale_ : S{1}; }

  /// Calls step(begin, size, g), which may move the parameters `begin` to `begin + size` of the tensor, with their
  /// gradients: all at once as they are without a penalty, in parts otherwise.
  template <class Step>
  void for_each_part(const NamedTensor<S>& parameter, const NamedTensor<S>& gradient, const Step& step) const {
    if (l2_ == 0) {
      step(Index{0}, parameter.size(), gradient.data);
      return;
    }
    constexpr Index kMost = 1024;  // few enough to stay in the L1 until the step
    std::array<S, kMost> decay, g;
    for (Index begin = 0; begin < parameter.size(); begin += kMost) {
      const Index size = (std::min)(kMost, parameter.size() - begin);
      std::transform(parameter.data + begin, parameter.data + begin + size, decay.begin(),
                     [this](S p) { return l2_ * p; });
      std::transform(gradient.data + begin, gradient.data + begin + size, g.begin(),
                     [this](S unscaled) { return gradient_scale_ * unscaled; });
      kernels::add(size, decay.data(), g.data());  // (1), by a call, so that no compiler may choose whether to fuse
      step(begin, size, g.data());
    }
  }

 private:
  S l2_, gradient_scale_;
};

}  // namespace tsattn
