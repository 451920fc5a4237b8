#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/random.hpp>

namespace tsattn {

/// The mask m of dropout: every element is 0 with probability p, and 1 / (1 - p) otherwise, so that its mean is 1.
/// Each element takes 16 bits of a generator, so p is `rate` rounded to a multiple of 2^-16.
/// Source: Srivastava et al. 2014, with the scale in training instead of inference. Use: layers/dropout.hpp, and
/// Recurrent for its states.
template <class S>
class DropoutMask {
 public:
  /// Throws ConfigError, from `where`, unless rate is in [0, 1). `name` is what the message calls it.
  DropoutMask(double rate, std::string_view where, std::string_view name) {
    if (!(rate >= 0 && rate < 1)) fail<ConfigError>(where, "expected a ", name, " in [0, 1), got ", rate);
    dropped_ = (std::min)(static_cast<std::uint32_t>(std::lround(rate * kValues)), kValues - 1);
    scale_ = static_cast<S>(static_cast<double>(kValues) / (kValues - dropped_));
  }

  /// Whether m is all ones.
  bool drops_nothing() const { return dropped_ == 0; }

  /// to = m * from, with the m that `random` draws; `to` may be `from`.
  void apply(Random random, Index size, const S* from, S* to) const {
    const S m[] = {0, scale_};  // looked up instead of branched for: which are dropped is what no processor predicts
    for (Index i = 0; i < size; i += 4) {
      std::uint64_t bits = random.bits();
      for (Index k = i; k < (std::min)(i + 4, size); ++k, bits >>= 16U) to[k] = m[bits % kValues >= dropped_] * from[k];
    }
  }

 private:
  static constexpr std::uint32_t kValues = 1U << 16U;  // of 16 bits

  std::uint32_t dropped_;  // p = dropped_ / kValues
  S scale_;
};

}  // namespace tsattn
