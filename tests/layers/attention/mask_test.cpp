#include <doctest/doctest.h>

#include <tsattn/layers/attention/mask.hpp>

using namespace tsattn;

TEST_CASE("without a mask a query sees all keys; with the causal one those up to its own step") {
  for (const Index t : {0, 1, 4}) CHECK(visible_keys(AttentionMask::none, t, 5) == 5);
  CHECK(visible_keys(AttentionMask::causal, 0, 5) == 1);
  CHECK(visible_keys(AttentionMask::causal, 3, 5) == 4);
  CHECK(visible_keys(AttentionMask::causal, 4, 5) == 5);
}

TEST_CASE("several queries that see all keys are one product") {
  CHECK(!uses_products(AttentionMask::none, 1));
  CHECK(!uses_products(AttentionMask::none, 3));
  CHECK(uses_products(AttentionMask::none, 4));
  CHECK(!uses_products(AttentionMask::causal, 100));
}

TEST_CASE("masks go by their names") {
  CHECK(name_of(AttentionMask::none) == "none");
  CHECK(from_name<AttentionMask>("causal") == AttentionMask::causal);
}
