#include <vector>

#include <doctest/doctest.h>

#include <tsattn/data/split.hpp>

using namespace tsattn;

TEST_CASE("chronological_split: parts in time order that border on each other and end at the end") {
  CHECK(chronological_split(10, {0.7, 0.1, 0.2}) == std::vector<IndexRange>{{0, 7}, {7, 8}, {8, 10}});
  CHECK(chronological_split(11, {0.5, 0.5}) == std::vector<IndexRange>{{0, 5}, {5, 11}});
  CHECK(chronological_split(3, {1.0}) == std::vector<IndexRange>{{0, 3}});
  CHECK(IndexRange{3, 8}.size() == 5);
}

TEST_CASE("chronological_split: shares that are whole steps are not lost to the rounding of their sum") {
  for (Index steps = 10; steps <= 100000; steps *= 10) {
    CAPTURE(steps);
    const auto parts =
        chronological_split(steps, {0.1, 0.2, 0.3, 0.4});  // 0.1 + 0.2 is above 0.3, 0.1 + ... + 0.3 below 0.6
    CHECK(parts[0].size() == steps / 10);
    CHECK(parts[1].size() == steps / 5);
    CHECK(parts[2].size() == steps / 10 * 3);
    CHECK(parts[3].size() == steps / 5 * 2);
  }
}

TEST_CASE("chronological_split: errors") {
  CHECK_THROWS_WITH_AS(chronological_split(10, {0.5, 0.4}),
                       "[chronological_split] expected fractions that sum to 1, got a sum of 0.9", ConfigError);
  CHECK_THROWS_WITH_AS(chronological_split(10, {1.2, -0.2}),
                       "[chronological_split] expected fractions above 0, got -0.2", ConfigError);
  CHECK_THROWS_WITH_AS(chronological_split(3, {0.1, 0.9}),
                       "[chronological_split] expected enough steps for 2 parts that are not empty, got 3 steps",
                       DataError);
  CHECK_THROWS_AS(chronological_split(0, {1.0}), DataError);
  CHECK_THROWS_AS(chronological_split(10, std::initializer_list<double>{}), ConfigError);
}
