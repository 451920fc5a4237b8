#include <doctest/doctest.h>

#include <tsattn/training/shards.hpp>

using namespace tsattn;

TEST_CASE("shards: they cover every batch once, in order, and differ in size by one at most") {
  for (Index batch = 1; batch <= 1000; ++batch) {
    const Index count = shard_count(batch);
    Index end = 0, smallest = batch, largest = 0;
    for (Index i = 0; i < count; ++i) {
      const IndexRange part = shard(batch, count, i);
      REQUIRE(part.begin == end);
      end = part.end;
      smallest = std::min(smallest, part.size());
      largest = std::max(largest, part.size());
    }
    REQUIRE(end == batch);
    REQUIRE(smallest >= 1);
    REQUIRE(largest - smallest <= 1);
    REQUIRE(count <= 16);
  }
  CHECK(shard_count(8) == 1);
  CHECK(shard_count(9) == 2);
  CHECK(shard_count(32) == 4);
  CHECK(shard_count(1000) == 16);
}
