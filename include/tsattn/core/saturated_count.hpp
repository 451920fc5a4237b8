#pragma once

#include <compare>
#include <limits>
#include <ostream>

#include <tsattn/core/index.hpp>

namespace tsattn {

/// A number of things that may be too large to count: sums and products stay at the largest Index instead of flowing
/// over. It counts what a stranger's file asks for; a negative size, which is refused elsewhere, counts as 0.
class SaturatedCount {
 public:
  static constexpr Index kLargest = (std::numeric_limits<Index>::max)();

  constexpr SaturatedCount(Index count = 0) : count_(count < 0 ? 0 : count) {}

  constexpr Index value() const { return count_; }
  constexpr bool is_saturated() const { return count_ == kLargest; }

  friend constexpr SaturatedCount operator+(SaturatedCount left, SaturatedCount right) {
    return left.count_ > kLargest - right.count_ ? kLargest : left.count_ + right.count_;
  }
  friend constexpr SaturatedCount operator*(SaturatedCount left, SaturatedCount right) {
    if (left.count_ == 0 || right.count_ == 0) return 0;
    return left.count_ > kLargest / right.count_ ? kLargest : left.count_ * right.count_;
  }
  friend constexpr bool operator==(SaturatedCount, SaturatedCount) = default;
  friend constexpr auto operator<=>(SaturatedCount, SaturatedCount) = default;

  /// Writes "12", or "9223372036854775807 or more".
  friend std::ostream& operator<<(std::ostream& out, SaturatedCount count) {
    return out << count.count_ << (count.is_saturated() ? " or more" : "");
  }

 private:
  Index count_;
};

}  // namespace tsattn
