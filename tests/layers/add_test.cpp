#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/add.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

TEST_CASE("the sum of three inputs, and its gradient for each of them") {
  const AddLayer<double> layer;
  AddLayer<double>::Cache cache;
  NoParameters none;
  const SequenceShape shape{2, 1, 2};
  const Sequence<double> a = sequence_of(shape, {1., 2., 3., 4.}), b = sequence_of(shape, {10., 20., 30., 40.}),
                         c = sequence_of(shape, {100., 200., 300., 400.}), dy = sequence_of(shape, {5., 6., 7., 8.});
  Sequence<double> y, da, db, dc;
  layer.forward({&a, &b, &c}, y, cache);
  CHECK(same_bits(y, sequence_of(shape, {111., 222., 333., 444.})));
  layer.backward({&a, &b, &c}, y, dy, cache, none, {&da, &db, &dc});
  for (const Sequence<double>* d : {&da, &db, &dc}) CHECK(same_bits(*d, dy));

  layer.forward({&a, &a}, y, cache);  // one value twice
  CHECK(same_bits(y, sequence_of(shape, {2., 4., 6., 8.})));
}

TEST_CASE("add says what does not fit") {
  const AddLayer<double> layer;
  AddLayer<double>::Cache cache;
  NoParameters none;
  const Sequence<double> x({3, 2, 1}), wrong({1, 2, 1});
  Sequence<double> y;
  CHECK_THROWS_WITH_AS(layer.forward({&x, &x, &wrong}, y, cache),
                       "[Add] expected an input = [time=3, batch=2, features=1], got [time=1, batch=2, features=1]",
                       ShapeError);
  layer.forward({&x, &x}, y, cache);
  CHECK_THROWS_WITH_AS(layer.backward({&x, &x}, y, wrong, cache, none, {}),
                       "[Add::backward] expected dy = [time=3, batch=2, features=1], got [time=1, batch=2, features=1]",
                       ShapeError);

  const SampleShape shape{kAnyTime, 3}, other{kAnyTime, 4}, one_step{1, 3}, two_steps{2, 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(Add{}, {}), "[a layer] expected at least two inputs, got 0", ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Add{}, {shape}), "[a layer] expected at least two inputs, got 1",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Add{}, {shape, shape, other}),
                       "[a layer] expected inputs of one shape, got [time=any, features=3] and [time=any, features=4]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Add{}, {two_steps, shape, one_step}),
                       "[a layer] expected inputs of one shape, got [time=2, features=3] and [time=1, features=3]",
                       ShapeError);
}

TEST_CASE("inputs of any number of steps take that of an input that knows it") {
  const SampleShape any{kAnyTime, 3}, two_steps{2, 3};
  const auto shape_of = [](const std::vector<SampleShape>& inputs) {
    return build_layer<double>(Add{}, inputs).output_shape(inputs);
  };
  CHECK(shape_of({any, any}) == any);
  CHECK(shape_of({any, two_steps, any}) == two_steps);
  CHECK(shape_of({two_steps, any}) == two_steps);
}

}  // namespace
