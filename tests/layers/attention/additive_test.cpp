#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/additive.hpp>

#include "support/check_score.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

/// Random weights of 6 units for queries of 4 and keys of 3 features.
AdditiveScore<double>::Parameters random_weights() {
  AdditiveScore<double>::Parameters weights;
  AdditiveScore<double>::set_sizes("a layer", Score::additive, 4, 3, 6, weights);
  Random random(3);
  for (Matrix<double>* w : {&weights.w_q, &weights.w_k}) test::randomize(w->data(), w->size(), random);
  for (Vector<double>* v : {&weights.b, &weights.v}) test::randomize(v->data(), v->size(), random);
  return weights;
}

TEST_CASE("the additive score compares by the definition, in every way") {
  const auto weights = random_weights();
  auto gradients = weights;
  test::check_score(
      AdditiveScore<double>(weights), 6,
      [&](const auto& p, const auto& k) {
        return weights.v.map().dot((p + k).unaryExpr([](double x) { return std::tanh(x); }));
      },
      gradients);
}

TEST_CASE("the additive score's dv is the sum of ds u over all queries and keys") {
  const auto weights = random_weights();
  Random random(5);
  const auto p = test::random_sequence<double>({2, 1, 6}, random), k = test::random_sequence<double>({3, 1, 6}, random);
  Matrix<double> ds(3, 2);
  test::randomize(ds.data(), ds.size(), random);
  Eigen::VectorXd expected = Eigen::VectorXd::Zero(6);
  for (Index t = 0; t < 2; ++t)
    for (Index j = 0; j < 3; ++j)
      expected += ds(j, t) * (p.step(t) + k.step(j)).unaryExpr([](double x) { return std::tanh(x); });
  auto gradients = weights;
  gradients.v.fill(0);
  Sequence<double> dp(p.shape()), dk(k.shape());
  AdditiveScore<double>(weights).scores_backward(AttentionMask::none, {p, 0}, {k, 0}, SampleSteps<double>(ds),
                                                 SampleSteps<double>(dp, 0), SampleSteps<double>(dk, 0), gradients);
  CHECK((gradients.v.map() - expected).norm() <= 1e-13);
}

TEST_CASE("the additive score projects queries and keys, and back") {
  const auto weights = random_weights();
  const AdditiveScore<double> score(weights);
  Random random(4);
  const auto query = test::random_sequence<double>({2, 3, 4}, random);
  const auto keys = test::random_sequence<double>({5, 3, 3}, random);
  AdditiveScore<double>::Cache cache;
  score.project(query, keys, cache);
  const Projected<double> projected = score.projected(query, keys, cache);
  CHECK((projected.query.flat() - ((weights.w_q.map() * query.flat()).colwise() + weights.b.map())).norm() <= 1e-13);
  CHECK((projected.keys.flat() - weights.w_k.map() * keys.flat()).norm() <= 1e-13);

  const ProjectedGradients<double> targets = score.projected_gradients(nullptr, nullptr, cache);
  *targets.query = test::random_sequence<double>({2, 3, 6}, random);
  *targets.keys = test::random_sequence<double>({5, 3, 6}, random);
  const auto dp = targets.query->flat(), dk = targets.keys->flat();
  auto gradients = weights;
  Sequence<double> d_query, d_keys;
  score.project_backward(query, keys, cache, gradients, &d_query, &d_keys);
  CHECK((gradients.w_q.map() - weights.w_q.map() - dp * query.flat().transpose()).norm() <= 1e-13);
  CHECK((gradients.w_k.map() - weights.w_k.map() - dk * keys.flat().transpose()).norm() <= 1e-13);
  CHECK((gradients.b.map() - weights.b.map() - dp.rowwise().sum()).norm() <= 1e-13);
  CHECK((d_query.flat() - weights.w_q.map().transpose() * dp).norm() <= 1e-13);
  CHECK((d_keys.flat() - weights.w_k.map().transpose() * dk).norm() <= 1e-13);
}

TEST_CASE("the additive score refuses units below 1") {
  AdditiveScore<double>::Parameters weights;
  CHECK_THROWS_WITH_AS(AdditiveScore<double>::set_sizes("a layer", Score::additive, 4, 3, 0, weights),
                       "[a layer] expected units of at least 1, got 0", ConfigError);
}

}  // namespace
