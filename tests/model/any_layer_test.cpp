#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/model/any_layer.hpp>

#include "support/difference.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

/// A dense layer 3 -> 2 with random weights.
DenseLayer<double> random_dense() {
  DenseLayer<double> layer(3, 2);
  Random random(1);
  test::randomize(layer.parameters(), random);
  return layer;
}

TEST_CASE("any layer does what the layer in it does") {
  const DenseLayer<double> layer = random_dense();
  const AnyLayer<double> any(layer);
  const std::vector<SampleShape> shapes{{4, 3}};
  CHECK(any.output_shape(shapes) == layer.output_shape(shapes));
  CHECK(any.parameter_count() == 8);

  Random random(2);
  const auto x = test::random_sequence<double>({4, 5, 3}, random),
             dy = test::random_sequence<double>({4, 5, 2}, random);
  DenseLayer<double>::Cache cache;
  auto gradients = layer.parameters();
  set_zero(gradients);
  Sequence<double> y, expected_y, inferred, dx, expected_dx;
  layer.forward({&x}, expected_y, cache);
  layer.backward({&x}, expected_y, dy, cache, gradients, {&expected_dx});

  const auto run = any.make_run();
  any.forward({&x}, y, *run);
  any.infer({&x}, inferred, *run);
  any.backward({&x}, y, dy, *run, {&dx});
  std::vector<NamedTensor<double>> found, expected;
  run->append_gradients("head.", found);
  append_named_tensors(gradients, "head.", expected);
  CHECK(test::same_bits(y, expected_y));
  CHECK(test::same_bits(inferred, expected_y));
  CHECK(test::same_bits(dx, expected_dx));
  CHECK(test::same_bits(found, expected));
  CHECK(found[0].name == "head.w");
}

TEST_CASE("the layer inside is seen as what it is") {
  const AnyLayer<double> any(random_dense());
  REQUIRE(any.as<DenseLayer<double>>() != nullptr);
  CHECK(any.as<DenseLayer<double>>()->units() == 2);
  CHECK(any.as<LastStepLayer<double>>() == nullptr);
  CHECK(any.as<DenseLayer<float>>() == nullptr);
}

TEST_CASE("a copy has weights of its own") {
  AnyLayer<double> original(random_dense()), assigned{LastStepLayer<double>()};
  AnyLayer<double> copy = original;
  assigned = original;
  for (AnyLayer<double>* other : {&copy, &assigned}) {
    std::vector<NamedTensor<double>> mine, theirs;
    original.append_parameters("", mine);
    other->append_parameters("", theirs);
    CHECK(test::same_bits(theirs, mine));
    theirs[0].data[0] += 1;
    CHECK(!test::same_bits(theirs, mine));
  }
  const double first = random_dense().parameters().w(0, 0);
  CHECK(original.as<DenseLayer<double>>()->parameters().w(0, 0) == first);
  const AnyLayer<double>& same = original;
  original = same;
  CHECK(original.as<DenseLayer<double>>()->parameters().w(0, 0) == first);
  const AnyLayer<double> moved = std::move(original);
  CHECK(moved.as<DenseLayer<double>>()->parameters().w(0, 0) == first);
}

TEST_CASE("attention weights are there for layers that have them") {
  const AnyLayer<double> dense(random_dense()), pooling(AttentionPoolingLayer<double>(3, PoolingScore::linear));
  CHECK(dense.make_run()->attention_weights() == nullptr);
  const auto run = pooling.make_run();
  const Sequence<double> h({4, 5, 3});
  Sequence<double> y;
  pooling.forward({&h}, y, *run);
  REQUIRE(run->attention_weights() != nullptr);
  CHECK(run->attention_weights()->shape() == SequenceShape{1, 5, 4});
}

TEST_CASE("layers of one type and one size share a fingerprint, and no others") {
  const AnyLayer<double> dense(random_dense());
  AnyLayer<double> copy = dense;
  std::vector<NamedTensor<double>> weights;
  copy.append_parameters("", weights);
  weights[0].data[0] += 1;
  CHECK(copy.fingerprint() == dense.fingerprint());
  CHECK(AnyLayer<double>(DenseLayer<double>(2, 3)).fingerprint() != dense.fingerprint());
  CHECK(AnyLayer<double>(DenseLayer<double>(3, 2, false)).fingerprint() != dense.fingerprint());
  CHECK(AnyLayer<double>(LastStepLayer<double>()).fingerprint() !=
        AnyLayer<double>(ConcatenateLayer<double>()).fingerprint());
}

TEST_CASE("a layer without an infer is inferred by its forward") {
  const DenseLayer<double> layer = random_dense();
  Random random(2);
  const auto x = test::random_sequence<double>({4, 5, 3}, random);
  DenseLayer<double>::Cache cache;
  Sequence<double> y, inferred;
  layer.forward({&x}, y, cache);
  infer(layer, {&x}, inferred, cache);
  CHECK(test::same_bits(inferred, y));
}

}  // namespace
