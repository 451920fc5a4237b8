#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/flush_denormals.hpp>

namespace {

/// Half of the smallest normal number, by an operation that the compiler cannot do.
float make_denormal() {
  volatile float smallest = std::numeric_limits<float>::min();
  return smallest * 0.5F;
}
/// What a denormal number is worth to an operation.
float twice_a_denormal() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal * 0x1p100F;
}

TEST_CASE("denormal results and operands are 0 while it lives, and only then") {
  REQUIRE(make_denormal() > 0);
  REQUIRE(twice_a_denormal() > 0);
  {
    const tsattn::FlushDenormals outer;
    CHECK((make_denormal() == 0) == tsattn::FlushDenormals::kHasEffect);
    CHECK((twice_a_denormal() == 0) == tsattn::FlushDenormals::kHasEffect);
    { const tsattn::FlushDenormals inner; }
    CHECK((make_denormal() == 0) == tsattn::FlushDenormals::kHasEffect);
  }
  CHECK(make_denormal() > 0);
  CHECK(twice_a_denormal() > 0);
}

}  // namespace
