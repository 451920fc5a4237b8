#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>

#include "support/random_values.hpp"

namespace tsattn::test {

/// Queries and keys in every number for which a score takes another way: products, one query after the other, a mask.
struct ScoreWay {
  AttentionMask mask;
  Index queries, keys;
};
inline constexpr ScoreWay kScoreWays[] = {{AttentionMask::none, 5, 3},
                                          {AttentionMask::none, 2, 3},
                                          {AttentionMask::none, 1, 4},
                                          {AttentionMask::causal, 5, 5}};

/// Compares (2) and (7) of a score class (layers/attention/score.hpp), which has its weights already, for p and k' of
/// `size`: scores with `expected(p, k')`, one pair at a time, and the gradients of p and k' with central differences of
/// sum ds s. `gradients` takes those of the weights, which are not compared here.
template <class OfScore, class Expected>
void check_score(const OfScore& score, Index size, const Expected& expected, typename OfScore::Parameters gradients) {
  constexpr Index kBatch = 2;
  for (const ScoreWay& way : kScoreWays) {
    CAPTURE(name_of(way.mask));
    CAPTURE(way.queries);
    Random random(1);
    auto p = random_sequence<double>({way.queries, kBatch, size}, random);
    auto k = random_sequence<double>({way.keys, kBatch, size}, random);
    const auto d_scores = random_sequence<double>({way.queries, kBatch, way.keys}, random);
    const auto scores = [&](Index b) {
      Sequence<double> s({way.queries, kBatch, way.keys});
      score.scores(way.mask, {p, b}, {k, b}, SampleSteps<double>(s, b));
      return s;
    };
    const auto loss = [&](Index b) {
      const Sequence<double> s = scores(b);
      double sum = 0;
      for (Index t = 0; t < way.queries; ++t)
        for (Index j = 0; j < visible_keys(way.mask, t, way.keys); ++j) sum += d_scores(t, b, j) * s(t, b, j);
      return sum;
    };
    for (Index b = 0; b < kBatch; ++b) {
      CAPTURE(b);
      const Sequence<double> s = scores(b);
      for (Index t = 0; t < way.queries; ++t)
        for (Index j = 0; j < visible_keys(way.mask, t, way.keys); ++j)
          CHECK(std::abs(s(t, b, j) - expected(p.step(t).col(b), k.step(j).col(b))) <= 1e-14);

      Matrix<double> ds(way.keys, way.queries);
      Sequence<double> dp(p.shape()), dk(k.shape());
      for (Index t = 0; t < way.queries; ++t) ds.map().col(t) = d_scores.step(t).col(b);
      score.scores_backward(way.mask, {p, b}, {k, b}, SampleSteps<double>(ds), SampleSteps<double>(dp, b),
                            SampleSteps<double>(dk, b), gradients);
      const auto compare = [&](Sequence<double>& x, const Sequence<double>& dx) {
        constexpr double kStep = 1e-6;
        for (Index i = 0; i < x.size(); ++i) {
          const double held = x.data()[i];
          x.data()[i] = held + kStep;
          const double above = loss(b);
          x.data()[i] = held - kStep;
          const double below = loss(b);
          x.data()[i] = held;
          CHECK(std::abs(dx.data()[i] - (above - below) / (2 * kStep)) <= 1e-8);
        }
      };
      compare(p, dp);
      compare(k, dk);
    }
  }
}

}  // namespace tsattn::test
