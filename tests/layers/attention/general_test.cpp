#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/general.hpp>

#include "support/check_score.hpp"
#include "support/random_values.hpp"

namespace general_test {

namespace {

using namespace tsattn;

/// Random weights for queries of 4 and keys of 3 features.
GeneralScore<double>::Parameters random_weights() {
  GeneralScore<double>::Parameters weights;
  GeneralScore<double>::set_sizes("a layer", Score::general, 4, 3, 0, weights);
  Random random(3);
  test::randomize(weights.w.data(), weights.w.size(), random);
  return weights;
}

TEST_CASE("the general score compares the projected query by the definition, in every way") {
  const auto weights = random_weights();
  test::check_score(GeneralScore<double>(weights), 3, [](const auto& p, const auto& k) { return p.dot(k); }, {});
}

TEST_CASE("the general score projects queries alone, and back") {
  const auto weights = random_weights();
  const GeneralScore<double> score(weights);
  Random random(4);
  const auto query = test::random_sequence<double>({2, 3, 4}, random);
  const auto keys = test::random_sequence<double>({5, 3, 3}, random);
  GeneralScore<double>::Cache cache;
  score.project(query, keys, cache);
  const Projected<double> projected = score.projected(query, keys, cache);
  CHECK(&projected.keys == &keys);
  CHECK((projected.query.flat() - weights.w.map().transpose() * query.flat()).norm() <= 1e-14);

  Sequence<double> d_query, d_keys;
  const ProjectedGradients<double> targets = score.projected_gradients(nullptr, &d_keys, cache);
  CHECK(targets.keys == &d_keys);
  *targets.query = test::random_sequence<double>({2, 3, 3}, random);
  auto gradients = weights;
  gradients.w.fill(1);
  score.project_backward(query, keys, cache, gradients, &d_query, nullptr);
  const auto dp = targets.query->flat();
  CHECK((gradients.w.map().array() - 1 - (query.flat() * dp.transpose()).array()).matrix().norm() <= 1e-14);
  CHECK((d_query.flat() - weights.w.map() * dp).norm() <= 1e-14);
}

}  // namespace

}  // namespace general_test
