#include <limits>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/saturated_count.hpp>

namespace {

using namespace tsattn;

constexpr Index kLargest = (std::numeric_limits<Index>::max)();

std::string text_of(SaturatedCount count) {
  std::ostringstream text;
  text << count;
  return text.str();
}

TEST_CASE("sums and products are those of integers while there is room") {
  CHECK((SaturatedCount(3) + 4).value() == 7);
  CHECK((SaturatedCount(3) * 4 + 2 * SaturatedCount(5)).value() == 22);
  CHECK((SaturatedCount(kLargest - 1) + 1).value() == kLargest);
  CHECK((SaturatedCount(kLargest / 3) * 3).value() == kLargest / 3 * 3);
  CHECK((SaturatedCount(1) * kLargest).value() == kLargest);
  CHECK(SaturatedCount().value() == 0);
}

TEST_CASE("beyond it they stay at the largest") {
  CHECK((SaturatedCount(kLargest) + 1).is_saturated());
  CHECK((SaturatedCount(kLargest) + kLargest).value() == kLargest);
  CHECK((SaturatedCount(kLargest / 2 + 1) * 2).value() == kLargest);
  CHECK((SaturatedCount(Index{1} << 62) * 4).value() == kLargest);  // 0 where it flows over
  CHECK((SaturatedCount(Index{1} << 32) * (Index{1} << 32) * (Index{1} << 32)).value() == kLargest);
  CHECK((SaturatedCount(kLargest) * 0).value() == 0);
  CHECK((SaturatedCount(0) * kLargest + 5).value() == 5);
}

TEST_CASE("negative sizes count as none") {
  CHECK(SaturatedCount(-5).value() == 0);
  CHECK((SaturatedCount((std::numeric_limits<Index>::min)()) + 2).value() == 2);
  CHECK((SaturatedCount(-5) * kLargest).value() == 0);
}

TEST_CASE("counts are compared, and say when there are more") {
  CHECK(SaturatedCount(2) < SaturatedCount(3));
  CHECK(SaturatedCount(3) == SaturatedCount(3));
  CHECK(SaturatedCount(kLargest) > 3);
  CHECK(text_of(12) == "12");
  CHECK(text_of(kLargest) == "9223372036854775807 or more");
  static_assert((SaturatedCount(kLargest) * 2).is_saturated());
}

}  // namespace
