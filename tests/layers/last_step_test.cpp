#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/last_step.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

TEST_CASE("the last step goes forward, and its gradient back to it alone") {
  const LastStepLayer<double> layer;
  LastStepLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x = sequence_of({3, 2, 1}, {1., 2., 3., 4., 5., 6.}), dy = sequence_of({1, 2, 1}, {7., 8.});
  Sequence<double> y, dx;
  layer.forward({&x}, y, cache);
  CHECK(same_bits(y, sequence_of({1, 2, 1}, {5., 6.})));
  layer.backward({&x}, y, dy, cache, none, {&dx});
  CHECK(same_bits(dx, sequence_of({3, 2, 1}, {0., 0., 0., 0., 7., 8.})));
}

TEST_CASE("the last step says what does not fit") {
  const LastStepLayer<double> layer;
  LastStepLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x({3, 2, 1}), no_step({0, 2, 1});
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(layer.forward({&no_step}, y, cache),
                       "[LastStep] expected x with at least one step, got x = [time=0, batch=2, features=1]",
                       ShapeError);
  layer.forward({&x}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&x}, y, x, cache, none, {}),
      "[LastStep::backward] expected dy = [time=1, batch=2, features=1], got [time=3, batch=2, features=1]",
      ShapeError);
  const SampleShape shape{kAnyTime, 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(LastStep{}, {shape, shape}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
  CHECK(build_layer<double>(LastStep{}, {shape}).output_shape(std::vector{shape}) == SampleShape{1, 3});
}

}  // namespace
