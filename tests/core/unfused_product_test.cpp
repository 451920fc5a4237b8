#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/unfused_product.hpp>

namespace {

using tsattn::unfused_product;

/// What the compiler cannot know.
template <class Scalar>
Scalar unknown(Scalar value) {
  const volatile Scalar kept = value;
  return kept;
}

/// (1 + e) (1 - e) = 1 - e^2 rounds to 1, and a fused sum with -1 has -e^2 left. Each product is used once: if it were
/// needed by itself too, no compiler would fuse it.
template <class Scalar>
void check() {
  const Scalar e = std::ldexp(Scalar{1}, -(std::numeric_limits<Scalar>::digits / 2 + 2)), one = unknown(Scalar{1});
  CHECK(unfused_product(unknown(1 + e), unknown(1 - e)) - one == 0);
  CHECK(one - unfused_product(unknown(1 + e), unknown(1 - e)) == 0);
  Scalar sum = -one;
  for (Scalar sign = one; sign > 0; --sign) sum += unfused_product(unknown(1 + e), unknown(1 - e));
  CHECK(sum == 0);
}

// With a plain product this fails where g++ fuses by itself: on AArch64, and on x86-64 with -march=native.
TEST_CASE("a product is rounded before it is added") {
  check<float>();
  check<double>();
  check<long double>();
}

}  // namespace
