#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent_description.hpp>
#include <tsattn/layers/rnn.hpp>

#include "support/build_layer.hpp"

namespace {

using namespace tsattn;

TEST_CASE("a recurrent layer takes x, or x and its states, of one step and its units") {
  Random random(1);
  const auto require = [&](const std::vector<SampleShape>& inputs, Index units) {
    require_recurrent_inputs({"a layer", inputs, random}, units, 2, "x, h and c");
  };
  const SampleShape x{7, 3}, state{1, 4};
  CHECK_NOTHROW(require({x}, 4));
  CHECK_NOTHROW(require({x, state, state}, 4));
  CHECK_THROWS_WITH_AS(require({x}, 0), "[a layer] expected units of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(require({x, state}, 4), "[a layer] expected x, h and c, got 2 inputs", ShapeError);
  CHECK_THROWS_WITH_AS(require({x, state, {1, 5}}, 4),
                       "[a layer] expected an initial state [time=1, features=4], got [time=1, features=5]",
                       ShapeError);
}

TEST_CASE_TEMPLATE("the declared number of weights is that of the layer, for every bias", Description, Rnn, Lstm, Gru) {
  const std::vector<SampleShape> inputs{{7, 3}};
  for (const auto& named : EnumNames<RecurrentBias>::kNames) {
    CAPTURE(named.first);
    const Description description{.units = 5, .bias = named.second};
    const auto layer = test::build_layer<float>(description, inputs);
    CHECK(description.weight_count(InputSizes(inputs)) == SaturatedCount(parameter_count(layer.parameters())));
  }
}

TEST_CASE("Keras' recurrent weights are orthonormal as one stack; PyTorch's sum of two biases is one bias") {
  LstmCell<double> cell(3, 5), same(3, 5);
  Random random(2), equal_random(2);
  initialize_recurrent<double>(Initialization::keras, cell.parameters, random);
  const auto w_h = cell.parameters.w_h.map();
  CHECK((w_h.transpose() * w_h - Eigen::MatrixXd::Identity(5, 5)).norm() <= 1e-13);
  CHECK(cell.parameters.b.map().isZero(0));
  initialize_recurrent<double>(Initialization::keras, same.parameters, equal_random);
  CHECK(same.parameters.w_x.map() == cell.parameters.w_x.map());

  initialize_recurrent<double>(Initialization::pytorch, cell.parameters, random);
  const double bound = 1 / std::sqrt(5.0);
  CHECK(cell.parameters.w_x.map().cwiseAbs().maxCoeff() <= bound);
  CHECK(cell.parameters.b.map().cwiseAbs().maxCoeff() > bound);  // of 20 sums of two, some are larger than one can be
  CHECK(cell.parameters.b.map().cwiseAbs().maxCoeff() <= 2 * bound);

  initialize_recurrent<double>(Initialization::zeros, same.parameters, random);
  CHECK(same.parameters.w_x.map() != cell.parameters.w_x.map());  // nothing was drawn
  CHECK(same.parameters.b.map().isZero(0));
}

}  // namespace
