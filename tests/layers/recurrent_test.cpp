// What the recurrent layers share: states, and their messages.

#include <array>
#include <cstddef>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/recurrent.hpp>
#include <tsattn/layers/rnn.hpp>

#include "support/build_layer.hpp"
#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/layer_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::Arguments, test::build_layer, test::for_each_recurrent_case, test::same_bits;

/// The states that a case starts from, as its inputs give them, or zeros.
template <class Case>
auto initial_state(const Case& c) {
  typename decltype(c.layer)::State state;
  for (std::size_t s = 0; s < state.size(); ++s) {
    state[s].resize({1, c.inputs[0].batch(), c.layer.hidden()});
    state[s].fill(0);
    if (c.inputs.size() > 1) state[s] = c.inputs[1 + s];
  }
  return state;
}

/// The inputs x and every state.
template <class S, std::size_t Count>
std::vector<Sequence<S>> with_states(const Sequence<S>& x, const std::array<Sequence<S>, Count>& state) {
  std::vector<Sequence<S>> inputs{x};
  inputs.insert(inputs.end(), state.begin(), state.end());
  return inputs;
}

/// Whether the layer of a case gives out h_T alone.
template <class Case>
bool returns_last_step(const Case& c) {
  return test::output_shape(c.layer, c.inputs).time == 1;
}

TEST_CASE_TEMPLATE("no initial state is a state of zeros", S, float, double) {
  for_each_recurrent_case<S>([](const auto& c) {
    if (c.inputs.size() > 1) return;
    INFO(c.name);
    typename decltype(c.layer)::Cache cache;
    Sequence<S> y, same;
    c.layer.forward(Arguments<S>(c.inputs), y, cache);
    c.layer.forward(Arguments<S>(with_states(c.inputs[0], initial_state(c))), same, cache);
    CHECK(same_bits(same, y));
  });
}

TEST_CASE_TEMPLATE("one run is two runs with the state carried over", S, float, double) {
  for_each_recurrent_case<S>([](const auto& c) {
    INFO(c.name);
    using L = std::decay_t<decltype(c.layer)>;
    const L layer = c.layer;
    const Index steps = c.inputs[0].time();
    const bool is_last_step = returns_last_step(c);
    typename L::Cache cache;
    typename L::State final_state, state;
    Sequence<S> whole, y;
    layer.forward(Arguments<S>(c.inputs), whole, cache);
    layer.final_state(cache, final_state);
    for (Index first = 1; first < steps; ++first)
      for (const bool is_training : {true, false}) {
        CAPTURE(first);
        CAPTURE(is_training);
        const auto run = [&](const std::vector<Sequence<S>>& inputs) {
          is_training ? layer.forward(Arguments<S>(inputs), y, cache) : layer.infer(Arguments<S>(inputs), y, cache);
          layer.final_state(cache, state);
        };
        run(with_states(test::steps_of(c.inputs[0], 0, first), initial_state(c)));
        if (!is_last_step) CHECK(same_bits(y, test::steps_of(whole, 0, first)));
        run(with_states(test::steps_of(c.inputs[0], first, steps - first), state));
        CHECK(same_bits(y, is_last_step ? whole : test::steps_of(whole, first, steps - first)));
        for (std::size_t s = 0; s < state.size(); ++s) CHECK(same_bits(state[s], final_state[s]));
      }
  });
}

TEST_CASE("the gradients of a run are those of its steps one by one") {
  for_each_recurrent_case<double>([](const auto& c) {
    if (returns_last_step(c)) return;
    INFO(c.name);
    const auto layer = c.layer;
    using L = std::decay_t<decltype(layer)>;
    const Sequence<double>& x = c.inputs[0];
    const Index steps = x.time();
    typename L::State state = initial_state(c);
    Random random(2);
    const auto dy = test::random_sequence<double>({steps, x.batch(), layer.hidden()}, random);
    const auto whole = test::call_layer(layer, with_states(x, state), dy);

    std::vector<typename L::Cache> caches(static_cast<std::size_t>(steps));
    std::vector<std::vector<Sequence<double>>> inputs;
    Sequence<double> y;
    for (Index t = 0; t < steps; ++t) {
      typename L::Cache& cache = caches[static_cast<std::size_t>(t)];
      inputs.push_back(with_states(test::steps_of(x, t, 1), state));
      layer.forward(Arguments<double>(inputs.back()), y, cache);
      layer.final_state(cache, state);
      CHECK(same_bits(state[0], test::steps_of(whole.y, t, 1)));
    }
    typename L::Parameters gradients = layer.parameters();
    set_zero(gradients);
    Sequence<double> dx;
    typename L::State d_final = state, d_initial;
    std::vector<Sequence<double>*> d_inputs{&dx};
    std::vector<const Sequence<double>*> d_finals;
    for (std::size_t s = 0; s < state.size(); ++s) {
      d_final[s].fill(0);
      d_inputs.push_back(&d_initial[s]), d_finals.push_back(&d_final[s]);
    }
    // Other orders of the same additions: sums of up to 12 terms of the size 1, so some 12 eps of them.
    constexpr double kTolerance = 1e-13;
    for (Index t = steps; t-- > 0;) {
      CAPTURE(t);
      const auto at = static_cast<std::size_t>(t);
      layer.backward(Arguments<double>(inputs[at]), y, test::steps_of(dy, t, 1), caches[at], gradients,
                     InputGradients<double>(d_inputs), FurtherGradients<double>(d_finals));
      d_final = d_initial;
      CHECK(test::largest_difference(dx, test::steps_of(whole.d_inputs[0], t, 1)) <= kTolerance);
    }
    CHECK(test::largest_tensor_difference<double>(gradients, whole.gradients) <= kTolerance);
    for (std::size_t s = 0; s < d_final.size(); ++s)
      CHECK(test::largest_difference(d_final[s], whole.d_inputs[1 + s]) <= kTolerance);
  });
}

TEST_CASE_TEMPLATE("two biases are their sum, and both get its gradient", Description, Rnn, Lstm, Gru) {
  const SequenceShape shape{4, 3, 5};
  auto one = build_layer<double>(Description{.units = 7}, {shape.sample()});
  auto two = build_layer<double>(Description{.units = 7, .bias = RecurrentBias::two}, {shape.sample()});
  const auto none = build_layer<double>(Description{.units = 7, .bias = RecurrentBias::none}, {shape.sample()});
  CHECK(none.parameters().b.size() == 0);
  CHECK(none.parameters().b_h.size() == 0);
  Random random(3);
  test::randomize(two.parameters(), random);
  one.parameters().w_x = two.parameters().w_x, one.parameters().w_h = two.parameters().w_h;
  one.parameters().b = two.parameters().b;
  const Index rows = two.parameters().b_h.size();  // the GRU's block n has none
  one.parameters().b.map().head(rows) += two.parameters().b_h.map();
  if constexpr (std::is_same_v<Description, Gru>) one.parameters().b_hn = two.parameters().b_hn;

  const std::vector<Sequence<double>> x{test::random_sequence<double>(shape, random)};
  const auto dy = test::random_sequence<double>({4, 3, 7}, random);
  const auto of_one = test::call_layer(one, x, dy), of_two = test::call_layer(two, x, dy);
  CHECK(same_bits(of_one.y, of_two.y));
  CHECK(same_bits(of_one.d_inputs[0], of_two.d_inputs[0]));
  CHECK(test::largest_difference(of_one.gradients.b.size(), of_one.gradients.b.data(), of_two.gradients.b.data()) == 0);
  CHECK(test::largest_difference(rows, of_one.gradients.b.data(), of_two.gradients.b_h.data()) == 0);
}

TEST_CASE("the gradients of a long sequence, which goes backward in blocks of steps, are those of its samples") {
  // 512 columns make a block: 13 steps of 150 samples need four of 3 steps and one of 1, each sample by itself needs
  // one.
  constexpr Index kSteps = 13, kBatch = 150;
  const SequenceShape x{kSteps, kBatch, 2}, state{1, kBatch, 5};
  const auto check = [](const auto& c) {
    INFO(c.name);
    Random random(2);
    SequenceShape y_shape = c.inputs[0].shape();
    y_shape.features = c.layer.hidden();
    const auto dy = test::random_sequence<double>(y_shape, random);
    const auto batch = test::call_layer(c.layer, c.inputs, dy);
    auto sum = c.layer.parameters();
    set_zero(sum);
    for (Index b = 0; b < kBatch; ++b) {
      std::vector<Sequence<double>> inputs;
      for (const Sequence<double>& input : c.inputs) inputs.push_back(test::sample_of(input, b));
      auto sample = test::call_layer(c.layer, inputs, test::sample_of(dy, b));
      for (std::size_t i = 0; i < inputs.size(); ++i)
        CHECK(same_bits(sample.d_inputs[i], test::sample_of(batch.d_inputs[i], b)));
      const auto terms = named_tensors<double>(sample.gradients), sums = named_tensors<double>(sum);
      for (std::size_t i = 0; i < sums.size(); ++i)
        for (Index j = 0; j < sums[i].size(); ++j) sums[i].data[j] += terms[i].data[j];
    }
    // Other orders of the same additions: 1950 terms of at most about 1, so some 1950 eps of them.
    CHECK(test::largest_tensor_difference<double>(batch.gradients, sum) <= 4e-13);
  };
  test::visit_layer_case<double>("Rnn", Rnn{.units = 5}, {x, state}, check);
  test::visit_layer_case<double>("Lstm", Lstm{.units = 5}, {x, state, state}, check);
  test::visit_layer_case<double>("Gru, reset after", Gru{.units = 5}, {x, state}, check);
  const Gru before{.units = 5, .reset = GruReset::before_product};
  test::visit_layer_case<double>("Gru, reset before", before, {x, state}, check);
}

TEST_CASE_TEMPLATE("the last step is that of all steps, and so is its gradient", Description, Rnn, Lstm, Gru) {
  const SequenceShape shape{4, 3, 5};
  const auto all_steps = build_layer<double>(Description{.units = 7}, {shape.sample()});
  const auto last_step = build_layer<double>(Description{.units = 7, .returns = Returns::last_step}, {shape.sample()});
  Random random(2);
  const std::vector<Sequence<double>> x{test::random_sequence<double>(shape, random)};
  const auto dy_of_last = test::random_sequence<double>({1, 3, 7}, random);
  Sequence<double> dy_of_all({4, 3, 7});
  dy_of_all.step(3) = dy_of_last.flat();
  const auto all = test::call_layer(all_steps, x, dy_of_all), last = test::call_layer(last_step, x, dy_of_last);
  CHECK(same_bits(last.y, test::steps_of(all.y, 3, 1)));
  CHECK(test::largest_tensor_difference<double>(last.gradients, all.gradients) == 0);
  CHECK(test::largest_difference(last.d_inputs[0], all.d_inputs[0]) == 0);
}

TEST_CASE_TEMPLATE("recurrent layers take sequences of any length and batch", Description, Rnn, Lstm, Gru) {
  const auto layer = build_layer<double>(Description{.units = 3}, {{kAnyTime, 2}});
  typename decltype(layer)::Cache cache;
  Sequence<double> y;
  CHECK(layer.output_shape(std::vector<SampleShape>{{kAnyTime, 2}}) == SampleShape{kAnyTime, 3});
  for (const SequenceShape& shape : {SequenceShape{5, 2, 2}, {1, 1, 2}, {9, 4, 2}}) {
    const Sequence<double> x(shape);
    layer.forward({&x}, y, cache);
    CHECK(y.shape() == SequenceShape{shape.time, shape.batch, 3});
  }
}

/// The messages that differ between the layers only in the name.
template <class L>
void check_messages(const L& layer, const std::string& name) {
  typename L::Cache cache;
  typename L::State state;
  Sequence<double> y;
  const Sequence<double> x({4, 2, 5}), wrong_x({12, 4, 5 + 2}), no_step({0, 2, 5});
  for (Sequence<double>& s : state) s = Sequence<double>({1, 2, 3});

  const std::string wrong_features =
      "[" + name + "] expected x with 5 features, got x = [time=12, batch=4, features=7]";
  CHECK_THROWS_WITH_AS(layer.forward({&wrong_x}, y, cache), wrong_features.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(layer.infer({&wrong_x}, y, cache), wrong_features.c_str(), ShapeError);
  const std::string zero_steps =
      "[" + name + "] expected x with at least one step, got x = [time=0, batch=2, features=5]";
  CHECK_THROWS_WITH_AS(layer.forward({&no_step}, y, cache), zero_steps.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(layer.infer({&no_step}, y, cache), zero_steps.c_str(), ShapeError);

  auto inputs = with_states(x, state);
  inputs.push_back(x);
  const std::string too_many = "[" + name + "] expected x, or x and the initial state" +
                               (state.size() == 1 ? " h" : "s h and c") + ", got " + std::to_string(inputs.size()) +
                               " inputs";
  CHECK_THROWS_WITH_AS(layer.forward(Arguments<double>(inputs), y, cache), too_many.c_str(), ShapeError);
  CHECK_THROWS_WITH_AS(layer.infer(Arguments<double>(inputs), y, cache), too_many.c_str(), ShapeError);
  for (const SequenceShape& wrong : {SequenceShape{1, 3, 3}, {1, 2, 4}, {2, 2, 3}}) {
    for (std::size_t s = 1; s < inputs.size(); ++s) {
      inputs = with_states(x, state);
      inputs[s].resize(wrong);
      std::ostringstream text;
      text << "[" << name << "] expected an initial state = [time=1, batch=2, features=3], got " << wrong;
      CHECK_THROWS_WITH_AS(layer.forward(Arguments<double>(inputs), y, cache), text.str().c_str(), ShapeError);
      CHECK_THROWS_WITH_AS(layer.infer(Arguments<double>(inputs), y, cache), text.str().c_str(), ShapeError);
    }
  }

  const Sequence<double> one_step({1, 2, 5});
  typename L::Parameters gradients = layer.parameters();
  const Sequence<double> dy({1, 2, 3});
  layer.forward({&x}, y, cache);
  typename L::Cache inferred;
  layer.infer({&x}, y, inferred);  // which keeps one step only
  const std::string no_forward = "[" + name + "::backward] expected the cache of a forward of this x, with states = ";
  std::string found = "no error";
  try {
    layer.backward({&x}, y, y, inferred, gradients, {});
  } catch (const ShapeError& error) {
    found = error.what();
  }
  CHECK(found.substr(0, no_forward.size()) == no_forward);
  layer.infer({&one_step}, y, inferred);  // whose state before the step is gone too
  CHECK_THROWS_AS(layer.backward({&one_step}, y, y, inferred, gradients, {}), ShapeError);
  layer.forward({&x}, y, cache);
  typename L::Parameters of_other_size = gradients;
  of_other_size.b.resize(1);
  CHECK_THROWS_AS(layer.backward({&x}, y, y, cache, of_other_size, {}), ShapeError);
  const std::string wrong_dy =
      "[" + name + "::backward] expected dy = [time=4, batch=2, features=3], got [time=1, batch=2, features=3]";
  CHECK_THROWS_WITH_AS(layer.backward({&x}, y, dy, cache, gradients, {}), wrong_dy.c_str(), ShapeError);
}

TEST_CASE("recurrent layers say what does not fit") {
  check_messages(RnnLayer<double>(RnnCell<double>(5, 3)), "Rnn");
  check_messages(LstmLayer<double>(LstmCell<double>(5, 3)), "Lstm");
  check_messages(GruLayer<double>(GruCell<double>(5, 3)), "Gru");
}

TEST_CASE("cells refuse sizes below 1") {
  CHECK_THROWS_WITH_AS(RnnCell<double>(0, 3), "[Rnn] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(RnnCell<double>(3, -1), "[Rnn] expected hidden of at least 1, got -1", ConfigError);
  CHECK_THROWS_WITH_AS(LstmCell<double>(0, 3), "[Lstm] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(LstmCell<double>(3, 0), "[Lstm] expected hidden of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(GruCell<double>(0, 3), "[Gru] expected features of at least 1, got 0", ConfigError);
  CHECK_THROWS_WITH_AS(GruCell<double>(3, -2), "[Gru] expected hidden of at least 1, got -2", ConfigError);
}

TEST_CASE_TEMPLATE("building a recurrent layer checks units and inputs", Description, Rnn, Lstm, Gru) {
  const SampleShape x{kAnyTime, 5}, h{1, 3};
  const Description three{.units = 3};
  CHECK_THROWS_WITH_AS(build_layer<double>(Description{}, {x}), "[a layer] expected units of at least 1, got 0",
                       ConfigError);
  CHECK_THROWS_WITH_AS(build_layer<double>(Description{.units = -3}, {x}),
                       "[a layer] expected units of at least 1, got -3", ConfigError);
  for (const SampleShape& wrong : {SampleShape{1, 4}, {2, 3}, {kAnyTime, 3}}) {
    std::vector<SampleShape> inputs{x, h};
    if (std::is_same_v<Description, Lstm>) inputs.push_back(h);
    inputs.back() = wrong;
    std::ostringstream text;
    text << "[a layer] expected an initial state [time=1, features=3], got " << wrong;
    CHECK_THROWS_WITH_AS(build_layer<double>(three, inputs), text.str().c_str(), ShapeError);
  }
}

TEST_CASE("building a recurrent layer takes x, or x and every initial state") {
  const SampleShape x{kAnyTime, 5}, h{1, 3};
  const auto text = [](const std::string& states, std::size_t found) {
    return "[a layer] expected x, or x and the initial state" + states + ", got " + std::to_string(found) + " inputs";
  };
  for (const std::vector<SampleShape>& inputs : {std::vector<SampleShape>{}, {x, h, h}}) {
    CHECK_THROWS_WITH_AS(build_layer<double>(Rnn{.units = 3}, inputs), text(" h", inputs.size()).c_str(), ShapeError);
    CHECK_THROWS_WITH_AS(build_layer<double>(Gru{.units = 3}, inputs), text(" h", inputs.size()).c_str(), ShapeError);
  }
  for (const std::vector<SampleShape>& inputs : {std::vector<SampleShape>{}, {x, h}})
    CHECK_THROWS_WITH_AS(build_layer<double>(Lstm{.units = 3}, inputs), text("s h and c", inputs.size()).c_str(),
                         ShapeError);
}

}  // namespace
