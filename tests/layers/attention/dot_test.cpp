#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/dot.hpp>

#include "support/check_score.hpp"
#include "support/random_values.hpp"

namespace dot_test {

namespace {

using namespace tsattn;

TEST_CASE("dot and scaled dot compare by the definition, in every way") {
  constexpr Index kFeatures = 7;
  for (const Score score : {Score::dot, Score::scaled_dot}) {
    CAPTURE(name_of(score));
    const double a = score == Score::scaled_dot ? 1 / std::sqrt(7.0) : 1;
    test::check_score(DotScore<double>(score, kFeatures), kFeatures,
                      [&](const auto& p, const auto& k) { return a * p.dot(k); }, {});
  }
}

TEST_CASE("dot scores decline the gradients of queries or keys") {
  Random random(2);
  const auto p = test::random_sequence<double>({5, 1, 3}, random), k = test::random_sequence<double>({4, 1, 3}, random);
  for (const AttentionMask mask : {AttentionMask::none, AttentionMask::causal}) {
    const Index queries = mask == AttentionMask::causal ? 4 : 5;
    const auto backward = [&](bool wants_query, bool wants_keys) {
      Matrix<double> ds(4, queries);
      ds.fill(0.5);
      Sequence<double> dp({queries, 1, 3}), dk({4, 1, 3});
      DotScore<double>::Parameters none;
      const Sequence<double> query = [&] {
        Sequence<double> first({queries, 1, 3});
        first.flat() = p.flat().leftCols(queries);
        return first;
      }();
      DotScore<double>(Score::dot, 3)
          .scores_backward(mask, {query, 0}, {k, 0}, SampleSteps<double>(ds),
                           SampleSteps<double>(wants_query ? &dp : nullptr, 0),
                           SampleSteps<double>(wants_keys ? &dk : nullptr, 0), none);
      return std::pair(dp, dk);
    };
    const auto both = backward(true, true);
    CHECK(backward(true, false).first.flat() == both.first.flat());
    CHECK(backward(false, true).second.flat() == both.second.flat());
    CHECK(backward(false, true).first.flat().isZero(0));
  }
}

TEST_CASE("dot scores refuse queries and keys of different size") {
  DotScore<double>::Parameters none;
  CHECK_THROWS_WITH_AS(DotScore<double>::set_sizes("a layer", Score::dot, 3, 4, 0, none),
                       "[a layer] expected query and keys of the same size for the score dot, got 3 and 4; the scores "
                       "general and additive take any sizes",
                       ShapeError);
}

}  // namespace

}  // namespace dot_test
