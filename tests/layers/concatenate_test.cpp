#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/concatenate.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

TEST_CASE("features stand side by side in the order of the inputs, and so do their gradients") {
  const ConcatenateLayer<double> layer;
  ConcatenateLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> a = sequence_of({2, 1, 2}, {1., 2., 3., 4.}), b = sequence_of({2, 1, 1}, {10., 20.}),
                         c = sequence_of({2, 1, 3}, {100., 200., 300., 400., 500., 600.});
  const Sequence<double> dy = sequence_of({2, 1, 6}, {1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.});
  Sequence<double> y, da, db, dc;
  layer.forward({&a, &b, &c}, y, cache);
  CHECK(same_bits(y, sequence_of({2, 1, 6}, {1., 2., 10., 100., 200., 300., 3., 4., 20., 400., 500., 600.})));
  layer.backward({&a, &b, &c}, y, dy, cache, none, {&da, &db, &dc});
  CHECK(same_bits(da, sequence_of({2, 1, 2}, {1., 2., 7., 8.})));
  CHECK(same_bits(db, sequence_of({2, 1, 1}, {3., 9.})));
  CHECK(same_bits(dc, sequence_of({2, 1, 3}, {4., 5., 6., 10., 11., 12.})));
}

TEST_CASE("concatenate says what does not fit") {
  const ConcatenateLayer<double> layer;
  ConcatenateLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x({3, 2, 1}), other_time({1, 2, 4}), other_batch({3, 1, 4});
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(
      layer.forward({&x, &x, &other_time}, y, cache),
      "[Concatenate] expected an input = [time=3, batch=2, features=4], got [time=1, batch=2, features=4]", ShapeError);
  CHECK_THROWS_WITH_AS(
      layer.forward({&x, &other_batch}, y, cache),
      "[Concatenate] expected an input = [time=3, batch=2, features=4], got [time=3, batch=1, features=4]", ShapeError);
  layer.forward({&x, &x}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&x, &x}, y, x, cache, none, {}),
      "[Concatenate::backward] expected dy = [time=3, batch=2, features=2], got [time=3, batch=2, features=1]",
      ShapeError);

  const SampleShape shape{kAnyTime, 3}, one_step{1, 3}, two_steps{2, 4};
  CHECK_THROWS_WITH_AS(build_layer<double>(Concatenate{}, {shape}), "[a layer] expected at least two inputs, got 1",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Concatenate{}, {two_steps, shape, one_step}),
                       "[a layer] expected inputs of as many steps, got [time=2, features=4] and [time=1, features=3]",
                       ShapeError);
}

TEST_CASE("features add up, and any number of steps takes that of an input that knows it") {
  const SampleShape any{kAnyTime, 3}, two_steps{2, 4};
  const auto shape_of = [](const std::vector<SampleShape>& inputs) {
    return build_layer<double>(Concatenate{}, inputs).output_shape(inputs);
  };
  CHECK(shape_of({any, any}) == SampleShape{kAnyTime, 6});
  CHECK(shape_of({any, two_steps, any}) == SampleShape{2, 10});
}

}  // namespace
