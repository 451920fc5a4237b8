#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/exchange/keras.hpp>
#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/model/graph.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::build_layer, test::random_sequence, test::same_bits, test::sequence_of;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

Sequence<double> forward(const LayerNormLayer<double>& layer, const Sequence<double>& x) {
  LayerNormLayer<double>::Cache cache;
  Sequence<double> y;
  layer.forward({&x}, y, cache);
  return y;
}

struct Backward {
  Sequence<double> y, dx;
  LayerNormLayer<double>::Gradients gradients;
};

Backward backward(const LayerNormLayer<double>& layer, const Sequence<double>& x, const Sequence<double>& dy) {
  Backward b{{}, {}, layer.parameters()};
  set_zero(b.gradients);
  LayerNormLayer<double>::Cache cache;
  layer.forward({&x}, b.y, cache);
  layer.backward({&x}, b.y, dy, cache, b.gradients, {&b.dx});
  return b;
}

TEST_CASE("two features are alike but for the sign: +-d / sqrt(d^2 + e), with d half their difference") {
  LayerNormLayer<double> layer(2, {.epsilon = 7});
  // d = -3 and 1: columns 1, 7 and 4, 2.
  const auto x = sequence_of({1, 2, 2}, {1., 7., 4., 2.});
  const double far = 3 / std::sqrt(9 + 7.0), near = 1 / std::sqrt(1 + 7.0);
  const auto y = forward(layer, x);
  CHECK(test::largest_difference(y, sequence_of({1, 2, 2}, {-far, far, near, -near})) <= 2 * kEpsilon);
  layer.parameters().gain = Eigen::Vector2d(10, 100);
  layer.parameters().bias = Eigen::Vector2d(1, 2);
  const auto scaled = sequence_of({1, 2, 2}, {1 - 10 * far, 2 + 100 * far, 1 + 10 * near, 2 - 100 * near});
  CHECK(test::largest_difference(forward(layer, x), scaled) <= 200 * kEpsilon);
}

TEST_CASE("the gradients of two features by hand") {
  // n = (s, -s) with s = d / sqrt(d^2 + e), so ds/dd = e / (d^2 + e)^(3/2) and d = (x_1 - x_2) / 2. With d = 3, e = 16:
  // s = 3 / 5, ds/dd = 16 / 125. y = g * n + b, L = dy . y.
  LayerNormLayer<double> layer(2, {.epsilon = 16});
  layer.parameters().gain = Eigen::Vector2d(2, 5);
  const auto x = sequence_of({1, 1, 2}, {7., 1.}), dy = sequence_of({1, 1, 2}, {3., -4.});
  const Backward b = backward(layer, x, dy);
  CHECK(b.gradients.gain(0) == doctest::Approx(3 * 0.6).epsilon(4 * kEpsilon));
  CHECK(b.gradients.gain(1) == doctest::Approx(-4 * -0.6).epsilon(4 * kEpsilon));
  CHECK(b.gradients.bias(0) == 3);
  CHECK(b.gradients.bias(1) == -4);
  const double slope = (2 * 3 + 5 * 4) * (16.0 / 125) / 2;
  CHECK(b.dx(0, 0, 0) == doctest::Approx(slope).epsilon(20 * kEpsilon));
  CHECK(b.dx(0, 0, 1) == doctest::Approx(-slope).epsilon(20 * kEpsilon));
}

TEST_CASE("a column whose features are alike gives the bias, and its gradient is dn less its mean, over sqrt(e)") {
  LayerNormLayer<double> layer(4, {.epsilon = 0.25});
  layer.parameters().gain = Eigen::Vector4d(1, 2, 4, 8);
  layer.parameters().bias = Eigen::Vector4d(5, 6, 7, 8);
  const auto x = sequence_of({1, 1, 4}, {3., 3., 3., 3.}), dy = sequence_of({1, 1, 4}, {4., 2., 1., 0.});
  const Backward b = backward(layer, x, dy);
  CHECK(same_bits(b.y, sequence_of({1, 1, 4}, {5., 6., 7., 8.})));
  CHECK(same_bits(b.dx, sequence_of({1, 1, 4}, {2., 2., 2., -6.})));  // dn = 4, 4, 4, 0
  CHECK(b.gradients.gain.map().isZero(0));
  CHECK(b.gradients.bias.map() == dy.flat());
}

TEST_CASE("one feature gives the bias, whatever it is") {
  LayerNormLayer<double> layer(1);
  layer.parameters().bias(0) = 5;
  CHECK(same_bits(forward(layer, sequence_of({1, 3, 1}, {-1e9, 0., 3.})), sequence_of({1, 3, 1}, {5., 5., 5.})));
}

TEST_CASE("a factor of all features is one of epsilon: y(s x) with s^2 e is y(x) with e") {
  Random random(1);
  const auto x = random_sequence<double>({3, 2, 7}, random), dy = random_sequence<double>({3, 2, 7}, random);
  Sequence<double> scaled = x;
  scaled.flat() *= 8;  // a power of two changes no digit
  const Backward one = backward(LayerNormLayer<double>(7, {.epsilon = 0.01}), x, dy);
  const Backward other = backward(LayerNormLayer<double>(7, {.epsilon = 64 * 0.01}), scaled, dy);
  CHECK(same_bits(other.y, one.y));
  CHECK(other.gradients.gain.map() == one.gradients.gain.map());
  Sequence<double> dx = one.dx;
  dx.flat() /= 8;
  CHECK(same_bits(other.dx, dx));
}

TEST_CASE("a number added to all features changes nothing") {
  const auto x = sequence_of({1, 1, 4}, {1., 2., 4., 9.}),
             shifted = sequence_of({1, 1, 4}, {1e6 + 1, 1e6 + 2, 1e6 + 4, 1e6 + 9});
  const LayerNormLayer<double> layer(4);  // sums and means of these are exact
  CHECK(same_bits(forward(layer, shifted), forward(layer, x)));
}

TEST_CASE("a small change on a high level keeps its digits") {
  // The mean of squares less the square of the mean would be off by all digits: 1e16 times eps is more than 1.
  const auto x = sequence_of({1, 1, 2}, {1e8, 1e8 + 2});
  CHECK(test::largest_difference(forward(LayerNormLayer<double>(2), x),
                                 sequence_of({1, 1, 2}, {-1 / std::sqrt(1 + 1e-5), 1 / std::sqrt(1 + 1e-5)})) <=
        2 * kEpsilon);
}

TEST_CASE("without weights the output has the mean 0 and the variance v / (v + e), and dx the mean 0") {
  Random random(2);
  const auto x = random_sequence<double>({4, 3, 9}, random), dy = random_sequence<double>({4, 3, 9}, random);
  const LayerNormLayer<double> layer(9, {.epsilon = 0.5, .gain = false, .bias = false});
  CHECK(named_tensors<const double>(layer.parameters()).empty());
  const Backward b = backward(layer, x, dy);
  for (Index j = 0; j < 12; ++j) {
    const Eigen::VectorXd column = x.flat().col(j), d = column.array() - column.mean();
    const double v = d.squaredNorm() / 9;
    CHECK(std::abs(b.y.flat().col(j).mean()) <= 9 * kEpsilon);
    CHECK(b.y.flat().col(j).squaredNorm() / 9 == doctest::Approx(v / (v + 0.5)).epsilon(20 * kEpsilon));
    CHECK(std::abs(b.dx.flat().col(j).mean()) <= 9 * kEpsilon);
    // dx . (x - m) = e r^2 (dn . n)
    CHECK(b.dx.flat().col(j).dot(d) ==
          doctest::Approx(0.5 / (v + 0.5) * dy.flat().col(j).dot(b.y.flat().col(j))).epsilon(1e-13));
  }
}

TEST_CASE("each weight is there or not by itself, and starts at 1 and 0") {
  const auto x = sequence_of({1, 1, 2}, {0., 6.});
  const LayerNormLayer<double> both(2), gain(2, {.bias = false}), bias(2, {.gain = false});
  REQUIRE(named_tensors<const double>(both.parameters()).size() == 2);
  REQUIRE(named_tensors<const double>(gain.parameters()).size() == 1);
  REQUIRE(named_tensors<const double>(bias.parameters()).size() == 1);
  CHECK(named_tensors<const double>(gain.parameters())[0].name == "gain");
  CHECK(named_tensors<const double>(bias.parameters())[0].name == "bias");
  CHECK(both.parameters().gain.map() == Eigen::Vector2d(1, 1));
  CHECK(both.parameters().bias.map() == Eigen::Vector2d(0, 0));
  CHECK(same_bits(forward(gain, x), forward(both, x)));
  CHECK(same_bits(forward(bias, x), forward(both, x)));
}

/// A model of the layer alone, with random weights.
Graph<double> model_of(const LayerNorm& description, std::uint64_t seed) {
  Graph<double> model;
  model.add(description, {model.input({.features = 3})});
  Random random(seed);
  for (const NamedTensor<double>& tensor : model.parameters()) test::randomize(tensor.data, tensor.size(), random);
  return model;
}

std::vector<std::string> names_of(const NamedArrays& arrays) {
  std::vector<std::string> names;
  for (const auto& [name, array] : arrays) {
    names.push_back(name);
    CHECK(array.shape == std::vector<Index>{3});
  }
  return names;
}

TEST_CASE("PyTorch's weight and bias and Keras' gamma and beta are gain and bias") {
  const Graph<double> model = model_of({.name = "norm"}, 1);
  const NamedArrays pytorch = to_pytorch(model), keras = to_keras(model);
  CHECK(names_of(pytorch) == std::vector<std::string>{"norm.bias", "norm.weight"});
  CHECK(names_of(keras) == std::vector<std::string>{"norm/beta", "norm/gamma"});
  const auto weights = model.parameters();
  for (Index f = 0; f < 3; ++f) {
    const auto i = static_cast<std::size_t>(f);
    CHECK(pytorch.at("norm.weight").values[i] == weights[0].data[f]);
    CHECK(pytorch.at("norm.bias").values[i] == weights[1].data[f]);
  }
  CHECK(keras.at("norm/gamma").values == pytorch.at("norm.weight").values);
  CHECK(keras.at("norm/beta").values == pytorch.at("norm.bias").values);
  Graph<double> from_one = model_of({.name = "norm"}, 2), from_other = model_of({.name = "norm"}, 3);
  from_pytorch(pytorch, from_one);
  from_keras(keras, from_other);
  CHECK(to_pytorch(from_one).at("norm.bias").values == pytorch.at("norm.bias").values);
  CHECK(to_keras(from_other).at("norm/gamma").values == keras.at("norm/gamma").values);
  CHECK(names_of(to_pytorch(model_of({.bias = false, .name = "norm"}, 1))) == std::vector<std::string>{"norm.weight"});
  CHECK(names_of(to_keras(model_of({.gain = false, .name = "norm"}, 1))) == std::vector<std::string>{"norm/beta"});
  CHECK(to_pytorch(model_of({.gain = false, .bias = false, .name = "norm"}, 1)).empty());
}

TEST_CASE("layer normalisation says what does not fit") {
  const LayerNormLayer<double> layer(3);
  LayerNormLayer<double>::Cache cache;
  LayerNormLayer<double>::Gradients gradients = layer.parameters();
  Sequence<double> y;
  const Sequence<double> x({2, 2, 3}), wrong({12, 4, 5});
  CHECK_THROWS_WITH_AS(layer.forward({&wrong}, y, cache),
                       "[LayerNorm] expected x with 3 features, got x = [time=12, batch=4, features=5]", ShapeError);
  layer.forward({&x}, y, cache);
  CHECK_THROWS_WITH_AS(
      layer.backward({&x}, y, wrong, cache, gradients, {}),
      "[LayerNorm::backward] expected dy = [time=2, batch=2, features=3], got [time=12, batch=4, features=5]",
      ShapeError);
  CHECK_THROWS_WITH_AS(LayerNormLayer<double>(0), "[LayerNorm] expected features of at least 1, got 0", ConfigError);
}

TEST_CASE("building layer normalisation checks epsilon and inputs") {
  const SampleShape x{kAnyTime, 3};
  for (const double epsilon : {0.0, -1e-5, std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(build_layer<double>(LayerNorm{.epsilon = epsilon}, {x}), ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(LayerNorm{.epsilon = 0}, {x}),
                       "[a layer] expected a finite epsilon above 0, got 0", ConfigError);
  CHECK_NOTHROW(build_layer<double>(LayerNorm{.epsilon = 1e-50}, {x}));
  CHECK_THROWS_WITH_AS(build_layer<float>(LayerNorm{.epsilon = 1e-50}, {x}),  // 0 as a float
                       "[a layer] expected a finite epsilon above 0, got 1e-50", ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(LayerNorm{}, {}), "[a layer] expected one input x, got 0 inputs",
                       ShapeError);
  CHECK_THROWS_WITH_AS(build_layer<double>(LayerNorm{}, {x, x}), "[a layer] expected one input x, got 2 inputs",
                       ShapeError);
  CHECK(build_layer<float>(LayerNorm{}, {x}).output_shape(std::vector{x}) == x);
}

}  // namespace
