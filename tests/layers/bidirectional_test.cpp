// What the two directions mean, which no gradient check can tell: which steps each of them has read, which states it
// starts from, and which half of the output it fills.

#include <cmath>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace bidirectional_test {
namespace {

using namespace tsattn;
using test::Arguments, test::build_layer, test::call_layer, test::same_bits, test::sequence_of, test::steps_of;

template <class S>
Sequence<S> reversed(const Sequence<S>& x) {
  Sequence<S> y(x.shape());
  for (Index t = 0; t < x.time(); ++t) y.step(t) = x.step(x.time() - 1 - t);
  return y;
}

/// The `count` features from feature `first`.
template <class S>
Sequence<S> features_of(const Sequence<S>& x, Index first, Index count) {
  Sequence<S> y({x.time(), x.batch(), count});
  y.flat() = x.flat().middleRows(first, count);
  return y;
}

/// The described layer with those weights.
template <class S, class Description, class Parameters>
auto plain_layer(const Description& description, Index features, const Parameters& parameters) {
  auto layer = build_layer<S>(description, {{kAnyTime, features}});
  layer.parameters() = parameters;
  return layer;
}

/// Checks the layer against two plain ones, of which one reads the reversed sequence.
template <class S, class Description>
void check_against_plain_layers(const Description& description, bool has_states) {
  constexpr Index kTime = 4, kBatch = 3, kFeatures = 5, kUnits = 7;
  std::vector<SequenceShape> shapes{{kTime, kBatch, kFeatures}};
  const std::size_t states = !has_states ? 0 : std::is_same_v<Description, Lstm> ? 2 : 1;  // of each direction
  for (std::size_t s = 0; s < 2 * states; ++s) shapes.push_back({1, kBatch, kUnits});
  test::visit_layer_case<S>("Bidirectional", Bidirectional{description}, shapes, [&](const auto& c) {
    const auto ahead = plain_layer<S>(description, kFeatures, c.layer.parameters().forward()),
               back = plain_layer<S>(description, kFeatures, c.layer.parameters().backward());
    const auto first_state = c.inputs.begin() + 1;
    const auto middle = first_state + static_cast<std::ptrdiff_t>(states);
    std::vector<Sequence<S>> ahead_inputs{c.inputs[0]}, back_inputs{reversed(c.inputs[0])};
    ahead_inputs.insert(ahead_inputs.end(), first_state, middle);
    back_inputs.insert(back_inputs.end(), middle, c.inputs.end());

    Random random(2);
    const auto dy = test::random_sequence<S>(test::output_shape(c.layer, c.inputs), random);
    const auto both = call_layer(c.layer, c.inputs, dy);
    const auto one = call_layer(ahead, ahead_inputs, features_of(dy, 0, kUnits));
    const auto other = call_layer(back, back_inputs, reversed(features_of(dy, kUnits, kUnits)));

    CHECK(same_bits(features_of(both.y, 0, kUnits), one.y));
    CHECK(same_bits(features_of(both.y, kUnits, kUnits), reversed(other.y)));
    CHECK(test::same_tensor_bits<S>(both.gradients.forward(), one.gradients));
    CHECK(test::same_tensor_bits<S>(both.gradients.backward(), other.gradients));
    Sequence<S> dx = one.d_inputs[0];
    dx.flat() += reversed(other.d_inputs[0]).flat();
    CHECK(same_bits(both.d_inputs[0], dx));
    for (std::size_t s = 1; s <= states; ++s) {
      CHECK(same_bits(both.d_inputs[s], one.d_inputs[s]));
      CHECK(same_bits(both.d_inputs[states + s], other.d_inputs[s]));
    }
  });
}

TEST_CASE_TEMPLATE("the halves are a plain layer on the sequence and one on the reversed sequence", S, float, double) {
  for (const Returns returns : {Returns::all_steps, Returns::last_step})
    for (const bool has_states : {false, true}) {
      CAPTURE(name_of(returns));
      CAPTURE(has_states);
      check_against_plain_layers<S>(Rnn{.units = 7, .returns = returns}, has_states);
      check_against_plain_layers<S>(Lstm{.units = 7, .returns = returns}, has_states);
      check_against_plain_layers<S>(Gru{.units = 7, .returns = returns}, has_states);
      const Gru before{.units = 7, .reset = GruReset::before_product, .returns = returns};
      check_against_plain_layers<S>(before, has_states);
    }
}

using BidirectionalRnn = BidirectionalLayer<RnnLayer<double>>;
using BidirectionalLstm = BidirectionalLayer<LstmLayer<double>>;

constexpr double kTolerance = 64 * std::numeric_limits<double>::epsilon();  // some 20 roundings of values up to 3

/// One unit, one feature: h_t = tanh of the sum of tanh(x) over the steps that it has read.
LstmLayer<double> adder(Returns returns) {
  LstmCell<double> cell(1, 1);
  cell.parameters.b.map() << 1000, 1000, 0, 1000;  // all gates open
  cell.parameters.w_x(2, 0) = 1;
  return LstmLayer<double>(cell, returns);
}

TEST_CASE("the upper half has read the steps up to t, the lower half those from t") {
  const Sequence<double> x = sequence_of({4, 1, 1}, {0.5, -1.5, 0.25, 2.});
  const auto sum = [&](Index first, Index last) {
    double total = 0;
    for (Index t = first; t <= last; ++t) total += std::tanh(x(t, 0, 0));
    return std::tanh(total);
  };
  const BidirectionalLstm all_steps(adder(Returns::all_steps), adder(Returns::all_steps)),
      last_step(adder(Returns::last_step), adder(Returns::last_step));
  BidirectionalLstm::Cache cache;
  Sequence<double> y;
  all_steps.forward({&x}, y, cache);
  REQUIRE(y.shape() == SequenceShape{4, 1, 2});
  for (Index t = 0; t < 4; ++t) {
    CHECK(std::abs(y(t, 0, 0) - sum(0, t)) <= kTolerance);
    CHECK(std::abs(y(t, 0, 1) - sum(t, 3)) <= kTolerance);
  }
  last_step.forward({&x}, y, cache);
  REQUIRE(y.shape() == SequenceShape{1, 1, 2});
  CHECK(std::abs(y(0, 0, 0) - sum(0, 3)) <= kTolerance);
  CHECK(std::abs(y(0, 0, 1) - sum(0, 3)) <= kTolerance);
}

TEST_CASE("a direction whose weights are 0 gives out 0 and hands nothing back") {
  const Sequence<double> x = sequence_of({3, 1, 1}, {0.5, -1.5, 2.}),
                         dy = sequence_of({3, 1, 2}, {1., 2., 3., 4., 5., 6.});
  BidirectionalRnn both(RnnLayer<double>(RnnCell<double>(1, 1)), RnnLayer<double>(RnnCell<double>(1, 1)));
  RnnLayer<double> alone(RnnCell<double>(1, 1));
  both.parameters().forward().w_x(0, 0) = alone.parameters().w_x(0, 0) = 0.75;
  both.parameters().forward().w_h(0, 0) = alone.parameters().w_h(0, 0) = -0.5;
  const auto call = call_layer(both, {x}, dy);
  const auto expected = call_layer(alone, {x}, features_of(dy, 0, 1));
  CHECK(same_bits(features_of(call.y, 0, 1), expected.y));
  CHECK(features_of(call.y, 1, 1).flat().isZero(0));
  CHECK(same_bits(call.d_inputs[0], expected.d_inputs[0]));
}

TEST_CASE("the initial state of the backward direction comes before the last step") {
  RnnCell<double> cell(1, 1);
  cell.parameters.w_h(0, 0) = 0.5;
  const BidirectionalRnn layer{RnnLayer<double>(cell), RnnLayer<double>(cell)};
  const Sequence<double> x({2, 1, 1}), h_forward = sequence_of({1, 1, 1}, {1.}),
                                       h_backward = sequence_of({1, 1, 1}, {-3.});
  BidirectionalRnn::Cache cache;
  Sequence<double> y;
  layer.forward({&x, &h_forward, &h_backward}, y, cache);
  const auto step = [](double h) { return std::tanh(0.5 * h); };
  CHECK(std::abs(y(0, 0, 0) - step(1)) <= kTolerance);
  CHECK(std::abs(y(1, 0, 0) - step(step(1))) <= kTolerance);
  CHECK(std::abs(y(1, 0, 1) - step(-3)) <= kTolerance);
  CHECK(std::abs(y(0, 0, 1) - step(step(-3))) <= kTolerance);
}

TEST_CASE_TEMPLATE("the last step is the end of each direction, and so is its gradient", Description, Rnn, Lstm, Gru) {
  const SequenceShape shape{4, 3, 5};
  const auto all_steps = build_layer<double>(Bidirectional{Description{.units = 7}}, {shape.sample()});
  const auto last_step =
      build_layer<double>(Bidirectional{Description{.units = 7, .returns = Returns::last_step}}, {shape.sample()});
  Random random(2);
  const std::vector<Sequence<double>> x{test::random_sequence<double>(shape, random)};
  const auto dy_of_last = test::random_sequence<double>({1, 3, 14}, random);
  Sequence<double> dy_of_all({4, 3, 14});
  dy_of_all.step(3).topRows(7) = dy_of_last.flat().topRows(7);
  dy_of_all.step(0).bottomRows(7) = dy_of_last.flat().bottomRows(7);
  const auto all = call_layer(all_steps, x, dy_of_all), last = call_layer(last_step, x, dy_of_last);
  CHECK(same_bits(features_of(last.y, 0, 7), features_of(steps_of(all.y, 3, 1), 0, 7)));
  CHECK(same_bits(features_of(last.y, 7, 7), features_of(steps_of(all.y, 0, 1), 7, 7)));
  CHECK(test::largest_tensor_difference<double>(last.gradients, all.gradients) == 0);
  CHECK(test::largest_difference(last.d_inputs[0], all.d_inputs[0]) == 0);
}

TEST_CASE_TEMPLATE("of one step both directions read the same", Description, Rnn, Lstm, Gru) {
  const SequenceShape shape{1, 3, 5};
  auto all_steps = build_layer<double>(Bidirectional{Description{.units = 7}}, {shape.sample()});
  auto last_step =
      build_layer<double>(Bidirectional{Description{.units = 7, .returns = Returns::last_step}}, {shape.sample()});
  Random random(2);
  test::randomize(all_steps.parameters(), random);
  const auto x = test::random_sequence<double>(shape, random), dy = test::random_sequence<double>({1, 3, 14}, random);
  last_step.parameters().forward() = all_steps.parameters().forward();
  last_step.parameters().backward() = all_steps.parameters().backward();
  const auto all = call_layer(all_steps, {x}, dy), last = call_layer(last_step, {x}, dy);
  CHECK(same_bits(last.y, all.y));
  CHECK(same_bits(last.d_inputs[0], all.d_inputs[0]));
  CHECK(!same_bits(features_of(all.y, 0, 7), features_of(all.y, 7, 7)));
  all_steps.parameters().backward() = all_steps.parameters().forward();
  const auto alike = call_layer(all_steps, {x}, dy);
  CHECK(same_bits(features_of(alike.y, 0, 7), features_of(alike.y, 7, 7)));
}

TEST_CASE_TEMPLATE("no initial states are states of zeros", S, float, double) {
  test::for_each_bidirectional_case<S>([](const auto& c) {
    if (c.inputs.size() > 1) return;
    INFO(c.name);
    typename decltype(c.layer)::Cache cache;
    Sequence<S> y, same;
    c.layer.forward(Arguments<S>(c.inputs), y, cache);
    auto inputs = c.inputs;
    inputs.resize(1 + static_cast<std::size_t>(c.layer.kStates), Sequence<S>({1, y.batch(), c.layer.hidden()}));
    c.layer.forward(Arguments<S>(inputs), same, cache);
    CHECK(same_bits(same, y));
  });
}

TEST_CASE("a layer of two directions takes sequences of any length and batch") {
  const auto layer = build_layer<double>(Bidirectional{Lstm{.units = 3}}, {{kAnyTime, 2}});
  const auto last_step =
      build_layer<double>(Bidirectional{Lstm{.units = 3, .returns = Returns::last_step}}, {{kAnyTime, 2}});
  const std::vector<SampleShape> any{{kAnyTime, 2}};
  CHECK(layer.output_shape(any) == SampleShape{kAnyTime, 6});
  CHECK(last_step.output_shape(any) == SampleShape{1, 6});
  BidirectionalLstm::Cache cache;
  Sequence<double> y;
  for (const SequenceShape& shape : {SequenceShape{5, 2, 2}, {1, 1, 2}, {9, 4, 2}}) {
    const Sequence<double> x(shape);
    layer.forward({&x}, y, cache);
    CHECK(y.shape() == SequenceShape{shape.time, shape.batch, 6});
    last_step.forward({&x}, y, cache);
    CHECK(y.shape() == SequenceShape{1, shape.batch, 6});
  }
}

TEST_CASE("kinds and tensors go by their names") {
  CHECK(Bidirectional<Rnn>::kKind == "bidirectional_rnn");
  CHECK(Bidirectional<Lstm>::kKind == "bidirectional_lstm");
  CHECK(Bidirectional<Gru>::kKind == "bidirectional_gru");
  Graph<float> graph;
  const NodeId x = graph.input({.features = 2}), h = graph.add(Bidirectional{Lstm{.units = 3}}, {x});
  graph.add(Bidirectional{Gru{.units = 3}, "top"}, {h});
  std::vector<std::string> names;
  for (const NamedTensor<float>& tensor : graph.parameters()) names.push_back(tensor.name);
  CHECK(names == std::vector<std::string>{"bidirectional_lstm.forward.w_x", "bidirectional_lstm.forward.w_h",
                                          "bidirectional_lstm.forward.b", "bidirectional_lstm.backward.w_x",
                                          "bidirectional_lstm.backward.w_h", "bidirectional_lstm.backward.b",
                                          "top.forward.w_x", "top.forward.w_h", "top.forward.b", "top.forward.b_hn",
                                          "top.backward.w_x", "top.backward.w_h", "top.backward.b",
                                          "top.backward.b_hn"});
}

TEST_CASE("the options are those of the layer inside") {
  Bidirectional gru{Gru{.units = 3}};
  std::vector<std::string> names, expected;
  const auto list_into = [](std::vector<std::string>& list) {
    return [&list](std::string_view name, auto&) { list.emplace_back(name); };
  };
  Bidirectional<Gru>::visit(gru, list_into(names));
  Gru::visit(gru.layer, list_into(expected));
  CHECK(names == expected);
  Bidirectional<Gru>::visit(gru, [](std::string_view, auto& option) {
    if constexpr (std::is_same_v<decltype(option), Index&>) option = 8;
  });
  CHECK(gru.layer.units == 8);
}

TEST_CASE_TEMPLATE("each direction draws weights of its own, the forward one first", Description, Rnn, Lstm, Gru) {
  for (const Initialization initialization : {Initialization::keras, Initialization::pytorch}) {
    CAPTURE(name_of(initialization));
    const Description description{.units = 3, .initialization = initialization};
    const std::vector<SampleShape> x{{kAnyTime, 2}};
    Random random(5);
    const BuildContext context{"a layer", x, random};
    auto forward = description.template build<float>(context), backward = description.template build<float>(context);
    auto both = build_layer<float>(Bidirectional{description}, x, 5);
    CHECK(test::same_tensor_bits<float>(both.parameters().forward(), forward.parameters()));
    CHECK(test::same_tensor_bits<float>(both.parameters().backward(), backward.parameters()));
    CHECK(!test::same_tensor_bits<float>(forward.parameters(), backward.parameters()));
  }
}

/// What `call` throws, or "no error".
template <class Error, class Call>
std::string text_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_CASE("a layer of two directions says what does not fit in a run") {
  const BidirectionalLstm layer(LstmLayer<double>(LstmCell<double>(5, 3)), LstmLayer<double>(LstmCell<double>(5, 3)));
  const BidirectionalRnn rnn(RnnLayer<double>(RnnCell<double>(5, 3)), RnnLayer<double>(RnnCell<double>(5, 3)));
  BidirectionalLstm::Cache cache;
  BidirectionalRnn::Cache rnn_cache;
  Sequence<double> y;
  const Sequence<double> x({4, 2, 5}), wrong_x({12, 4, 7}), no_step({0, 2, 5}), h({1, 2, 3});
  const auto check = [&](Inputs<double> inputs, const std::string& expected) {
    CHECK(text_of<ShapeError>([&] { layer.forward(inputs, y, cache); }) == expected);
    CHECK(text_of<ShapeError>([&] { layer.infer(inputs, y, cache); }) == expected);
  };
  check({&wrong_x}, "[Bidirectional] expected x with 5 features, got x = [time=12, batch=4, features=7]");
  check({&no_step}, "[Bidirectional] expected x with at least one step, got x = [time=0, batch=2, features=5]");
  check(
      {&x, &h, &h},
      "[Bidirectional] expected x, or x and the initial states h_forward, c_forward, h_backward and c_backward, got 3 "
      "inputs");
  CHECK(text_of<ShapeError>([&] {
          rnn.forward({&x, &h}, y, rnn_cache);
        }) == "[Bidirectional] expected x, or x and the initial states h_forward and h_backward, got 2 inputs");
  for (const SequenceShape& shape : {SequenceShape{1, 3, 3}, {1, 2, 4}, {2, 2, 3}})
    for (std::size_t s = 0; s < 4; ++s) {
      const Sequence<double> wrong(shape);
      std::vector<const Sequence<double>*> inputs{&x, &h, &h, &h, &h};
      inputs[1 + s] = &wrong;
      std::ostringstream text;
      text << "[Bidirectional] expected an initial state = [time=1, batch=2, features=3], got " << shape;
      check(Inputs<double>(inputs), text.str());
    }
}

TEST_CASE("a run that is refused leaves the cache of the one before") {
  const auto layer = build_layer<double>(Bidirectional{Lstm{.units = 3}}, {{kAnyTime, 5}});
  const Sequence<double> x({4, 2, 5}), h({1, 2, 3}), wrong({1, 2, 4});
  BidirectionalLstm::Cache cache;
  Sequence<double> y, other, dx, same_dx;
  auto gradients = layer.parameters();
  layer.forward({&x}, y, cache);
  layer.backward({&x}, y, y, cache, gradients, {&dx});
  CHECK_THROWS_AS(layer.infer({&x, &h, &h, &h, &wrong}, other, cache), ShapeError);
  layer.backward({&x}, y, y, cache, gradients, {&same_dx});
  CHECK(same_bits(same_dx, dx));
}

TEST_CASE("a layer of two directions says what does not fit in backward, and then changes no gradient") {
  const auto layer = build_layer<double>(Bidirectional{Lstm{.units = 3}}, {{kAnyTime, 5}});
  const Sequence<double> x({4, 2, 5}), longer({6, 2, 5}), half({4, 2, 3}), dy({4, 2, 6});
  BidirectionalLstm::Cache cache, inferred;
  Sequence<double> y, other;
  layer.forward({&x}, y, cache);
  layer.infer({&longer}, other, inferred);
  auto gradients = layer.parameters();
  const auto before = gradients;
  const auto refusal = [&](const Sequence<double>& of, const Sequence<double>& d_of, BidirectionalLstm::Cache& with) {
    return text_of<ShapeError>([&] { layer.backward({&of}, y, d_of, with, gradients, {}); });
  };
  CHECK(refusal(x, half, cache) ==
        "[Bidirectional::backward] expected dy = [time=4, batch=2, features=6], got [time=4, batch=2, features=3]");
  const Sequence<double> longer_dy({6, 2, 6});
  CHECK(refusal(longer, longer_dy, cache) ==
        "[Bidirectional::backward] expected the cache of a forward of this x, with states = [time=7, batch=2, "
        "features=3], got [time=5, batch=2, features=3]");
  CHECK(refusal(longer, longer_dy, inferred) ==
        "[Bidirectional::backward] expected the cache of a forward of this x, with states = [time=7, batch=2, "
        "features=3], got [time=2, batch=2, features=3]");
  const Sequence<double> one_step({1, 2, 5}), one_dy({1, 2, 6});
  layer.infer({&one_step}, other, inferred);
  CHECK(refusal(one_step, one_dy, inferred) ==
        "[Bidirectional::backward] expected the cache of a forward of this x, with states = [time=2, batch=2, "
        "features=3], got the cache of an inference, which keeps nothing for backward");
  CHECK(test::same_tensor_bits<double>(gradients, before));

  gradients.backward().b.resize(1);
  CHECK(refusal(x, dy, cache) == "[Bidirectional::backward] expected gradients for 108 parameters, got 97");
  CHECK(test::same_tensor_bits<double>(gradients.forward(), before.forward()));
}

TEST_CASE("two layers must be of one size") {
  const auto layer = [](Index features, Index hidden, Returns returns = Returns::all_steps) {
    return RnnLayer<double>(RnnCell<double>(features, hidden), returns);
  };
  const auto text = [&](const RnnLayer<double>& other) {
    return text_of<ConfigError>([&] { BidirectionalRnn(layer(2, 3), other); });
  };
  const std::string expected =
      "[Bidirectional] expected two layers of one size that return the same, got features = 2, hidden = 3, returns = "
      "all_steps and features = ";
  CHECK(text(layer(1, 3)) == expected + "1, hidden = 3, returns = all_steps");
  CHECK(text(layer(2, 4)) == expected + "2, hidden = 4, returns = all_steps");
  CHECK(text(layer(2, 3, Returns::last_step)) == expected + "2, hidden = 3, returns = last_step");
  CHECK(text(layer(2, 3)) == "no error");
}

TEST_CASE_TEMPLATE("building a layer of two directions checks units, inputs and the name", Description, Rnn, Lstm,
                   Gru) {
  const SampleShape x{kAnyTime, 5}, h{1, 3};
  const Bidirectional three{Description{.units = 3}};
  const bool is_lstm = std::is_same_v<Description, Lstm>;
  const std::size_t states = is_lstm ? 4 : 2;
  CHECK_THROWS_WITH_AS(build_layer<double>(Bidirectional<Description>{}, {x}),
                       "[a layer] expected units of at least 1, got 0", ConfigError);
  for (std::size_t count = 0; count <= states; ++count) {
    if (count == 1) continue;
    std::vector<SampleShape> inputs(count, h);
    if (count > 0) inputs[0] = x;
    const std::string text = "[a layer] expected x, or x and the initial states h_forward" +
                             std::string(is_lstm ? ", c_forward, h_backward and c_backward" : " and h_backward") +
                             ", got " + std::to_string(count) + " inputs";
    CHECK_THROWS_WITH_AS(build_layer<double>(three, inputs), text.c_str(), ShapeError);
  }
  for (const SampleShape& wrong : {SampleShape{1, 4}, {2, 3}, {kAnyTime, 3}})
    for (std::size_t s = 1; s <= states; ++s) {
      std::vector<SampleShape> inputs(1 + states, h);
      inputs[0] = x;
      CHECK_NOTHROW(build_layer<double>(three, inputs));
      inputs[s] = wrong;
      std::ostringstream text;
      text << "[a layer] expected an initial state [time=1, features=3], got " << wrong;
      CHECK_THROWS_WITH_AS(build_layer<double>(three, inputs), text.str().c_str(), ShapeError);
    }
  const Bidirectional named{Description{.units = 3, .name = "encoder"}};
  CHECK_THROWS_WITH_AS(
      build_layer<double>(named, {x}),
      "[a layer] expected no name in the layer inside Bidirectional, got \"encoder\"; the name belongs "
      "behind it: Bidirectional{..., \"encoder\"}",
      ConfigError);
}

}  // namespace
}  // namespace bidirectional_test
