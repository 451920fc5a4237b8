#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/optimizers/adam.hpp>
#include <tsattn/optimizers/adam_w.hpp>
#include <tsattn/optimizers/l2_penalty.hpp>
#include <tsattn/optimizers/rms_prop.hpp>
#include <tsattn/optimizers/sgd.hpp>

#include "support/one_tensor.hpp"
#include "support/random_values.hpp"

using namespace tsattn;
using test::OneTensor;

namespace {

/// Whether the optimizer with that l2 takes the steps of the one without for gradients with the penalty's, bit for bit.
template <class Optimizer>
void check_penalty(Optimizer optimizer) {
  constexpr Index kSize = 2500;  // more than two parts, the last one not whole
  constexpr double kL2 = 0.25, kScale = 0.5;
  Random random(1);
  OneTensor plain(kSize), penalized(kSize);
  test::randomize(&plain.p(0), kSize, random);
  for (Index i = 0; i < kSize; ++i) penalized.p(i) = plain.p(i);
  typename Optimizer::template State<double> without(optimizer);
  optimizer.l2 = kL2;
  typename Optimizer::template State<double> with(optimizer);
  for (int step = 1; step <= 3; ++step) {
    CAPTURE(step);
    test::randomize(&penalized.g(0), kSize, random);
    for (Index i = 0; i < kSize; ++i) {
      const double decay = kL2 * plain.p(i);  // products with powers of 2 are exact, fused or not
      plain.g(i) = kScale * penalized.g(i) + decay;
    }
    without.step(plain.parameters(), plain.gradients(), 1);
    with.step(penalized.parameters(), penalized.gradients(), kScale);
    Index same = 0;
    for (Index i = 0; i < kSize; ++i) same += penalized.p(i) == plain.p(i);
    CHECK(same == kSize);
  }
}

}  // namespace

TEST_CASE("an l2 adds l2 p to the scaled gradients of every optimizer") {
  check_penalty(Sgd{});
  check_penalty(Sgd{.momentum = 0.5, .nesterov = true});
  check_penalty(RmsProp{});
  check_penalty(RmsProp{.momentum = 0.5});
  check_penalty(Adam{});
}

TEST_CASE("with Sgd an l2 shrinks all weights by the same share") {
  OneTensor t(1);
  t.p(0) = 8;
  SgdState<double> sgd(Sgd{.learning_rate = 0.5, .l2 = 0.5});
  for (const double expected : {6.0, 4.5, 3.375}) {  // times 1 - 1/4 each
    sgd.step(t.parameters(), t.gradients(), 1);
    CHECK(t.p(0) == expected);
  }
}

TEST_CASE("the gradients that an optimizer is given stay as they are") {
  OneTensor t(1);
  t.p(0) = 8, t.g(0) = 3;
  SgdState<double>(Sgd{.l2 = 0.5}).step(t.parameters(), t.gradients(), 0.25);
  CHECK(t.g(0) == 3);
}

TEST_CASE("l2: errors") {
  CHECK_THROWS_WITH_AS(SgdState<float>(Sgd{.l2 = -1}), "[Sgd] expected an l2 of at least 0 and finite, got -1",
                       ConfigError);
  CHECK_THROWS_WITH_AS(RmsPropState<float>(RmsProp{.l2 = -1}),
                       "[RmsProp] expected an l2 of at least 0 and finite, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(AdamState<float>(Adam{.l2 = std::numeric_limits<double>::infinity()}),
                       "[Adam] expected an l2 of at least 0 and finite, got inf", ConfigError);
}
