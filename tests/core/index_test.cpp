#include <limits>
#include <type_traits>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>

using namespace tsattn;

static_assert(std::is_signed_v<Index> && sizeof(Index) == sizeof(void*), "differences of positions in memory fit it");

TEST_CASE("a range of positions has a size, which may be 0 or, of a range that is none, below it") {
  CHECK(IndexRange{}.size() == 0);
  CHECK(IndexRange{3, 10}.size() == 7);
  CHECK(IndexRange{10, 3}.size() == -7);
  CHECK(IndexRange{0, std::numeric_limits<Index>::max()}.size() == std::numeric_limits<Index>::max());
}

TEST_CASE("ranges are equal if both ends are") {
  CHECK(IndexRange{3, 10} == IndexRange{.begin = 3, .end = 10});
  CHECK(IndexRange{3, 10} != IndexRange{3, 11});
  CHECK(IndexRange{3, 10} != IndexRange{2, 10});
  CHECK(IndexRange{3, 3} != IndexRange{4, 4});  // both are empty, at different places
}
