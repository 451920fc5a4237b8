#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/embedded/load.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;
namespace emb = tsattn::embedded;

constexpr Index kSteps = 10'000;

// What the library and an embedded model may differ by: each step rounds a few sums and its tanh and sigmoid, 3e-7 at
// most and 6e-8 in the mean, and a stable recurrence forgets errors as it forgets inputs. With random weights like
// these, 3e-7 to 1e-6 is found.
constexpr double kTolerance = 2e-6;

template <class Describe>
Sequential<float> model_of(Index features, const Describe& describe) {
  Sequential<float> model(features, /*seed=*/3);
  describe(model);
  Random random(5);
  for (const auto& tensor : model.parameters())  // biases too
    if (tensor.is_vector) fill_uniform(tensor.data, tensor.size(), 0.5, random);
  return model;
}

Sequence<float> series(Index features, Index steps = kSteps) {
  Random random(11);
  return test::random_sequence<float>({steps, 1, features}, random);
}

/// The outputs of Net, step by step.
template <class Net>
Sequence<float> streamed(const typename Net::Weights& weights, const Sequence<float>& x) {
  Net net(weights);
  Sequence<float> y({x.time(), 1, static_cast<Index>(Net::kOutputs)});
  for (Index t = 0; t < x.time(); ++t) net.step(x.step_data(t), y.step_data(t));
  return y;
}

double largest_difference(const Sequence<float>& a, const Sequence<float>& b) {
  REQUIRE(a.shape() == b.shape());
  double largest = 0;
  for (Index i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i]));
    if (!(difference <= largest)) largest = difference;  // NaN too
  }
  return largest;
}

/// Net equals the model at every step of a long series, twice.
template <class Net, class Describe>
void check_stream(const Describe& describe) {
  const Sequential<float> model = model_of(static_cast<Index>(Net::kInputs), describe);
  const auto weights = emb::weights_of<Net>(model);
  const Sequence<float> x = series(static_cast<Index>(Net::kInputs));
  CHECK(largest_difference(streamed<Net>(weights, x), model.predict({&x})) <= kTolerance);
}

TEST_CASE("a recurrent layer, step by step, is the library's over the whole series") {
  check_stream<emb::Model<emb::Rnn<1, 8>>>([](auto& model) { model.add(Rnn{8}); });
  check_stream<emb::Model<emb::Rnn<3, 70>>>([](auto& model) { model.add(Rnn{70}); });
  check_stream<emb::Model<emb::Lstm<1, 1>>>([](auto& model) { model.add(Lstm{1}); });
  check_stream<emb::Model<emb::Lstm<1, 8>>>([](auto& model) { model.add(Lstm{8}); });
  check_stream<emb::Model<emb::Lstm<2, 10>>>([](auto& model) { model.add(Lstm{10}); });
  check_stream<emb::Model<emb::Lstm<5, 16>>>([](auto& model) { model.add(Lstm{16}); });
  check_stream<emb::Model<emb::Lstm<14, 32>>>([](auto& model) { model.add(Lstm{32}); });
  check_stream<emb::Model<emb::Lstm<3, 53>>>([](auto& model) { model.add(Lstm{53}); });
  check_stream<emb::Model<emb::Lstm<7, 64>>>([](auto& model) { model.add(Lstm{64}); });
  check_stream<emb::Model<emb::Gru<1, 8>>>([](auto& model) { model.add(Gru{8}); });
  check_stream<emb::Model<emb::Gru<4, 27>>>([](auto& model) { model.add(Gru{27}); });
  check_stream<emb::Model<emb::Gru<5, 64>>>([](auto& model) { model.add(Gru{64}); });
  check_stream<emb::Model<emb::Gru<1, 8, emb::GruReset::before_product>>>(
      [](auto& model) { model.add(Gru{.units = 8, .reset = GruReset::before_product}); });
  check_stream<emb::Model<emb::Gru<3, 43, emb::GruReset::before_product>>>(
      [](auto& model) { model.add(Gru{.units = 43, .reset = GruReset::before_product}); });
}

TEST_CASE("biases: none and two") {
  check_stream<emb::Model<emb::Lstm<2, 5>>>(
      [](auto& model) { model.add(Lstm{.units = 5, .bias = RecurrentBias::none}); });
  check_stream<emb::Model<emb::Lstm<2, 5>>>(
      [](auto& model) { model.add(Lstm{.units = 5, .bias = RecurrentBias::two}); });
  check_stream<emb::Model<emb::Gru<2, 5>>>(
      [](auto& model) { model.add(Gru{.units = 5, .bias = RecurrentBias::none}); });
  check_stream<emb::Model<emb::Gru<2, 5>>>([](auto& model) { model.add(Gru{.units = 5, .bias = RecurrentBias::two}); });
  check_stream<emb::Model<emb::Gru<2, 5, emb::GruReset::before_product>>>(
      [](auto& model) { model.add(Gru{.units = 5, .reset = GruReset::before_product, .bias = RecurrentBias::none}); });
  check_stream<emb::Model<emb::Rnn<2, 5>, emb::Dense<5, 2>>>([](auto& model) {
    model.add(Rnn{.units = 5, .bias = RecurrentBias::two}).add(Dense{.units = 2, .bias = false});
  });
}

TEST_CASE("dense layers and activations of any size") {
  check_stream<emb::Model<emb::Dense<1, 1>>>([](auto& model) { model.add(Dense{1}); });
  check_stream<emb::Model<emb::Dense<37, 3>>>([](auto& model) { model.add(Dense{3}); });
  check_stream<emb::Model<emb::Dense<6, 41>, emb::Tanh<41>, emb::Dense<41, 8>>>(
      [](auto& model) { model.add(Dense{41}).add(Activation{ActivationFunction::tanh}).add(Dense{8}); });
  check_stream<emb::Model<emb::Dense<3, 13>, emb::Relu<13>, emb::Dense<13, 5>, emb::Sigmoid<5>>>([](auto& model) {
    model.add(Dense{13})
        .add(Activation{ActivationFunction::relu})
        .add(Dense{5})
        .add(Activation{ActivationFunction::sigmoid});
  });
}

TEST_CASE("stacks; layers that do nothing in inference fall away") {
  check_stream<emb::Model<emb::Lstm<2, 12>, emb::Gru<12, 9>, emb::Rnn<9, 20>, emb::Dense<20, 3>, emb::Tanh<3>>>(
      [](auto& model) {
        model.add(Lstm{12}).add(Dropout{0.3}).add(Gru{9}).add(Activation{}).add(Rnn{20}).add(Dense{3});
        model.add(Activation{ActivationFunction::tanh});
      });
}

TEST_CASE("a model that gives its last step") {
  const auto describe = [](Returns returns) {
    return [returns](auto& model) { model.add(Lstm{.units = 6, .returns = returns}).add(Dense{2}); };
  };
  using Net = emb::Model<emb::Lstm<1, 6>, emb::Dense<6, 2>>;
  const auto model = model_of(1, describe(Returns::last_step)), all = model_of(1, describe(Returns::all_steps));
  const auto weights = emb::weights_of<Net>(model);
  const Sequence<float> x = series(1, 50);
  CHECK(largest_difference(streamed<Net>(weights, x), all.predict({&x})) <= kTolerance);
}

/// Pooling over the last L hidden states, which the library computes in two models: up to `hidden`, and from there on.
template <class Net, class Hidden, class Head>
void check_pooling(Index steps, Index hidden_features, const Hidden& hidden, const Head& head) {
  const auto features = static_cast<Index>(Net::kInputs);
  Sequential<float> whole = model_of(features, [&](auto& model) { hidden(model), head(model); });
  Sequential<float> first = model_of(features, hidden), second = model_of(hidden_features, head);
  const auto from = whole.parameters();
  std::size_t next = 0;
  for (Sequential<float>* part : {&first, &second})
    for (const auto& tensor : part->parameters()) tensor.flat() = from[next++].flat();
  REQUIRE(next == from.size());

  const Sequence<float> x = series(features), h = first.predict({&x});
  const Sequence<float> y = streamed<Net>(emb::weights_of<Net>(whole), x);
  double largest = 0;
  for (Index t = 0; t < kSteps; t += t < 60 ? 1 : 97) {
    const Index begin = std::max<Index>(t + 1 - steps, 0);
    Sequence<float> window({t + 1 - begin, 1, h.features()});
    std::copy_n(h.step_data(begin), window.size(), window.data());
    const Sequence<float> expected = second.predict({&window});
    for (Index i = 0; i < y.features(); ++i)
      largest = std::max(largest, static_cast<double>(std::abs(y(t, 0, i) - expected(0, 0, i))));
  }
  CHECK(largest <= kTolerance);
}

TEST_CASE("attention pooling looks back on the last L hidden states") {
  check_pooling<emb::Model<emb::Lstm<1, 8>, emb::AttentionPooling<8, 50>, emb::Dense<8, 1>>>(
      50, 8, [](auto& model) { model.add(Lstm{8}); }, [](auto& model) { model.add(AttentionPooling{}).add(Dense{1}); });
  check_pooling<emb::Model<emb::Gru<2, 19>, emb::AttentionPooling<19, 7, emb::PoolingScore::tanh, 11>>>(
      7, 19, [](auto& model) { model.add(Gru{19}); },
      [](auto& model) { model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 11}); });
  check_pooling<emb::Model<emb::Rnn<2, 3>, emb::AttentionPooling<3, 1>, emb::Dense<3, 2>>>(
      1, 3, [](auto& model) { model.add(Rnn{3}); }, [](auto& model) { model.add(AttentionPooling{}).add(Dense{2}); });
}

TEST_CASE("scores of any size: the largest gets all the weight") {
  using Net = emb::Model<emb::AttentionPooling<1, 4>>;
  Net::Weights weights{};
  weights.first.values[0] = 1e30F;  // scores up to 1e30
  Net net(weights);
  float y = 0;
  const float xs[] = {0.25F, 1.0F, -1.0F, 0.5F, 0.125F, -2.0F};
  for (const float x : xs) net.step(&x, &y);
  CHECK(y == 0.5F);  // of the last four
}

TEST_CASE("open and closed gates are exact: a cell keeps its value for ever") {
  using Net = emb::Model<emb::Lstm<1, 8>>;
  Net::Weights weights{};
  // Columns of 8 units x 4 gates: biases, then W_x.
  float* const bias = weights.first.values;
  float* const w_x = bias + 32;
  for (int unit = 0; unit < 8; ++unit) {
    bias[8 + unit] = 40;   // f = 1
    bias[16 + unit] = 0;   // g = tanh(x)
    bias[24 + unit] = 40;  // o = 1
    bias[unit] = -40;      // i = 0, but for x = 1
    w_x[unit] = 80;
    w_x[16 + unit] = 0.5F;
  }
  Net net(weights);
  float y[8], first[8];
  float x = 1;
  net.step(&x, first);
  CHECK(first[0] == doctest::Approx(std::tanh(std::tanh(0.5))));
  x = 0;
  for (Index t = 0; t < kSteps; ++t) net.step(&x, y);
  CHECK(std::equal(y, y + 8, first));
}

TEST_CASE("NaN or infinity in: NaN out until reset") {
  using Net = emb::Model<emb::Lstm<3, 8>, emb::AttentionPooling<8, 5>, emb::Dense<8, 2>>;
  const auto model = model_of(3, [](auto& chain) { chain.add(Lstm{8}).add(AttentionPooling{}).add(Dense{2}); });
  const auto weights = [&] { return emb::weights_of<Net>(model); }();
  const float good[] = {0.5F, -1.0F, 3e38F};
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()})
    for (int at = 0; at < 3; ++at) {
      Net net(weights), fresh(weights);
      float x[] = {good[0], good[1], good[2]}, y[2], y_fresh[2];
      net.step(x, y);
      CHECK(std::isfinite(y[0]));
      x[at] = bad;
      net.step(x, y);
      CHECK((std::isnan(y[0]) && std::isnan(y[1])));
      net.step(good, y);
      CHECK((std::isnan(y[0]) && std::isnan(y[1])));
      net.reset();
      net.step(good, y);
      fresh.step(good, y_fresh);
      CHECK(std::memcmp(y, y_fresh, sizeof(y)) == 0);
    }
}

TEST_CASE("sums that overflow give what the library gives, and never more than numbers") {
  using Net = emb::Model<emb::Dense<2, 9>, emb::Lstm<9, 8>, emb::AttentionPooling<8, 5>>;
  Net::Weights weights{};
  for (float& w : weights.first.values) w = 1e30F;
  weights.first.values[11] = -1e30F;
  for (float& w : weights.rest.first.values) w = 1;
  Net net(weights);
  const float x[] = {3e38F, 3e38F};
  float y[8];
  for (int t = 0; t < 20; ++t) net.step(x, y);
  CHECK(std::isnan(y[0]));  // infinity - infinity, somewhere
}

TEST_CASE("copies go on from the same state; x and y may be one array; many models share weights") {
  using Net = emb::Model<emb::Gru<2, 40>, emb::Dense<40, 2>>;
  const auto model = model_of(2, [](auto& chain) { chain.add(Gru{40}).add(Dense{2}); });
  const auto weights = emb::weights_of<Net>(model);
  const Sequence<float> x = series(2, 20);
  Net net(weights);
  float y[2], in_place[2];
  for (Index t = 0; t < 10; ++t) net.step(x.step_data(t), y);
  Net copy = net;
  for (Index t = 10; t < 20; ++t) {
    net.step(x.step_data(t), y);
    std::copy_n(x.step_data(t), 2, in_place);
    copy.step(in_place, in_place);
    CHECK(std::memcmp(y, in_place, sizeof(y)) == 0);
  }
}

TEST_CASE("sizes") {
  using Net = emb::Model<emb::Lstm<1, 16>, emb::Dense<16, 1>>;
  CHECK(Net::kInputs == 1);
  CHECK(Net::kOutputs == 1);
  CHECK(Net::kWeightCount == 4 * 16 * (1 + 16 + 1) + 16 + 1);
}

}  // namespace
