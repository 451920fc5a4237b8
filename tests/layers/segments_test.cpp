#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/segments.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

/// Two samples of two features, over four steps: value 100 step + 10 sample + feature.
Sequence<double> steps() {
  return sequence_of({4, 2, 2}, {0., 1., 10., 11., 100., 101., 110., 111.,  //
                                 200., 201., 210., 211., 300., 301., 310., 311.});
}

/// Two steps of them as one.
Sequence<double> pairs_of_steps() {
  return sequence_of({2, 2, 4}, {0., 1., 100., 101., 10., 11., 110., 111.,  //
                                 200., 201., 300., 301., 210., 211., 310., 311.});
}

TEST_CASE("segments put steps side by side, and their gradients back") {
  const SegmentsLayer<double> layer(2);
  SegmentsLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x = steps(), joined = pairs_of_steps();
  Sequence<double> y, dx;
  layer.forward({&x}, y, cache);
  CHECK(same_bits(y, joined));
  layer.backward({&x}, y, joined, cache, none, {&dx});
  CHECK(same_bits(dx, x));
  CHECK(layer.output_shape(std::vector{SampleShape{4, 2}}) == SampleShape{2, 4});
  CHECK(layer.output_shape(std::vector{SampleShape{kAnyTime, 2}}) == SampleShape{kAnyTime, 4});
}

TEST_CASE("segments of one step are the steps") {
  const SegmentsLayer<double> layer(1);
  SegmentsLayer<double>::Cache cache;
  const Sequence<double> x = steps();
  Sequence<double> y;
  layer.forward({&x}, y, cache);
  CHECK(same_bits(y, x));
}

TEST_CASE("segments say what does not fit") {
  const SegmentsLayer<double> layer(3);
  SegmentsLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x = steps(), joined = pairs_of_steps();
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(layer.forward({&x}, y, cache),
                       "[Segments] expected a multiple of 3 steps, got x = [time=4, batch=2, features=2]", ShapeError);
  CHECK_THROWS_WITH_AS(layer.backward({&x}, joined, x, cache, none, {}),
                       "[Segments::backward] expected dy = [time=2, batch=2, features=4], got [time=4, batch=2, "
                       "features=2]",
                       ShapeError);
  const SampleShape shape{10, 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(Segments{.width = 4}, {shape}),
                       "[a layer] expected a multiple of 4 steps, got x = [time=10, features=3]", ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Segments{.width = 0}, {shape}),
                       "[a layer] expected a width of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Segments{}, {shape, shape}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
}

}  // namespace
