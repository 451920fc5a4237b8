#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/activation.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::sequence_of;

TEST_CASE("each function and its slope at known points") {
  const double ln3 = std::log(3.0);
  struct Case {
    ActivationFunction function;
    Sequence<double> y, slope;  // at x = ln 3, -ln 3, 2
  };
  const double s2 = 1 / (1 + std::exp(-2.0)), t2 = std::tanh(2.0);
  const SequenceShape shape{3, 1, 1};
  const Case cases[] = {
      {ActivationFunction::identity, sequence_of(shape, {ln3, -ln3, 2.0}), sequence_of(shape, {1.0, 1.0, 1.0})},
      {ActivationFunction::tanh, sequence_of(shape, {0.8, -0.8, t2}), sequence_of(shape, {0.36, 0.36, 1 - t2 * t2})},
      {ActivationFunction::sigmoid, sequence_of(shape, {0.75, 0.25, s2}),
       sequence_of(shape, {0.1875, 0.1875, s2 * (1 - s2)})},
      {ActivationFunction::relu, sequence_of(shape, {ln3, 0.0, 2.0}), sequence_of(shape, {1.0, 0.0, 1.0})},
  };
  const Sequence<double> x = sequence_of(shape, {ln3, -ln3, 2.0}), dy = sequence_of(shape, {-2.0, 4.0, 8.0});
  // Functions of a logarithm that is rounded, times 8 at most: five roundings of numbers up to 8.
  constexpr double kTolerance = 5 * 8 * std::numeric_limits<double>::epsilon();
  for (const Case& c : cases) {
    INFO(name_of(c.function));
    const ActivationLayer<double> layer(c.function);
    ActivationLayer<double>::Cache cache;
    NoParameters none;
    Sequence<double> y, dx, expected = c.slope;
    layer.forward({&x}, y, cache);
    CHECK(test::largest_difference(y, c.y) <= kTolerance);
    layer.backward({&x}, y, dy, cache, none, {&dx});
    expected.flat() = c.slope.flat().cwiseProduct(dy.flat());
    CHECK(test::largest_difference(dx, expected) <= kTolerance);
  }
}

TEST_CASE("activations keep the shape, have no weights, and take one input") {
  const SampleShape x{7, 3};
  const auto layer = build_layer<float>(Activation{}, {x});
  CHECK(layer.output_shape(std::vector{x}) == x);
  CHECK(parameter_count(layer.parameters()) == 0);
  CHECK_THROWS_WITH_AS(build_layer<float>(Activation{}, {x, x}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<float>(Activation{}, {}), "[a layer] expected one input x, got 0 inputs",
                       ShapeError);

  const Sequence<float> input({2, 2, 3}), wrong({2, 2, 4});
  ActivationLayer<float>::Cache cache;
  NoParameters none;
  Sequence<float> y;
  layer.forward({&input}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&input}, y, wrong, cache, none, {}),
      "[Activation::backward] expected dy = [time=2, batch=2, features=3], got [time=2, batch=2, features=4]",
      ShapeError);
}

}  // namespace
