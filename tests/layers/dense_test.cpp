#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/dense.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::same_bits, test::sequence_of;

/// W = [1 2 3; 4 5 6], b = [10; 20].
DenseLayer<double> numbered() {
  DenseLayer<double> layer(3, 2);
  layer.parameters().w = (Eigen::MatrixXd(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  layer.parameters().b = Eigen::Vector2d(10, 20);
  return layer;
}

// Two steps of two samples: columns (t = 0, b = 0), (0, 1), (1, 0), (1, 1).
Sequence<double> numbered_x() { return sequence_of({2, 2, 3}, {1., 0., 0., 0., 1., 0., 0., 0., 1., 1., 1., 1.}); }

TEST_CASE("y = W x + b at every step of every sample") {
  DenseLayer<double>::Cache cache;
  Sequence<double> y;
  const Sequence<double> x = numbered_x();
  numbered().forward({&x}, y, cache);
  CHECK(same_bits(y, sequence_of({2, 2, 2}, {11., 24., 12., 25., 13., 26., 16., 35.})));
}

TEST_CASE("without a bias y = W x, and there is no tensor b") {
  DenseLayer<double> layer(3, 2, false);
  layer.parameters().w = numbered().parameters().w;
  DenseLayer<double>::Cache cache;
  const Sequence<double> x = numbered_x();
  Sequence<double> y({5, 5, 5});
  y.fill(-1);
  layer.forward({&x}, y, cache);
  CHECK(same_bits(y, sequence_of({2, 2, 2}, {1., 4., 2., 5., 3., 6., 6., 15.})));
  CHECK(named_tensors<double>(layer.parameters()).size() == 1);
  CHECK(parameter_count(layer.parameters()) == 6);
  CHECK(parameter_count(numbered().parameters()) == 8);
}

TEST_CASE("the gradients of a layer small enough for pencil and paper") {
  const DenseLayer<double> layer = numbered();
  DenseLayer<double>::Cache cache;
  DenseLayer<double>::Gradients gradients = layer.parameters();
  set_zero(gradients);
  const Sequence<double> x = numbered_x(), dy = sequence_of({2, 2, 2}, {1., 2., 0., 0., 0., 0., 3., -1.});
  Sequence<double> y, dx;
  layer.forward({&x}, y, cache);
  layer.backward({&x}, y, dy, cache, gradients, {&dx});
  CHECK(gradients.w.map() == (Eigen::MatrixXd(2, 3) << 4, 3, 3, 1, -1, -1).finished());
  CHECK(gradients.b.map() == Eigen::Vector2d(4, 1));
  CHECK(same_bits(dx, sequence_of({2, 2, 3}, {9., 12., 15., 0., 0., 0., 0., 0., 0., -1., 1., 3.})));
}

TEST_CASE("a dense layer says what does not fit") {
  const DenseLayer<double> layer = numbered();
  DenseLayer<double>::Cache cache;
  DenseLayer<double>::Gradients gradients = layer.parameters();
  Sequence<double> y;
  const Sequence<double> x = numbered_x(), wrong({12, 4, 5});
  const char* const text = "[Dense] expected x with 3 features, got x = [time=12, batch=4, features=5]";
  CHECK_THROWS_WITH_AS(layer.forward({&wrong}, y, cache), text, ShapeError);
  CHECK_THROWS_WITH_AS(infer(layer, {&wrong}, y, cache), text, ShapeError);
  layer.forward({&x}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&x}, y, wrong, cache, gradients, {}),
      "[Dense::backward] expected dy = [time=2, batch=2, features=2], got [time=12, batch=4, features=5]", ShapeError);
  CHECK_THROWS_WITH_AS(DenseLayer<double>(0, 2), "[Dense] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(DenseLayer<double>(3, 0), "[Dense] expected units of at least 1, got 0", ConfigError);
}

TEST_CASE("building a dense layer checks units and inputs") {
  const SampleShape x{kAnyTime, 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(Dense{}, {x}), "[a layer] expected units of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Dense{.units = -2}, {x}), "[a layer] expected units of at least 1, got -2",
                       ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Dense{.units = 2}, {}), "[a layer] expected one input x, got 0 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Dense{.units = 2}, {x, x}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
  CHECK(build_layer<float>(Dense{.units = 2}, {x}).output_shape(std::vector{x}) == SampleShape{kAnyTime, 2});
}

}  // namespace
