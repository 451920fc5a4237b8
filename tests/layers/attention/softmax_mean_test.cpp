#include <cmath>
#include <cstddef>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/softmax_mean.hpp>

#include "support/check_score.hpp"
#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

constexpr Index kBatch = 2, kFeatures = 3;

/// Weights and means of sample b, computed as they are defined.
struct ByDefinition {
  Sequence<double> w, c;

  ByDefinition(AttentionMask mask, const Sequence<double>& s, const Sequence<double>& v, Index b)
      : w(s.shape()), c({s.time(), kBatch, kFeatures}) {
    for (Index t = 0; t < s.time(); ++t) {
      double sum = 0;
      for (Index k = 0; k < visible_keys(mask, t, v.time()); ++k) sum += w(t, b, k) = std::exp(s(t, b, k));
      for (Index k = 0; k < visible_keys(mask, t, v.time()); ++k) {
        w(t, b, k) /= sum;
        for (Index f = 0; f < kFeatures; ++f) c(t, b, f) += w(t, b, k) * v(k, b, f);
      }
    }
  }
};

TEST_CASE("the softmax mean is what its definition says, in every way") {
  for (const test::ScoreWay& way : test::kScoreWays) {
    CAPTURE(name_of(way.mask));
    CAPTURE(way.queries);
    Random random(1);
    const auto s = test::random_sequence<double>({way.queries, kBatch, way.keys}, random);
    const auto v = test::random_sequence<double>({way.keys, kBatch, kFeatures}, random);
    for (Index b = 0; b < kBatch; ++b) {
      const ByDefinition expected(way.mask, s, v, b);
      Sequence<double> w({way.queries, kBatch, way.keys}), c({way.queries, kBatch, kFeatures});
      for (Index t = 0; t < way.queries; ++t) w.step(t).col(b) = s.step(t).col(b);
      softmax_mean<double>(way.mask, {w, b}, {v, b}, {c, b});
      CHECK(test::largest_difference(w, expected.w) <= 1e-15);
      CHECK(test::largest_difference(c, expected.c) <= 2e-15);
      if (way.queries > 1) continue;
      Sequence<double> one_w({1, 1, way.keys}), one_c({1, 1, kFeatures});  // one query by itself, as streams have it
      softmax_mean(way.keys, s.data() + b * way.keys, one_w.data(), kFeatures, v.data() + b * kFeatures,
                   kBatch * kFeatures, one_c.data());
      CHECK(one_w.step(0) == w.step(0).col(b));
      CHECK(one_c.step(0) == c.step(0).col(b));
    }
  }
}

TEST_CASE("the softmax mean's gradients are those of its definition, in every way") {
  for (const test::ScoreWay& way : test::kScoreWays) {
    CAPTURE(name_of(way.mask));
    CAPTURE(way.queries);
    Random random(2);
    auto s = test::random_sequence<double>({way.queries, kBatch, way.keys}, random);
    auto v = test::random_sequence<double>({way.keys, kBatch, kFeatures}, random);
    const auto dc = test::random_sequence<double>({way.queries, kBatch, kFeatures}, random);
    for (Index b = 0; b < kBatch; ++b) {
      const auto loss = [&] {
        const ByDefinition mean(way.mask, s, v, b);
        double sum = 0;
        for (Index t = 0; t < way.queries; ++t) sum += mean.c.step(t).col(b).dot(dc.step(t).col(b));
        return sum;
      };
      const Sequence<double> w = ByDefinition(way.mask, s, v, b).w;
      Matrix<double> ds(way.keys, way.queries);
      Sequence<double> dv(v.shape());
      softmax_mean_backward<double>(way.mask, {w, b}, {v, b}, {dc, b}, SampleSteps<double>(ds), {dv, b});
      const auto quotient = [&](double& x) {
        constexpr double kStep = 1e-6;
        const double held = x;
        x = held + kStep;
        const double above = loss();
        x = held - kStep;
        const double below = loss();
        x = held;
        return (above - below) / (2 * kStep);
      };
      for (Index t = 0; t < way.queries; ++t)
        for (Index k = 0; k < visible_keys(way.mask, t, way.keys); ++k)
          CHECK(std::abs(ds(k, t) - quotient(s(t, b, k))) <= 1e-9);
      for (Index i = 0; i < v.size(); ++i) CHECK(std::abs(dv.data()[i] - quotient(v.data()[i])) <= 1e-9);

      Matrix<double> same(way.keys, way.queries);
      softmax_mean_backward<double>(way.mask, {w, b}, {v, b}, {dc, b}, SampleSteps<double>(same), {});  // dv declined
      for (Index t = 0; t < way.queries; ++t)
        for (Index k = 0; k < visible_keys(way.mask, t, way.keys); ++k) CHECK(same(k, t) == ds(k, t));
    }
  }
}

}  // namespace
