#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/layers/segments.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/model/stream.hpp>

#include "support/difference.hpp"
#include "support/model_cases.hpp"
#include "support/random_values.hpp"
#include "support/sequence_of.hpp"

namespace {

using namespace tsattn;
using test::random_sequence;

constexpr Index kSteps = 10'000, kFeatures = 3, kBatch = 2;

/// How far a stream may be from the whole sequence. The sums of attention and of dense layers of few units add the same
/// terms in another order; all else is the same operations.
template <class S>
constexpr double kTolerance = sizeof(S) == 4 ? 1e-6 : 1e-13;

/// All outputs of a stream, [T, B, U].
template <class S>
Sequence<S> run(Stream<S>& stream, const Sequence<S>& x) {
  Sequence<S> y({x.time(), x.batch(), stream.units()});
  for (Index t = 0; t < x.time(); ++t) REQUIRE(stream.step(x.step_data(t), y.step_data(t)));
  return y;
}

/// max |a - b| / max(1, max |b|)
template <class S>
double relative_difference(const Sequence<S>& a, const Sequence<S>& b) {
  const double size = std::max(1.0, static_cast<double>(b.flat().cwiseAbs().maxCoeff()));
  return static_cast<double>(test::largest_difference(a, b)) / size;
}

/// A body that gives a value for every step, by itself and with what reads it.
template <class S>
Sequential<S> body(const std::string& name) {
  Sequential<S> model(kFeatures, /*seed=*/3);
  const bool all = name == "all";
  if (name == "rnn" || all) model.add(Rnn{.units = 7});
  if (name == "lstm" || all) model.add(Lstm{.units = 19});
  if (name == "gru" || all) model.add(Gru{.units = 9});
  if (name == "gru before" || all) model.add(Gru{.units = 8, .reset = GruReset::before_product});
  if (name == "no bias")
    model.add(Lstm{.units = 5, .bias = RecurrentBias::none}).add(Gru{.units = 5, .bias = RecurrentBias::none});
  if (name == "two biases")
    model.add(Rnn{.units = 5, .bias = RecurrentBias::two}).add(Gru{.units = 5, .bias = RecurrentBias::two});
  if (name == "dense" || all)
    model.add(Dense{.units = 20}).add(Activation{ActivationFunction::tanh}).add(Dense{.units = 2, .bias = false});
  if (name == "activations")
    for (const auto& [function_name, function] : EnumNames<ActivationFunction>::kNames) model.add(Activation{function});
  if (name == "dropout") model.add(Dropout{.rate = 0.5}).add(Lstm{.units = 4, .recurrent_dropout = 0.5}).add(Dropout{});
  if (name == "paths that meet") {
    Graph<S>& graph = model;
    const NodeId x = graph.inputs()[0], h = graph.add(Gru{.units = 4}, {x}), g = graph.add(Lstm{.units = 4}, {x});
    graph.add(Concatenate{}, {graph.add(Add{}, {h, g, h}), x, g});
  }
  Random random(5);
  test::randomize(static_cast<Graph<S>&>(model), random);
  return model;
}
constexpr const char* kBodies[] = {"rnn",   "lstm",        "gru",     "gru before",      "no bias", "two biases",
                                   "dense", "activations", "dropout", "paths that meet", "all"};

TEST_CASE_TEMPLATE("10,000 steps one by one are the whole sequence", S, float, double) {
  Random random(7);
  const auto x = random_sequence<S>({kSteps, kBatch, kFeatures}, random);
  for (const char* name : kBodies) {
    INFO(name);
    const Sequential<S> model = body<S>(name);
    auto stream = model.stream({.batch = kBatch});
    CHECK(stream.batch() == kBatch);
    CHECK(stream.features() == kFeatures);
    CHECK(stream.units() == model.output_shape().features);
    CHECK(relative_difference(run(stream, x), model.predict({&x})) <= kTolerance<S>);
    CHECK(stream.steps() == kSteps);
  }
}

/// What reads the steps of a body: attention of every kind, last steps.
template <class S>
using Head = void (*)(Graph<S>& graph, NodeId h);

template <class S>
std::vector<std::pair<const char*, Head<S>>> heads() {
  return {
      {"last step", [](Graph<S>& g, NodeId h) { g.add(Dense{3}, {g.add(LastStep{}, {h})}); }},
      {"pooling", [](Graph<S>& g, NodeId h) { g.add(AttentionPooling{}, {h}); }},
      {"pooling, tanh",
       [](Graph<S>& g, NodeId h) { g.add(AttentionPooling{.score = PoolingScore::tanh, .units = 11}, {h}); }},
      {"dot", [](Graph<S>& g, NodeId h) { LastStepAttention{.score = Score::dot}.expand(g, h); }},
      {"scaled dot", [](Graph<S>& g, NodeId h) { LastStepAttention{}.expand(g, h); }},
      {"general", [](Graph<S>& g, NodeId h) { LastStepAttention{.score = Score::general}.expand(g, h); }},
      {"additive", [](Graph<S>& g, NodeId h) { LastStepAttention{.score = Score::additive, .units = 7}.expand(g, h); }},
      {"Luong", [](Graph<S>& g, NodeId h) { LuongAttention{.units = 4}.expand(g, h); }},
      {"causal", [](Graph<S>& g, NodeId h) {
         const NodeId y = SelfAttention{.score = Score::additive, .mask = AttentionMask::causal}.expand(g, h);
         g.add(LastStep{}, {y});
       }}};
}

TEST_CASE_TEMPLATE("attention looks back on the last steps of what the whole sequence gives it", S, float, double) {
  constexpr Index kWindow = 50;
  Random random(8);
  const auto x = random_sequence<S>({kSteps, kBatch, kFeatures}, random);
  for (const auto& head_case : heads<S>()) {
    const char* const name = head_case.first;
    const Head<S> add_head = head_case.second;
    INFO(name);
    Sequential<S> whole = body<S>("gru");
    const Sequence<S> h = whole.predict({&x});
    add_head(whole, whole.output());
    Graph<S> head;
    add_head(head, head.input({.features = h.features()}));
    Random weights(9);
    const auto of_head = head.parameters();
    for (const NamedTensor<S>& tensor : of_head) test::randomize(tensor.data, tensor.size(), weights);
    auto of_whole = whole.parameters();
    of_whole.erase(of_whole.begin(), of_whole.end() - static_cast<std::ptrdiff_t>(of_head.size()));
    for (std::size_t i = 0; i < of_head.size(); ++i) std::copy_n(of_head[i].data, of_head[i].size(), of_whole[i].data);

    auto stream = whole.stream({.batch = kBatch, .attention_steps = kWindow});
    const Sequence<S> y = run(stream, x);
    for (Index t = 0; t < kSteps; t += t < 2 * kWindow ? 1 : 97) {
      CAPTURE(t);
      const Index first = std::string(name) == "last step" ? 0 : std::max<Index>(0, t + 1 - kWindow);
      const Sequence<S> window = test::steps_of(h, first, t + 1 - first);
      REQUIRE(relative_difference(test::steps_of(y, t, 1), head.predict({&window})) <= kTolerance<S>);
    }
  }
}

TEST_CASE("the attention of a model with a fixed number of steps looks back on as many") {
  Random random(1);
  const auto x = random_sequence<double>({12, 1, kFeatures}, random);
  Graph<double> model(/*seed=*/2);
  model.add(AttentionPooling{}, {model.input({.time = 5, .features = kFeatures})});
  auto stream = model.stream();
  const auto y = run(stream, x);
  for (Index t = 4; t < 12; ++t) {
    const auto window = test::steps_of(x, t - 4, 5);
    CHECK(test::largest_difference(test::steps_of(y, t, 1), model.predict({&window})) <= 1e-15);
  }
}

TEST_CASE("behind segments a new output comes after every so many steps") {
  Sequential<double> model(kFeatures, /*seed=*/2);
  model.add(Segments{.width = 2}).add(Gru{.units = 5}).add(Segments{.width = 3}).add(Dense{4}).add(AttentionPooling{});
  Random random(1);
  const auto x = random_sequence<double>({60, kBatch, kFeatures}, random);
  auto stream = model.stream({.batch = kBatch, .attention_steps = 100});
  Sequence<double> y({1, kBatch, 4});
  y.fill(-7);
  for (Index t = 0; t < 60; ++t) {
    CAPTURE(t);
    const Sequence<double> before = y;
    const bool is_new = stream.step(x.step_data(t), y.data());
    CHECK(is_new == ((t + 1) % 6 == 0));
    const auto seen = test::steps_of(x, 0, t + 1);
    CHECK(test::largest_difference(y, is_new ? model.predict({&seen}) : before) <= 1e-14);
  }

  Graph<double> fixed;  // the 12 steps are 6 segments
  const NodeId segments = fixed.add(Segments{.width = 2}, {fixed.input({.time = 12, .features = kFeatures})});
  fixed.add(AttentionPooling{}, {segments});
  auto of_fixed = fixed.stream({.batch = kBatch});
  Sequence<double> pooled({1, kBatch, 2 * kFeatures});
  for (Index t = 0; t < 60; ++t) of_fixed.step(x.step_data(t), pooled.data());
  const auto window = test::steps_of(x, 48, 12);
  CHECK(test::largest_difference(pooled, fixed.predict({&window})) <= 1e-14);
}

/// A model of every kind of state.
template <class S>
Sequential<S> model_with_states() {
  Sequential<S> model(kFeatures, /*seed=*/4);
  model.add(Lstm{.units = 9}).add(Gru{.units = 6}).add(LastStepAttention{.score = Score::additive}).add(Dense{2});
  return model;
}
constexpr StreamOptions kWithStates{.batch = kBatch, .attention_steps = 7};

TEST_CASE_TEMPLATE("series side by side are series by themselves", S, float, double) {
  const Sequential<S> model = model_with_states<S>();
  Random random(1);
  const auto x = random_sequence<S>({30, 5, kFeatures}, random);
  auto together = model.stream({.batch = 5, .attention_steps = 7});
  const auto y = run(together, x);
  for (Index b = 0; b < 5; ++b) {
    auto alone = model.stream({.attention_steps = 7});
    CHECK(test::same_bits(run(alone, test::sample_of(x, b)), test::sample_of(y, b)));
  }
}

TEST_CASE("reset goes back to the start, copies go on by themselves, and the model may go") {
  Random random(1);
  const auto x = random_sequence<float>({40, kBatch, kFeatures}, random),
             other = random_sequence<float>({9, kBatch, kFeatures}, random);
  std::optional<Sequential<float>> model(model_with_states<float>());
  auto stream = model->stream(kWithStates);
  model.reset();
  const auto y = run(stream, x);
  stream.reset();
  CHECK(stream.steps() == 0);
  CHECK(test::same_bits(run(stream, x), y));

  stream.reset();
  run(stream, test::steps_of(x, 0, 20));
  auto copy = stream;
  run(stream, other);
  CHECK(copy.steps() == 20);
  CHECK(test::same_bits(run(copy, test::steps_of(x, 20, 20)), test::steps_of(y, 20, 20)));
  copy = stream;
  auto moved = std::move(copy);
  CHECK(test::same_bits(run(moved, x), run(stream, x)));
}

TEST_CASE("streams of one model run in different threads") {
  const Sequential<float> model = model_with_states<float>();
  Random random(1);
  const auto x = random_sequence<float>({500, kBatch, kFeatures}, random);
  auto stream = model.stream(kWithStates);
  std::vector<Stream<float>> streams(4, stream);
  std::vector<Sequence<float>> outputs(4, Sequence<float>({500, kBatch, 2}));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (Index t = 0; t < 500; ++t) streams[i].step(x.step_data(t), outputs[i].step_data(t));
    });
  for (std::thread& thread : threads) thread.join();
  const Sequence<float> expected = run(stream, x);
  for (const Sequence<float>& output : outputs) CHECK(test::same_bits(output, expected));
}

TEST_CASE_TEMPLATE("a saved state goes on with the same bits", S, float, double) {
  const Sequential<S> model = model_with_states<S>();
  Random random(1);
  const auto x = random_sequence<S>({40, kBatch, kFeatures}, random);
  auto stream = model.stream(kWithStates);
  const auto y = run(stream, x);
  for (const Index cut : {0, 1, 5, 7, 8, 33}) {
    CAPTURE(cut);
    stream.reset();
    run(stream, test::steps_of(x, 0, cut));
    const std::vector<std::byte> bytes = stream.save_state();
    CHECK(bytes.size() == stream.state_bytes());
    auto other = model.stream(kWithStates);
    run(other, test::steps_of(x, 0, 3));
    other.load_state(bytes);
    CHECK(other.steps() == cut);
    CHECK(test::same_bits(run(other, test::steps_of(x, cut, 40 - cut)), test::steps_of(y, cut, 40 - cut)));
  }
}

TEST_CASE("a state of another stream is refused, and nothing changes") {
  const Sequential<float> model = model_with_states<float>();
  Random random(1);
  const auto x = random_sequence<float>({10, kBatch, kFeatures}, random);
  auto stream = model.stream(kWithStates), expected = model.stream(kWithStates);
  run(stream, x), run(expected, x);
  Sequential<float> other_weights = model;
  other_weights.parameters()[0].data[0] += 1;
  std::vector<std::byte> cut = stream.save_state();
  cut.pop_back();
  const std::string another =
      "[Stream::load_state] expected the state of a stream of this model, with these weights and options, got that of "
      "another";
  CHECK_THROWS_WITH_AS(stream.load_state(other_weights.stream(kWithStates).save_state()), another.c_str(), DataError);
  CHECK_THROWS_WITH_AS(stream.load_state(model.stream({.batch = 3, .attention_steps = 7}).save_state()),
                       another.c_str(), DataError);
  CHECK_THROWS_WITH_AS(stream.load_state(model.stream({.batch = 2, .attention_steps = 8}).save_state()),
                       another.c_str(), DataError);
  CHECK_THROWS_WITH_AS(stream.load_state(cut), another.c_str(), DataError);
  CHECK_THROWS_WITH_AS(stream.load_state({}), "[Stream::load_state] expected what save_state gives, got 0 other bytes",
                       DataError);
  const std::vector<std::byte> zeros(stream.state_bytes());
  const std::string not_a_state =
      "[Stream::load_state] expected what save_state gives, got " + std::to_string(zeros.size()) + " other bytes";
  CHECK_THROWS_WITH_AS(stream.load_state(zeros), not_a_state.c_str(), DataError);
  CHECK_THROWS_WITH_AS(stream.load_state(model_with_states<double>().stream(kWithStates).save_state()), another.c_str(),
                       DataError);
  std::vector<std::byte> small(3);
  CHECK_THROWS_WITH_AS(stream.save_state(small), doctest::Contains("bytes, got 3"), ConfigError);
  CHECK(test::same_bits(run(stream, x), run(expected, x)));
}

TEST_CASE_TEMPLATE("after a NaN or an infinity a series gives NaN until reset, and no other series does", S, float,
                   double) {
  const Sequential<S> model = model_with_states<S>();
  Random random(1);
  const auto x = random_sequence<S>({30, kBatch, kFeatures}, random);
  auto stream = model.stream(kWithStates);
  const auto expected = run(stream, x);
  using Limits = std::numeric_limits<S>;
  for (const S value : {Limits::quiet_NaN(), Limits::signaling_NaN(), Limits::infinity(), -Limits::infinity()})
    for (Index feature = 0; feature < kFeatures; ++feature) {
      CAPTURE(value);
      Sequence<S> bad = x;
      bad(10, 1, feature) = value;
      stream.reset();
      const auto y = run(stream, bad);
      CHECK(test::same_bits(test::sample_of(y, 0), test::sample_of(expected, 0)));
      for (Index t = 0; t < 30; ++t)
        for (Index u = 0; u < 2; ++u) CHECK(std::isnan(y(t, 1, u)) == (t >= 10));
      auto other = model.stream(kWithStates);
      other.load_state(stream.save_state());  // this too is a part of the state
      CHECK(std::isnan(run(other, x)(29, 1, 0)));
      stream.reset();
      CHECK(test::same_bits(run(stream, x), expected));
    }
  Sequence<S> largest = x;
  largest(3, 0, 0) = Limits::max();  // is none
  stream.reset();
  CHECK_FALSE(std::isnan(run(stream, largest)(29, 0, 0)));
}

/// Of a build, the message of stream().
template <class S>
std::string refusal(const Graph<S>& model, const StreamOptions& options = {}) {
  try {
    model.stream(options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

/// A user's layer, which has no streaming form.
struct Doubling {
  static constexpr std::string_view kKind = "doubling";
  std::string name = {};

  template <class S>
  struct Layer {
    using Scalar = S;
    using Parameters = NoParameters;
    struct Cache {};
    NoParameters none;
    Parameters& parameters() { return none; }
    const Parameters& parameters() const { return none; }
    SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }
    void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const { y = inputs[0]; }
    void infer(Inputs<S> inputs, Sequence<S>& y, Cache&) const { y = inputs[0]; }
    void backward(Inputs<S>, const Sequence<S>&, const Sequence<S>&, Cache&, Parameters&, InputGradients<S>) const {}
  };
  template <class S>
  Layer<S> build(const BuildContext&) const {
    return {};
  }
};

TEST_CASE("a model that cannot run step by step says so, and names the layer") {
  Sequential<float> both(kFeatures), ahead(kFeatures), without_window(kFeatures), twice(kFeatures), own(kFeatures);
  both.add(Dense{4}).add(Bidirectional{Lstm{.units = 2}, "both"});
  CHECK(refusal(both) ==
        "[both, layer 2] expected layers that look back only, to run step by step; a bidirectional layer reads the "
        "series from its end too");
  ahead.add(Gru{.units = 4}).add(SelfAttention{.name = "ahead"}).add(LastStep{});
  CHECK(refusal(ahead, {.attention_steps = 5}) ==
        "[ahead, layer 2] expected attention that looks back only, to run step by step: a causal mask, or one query "
        "for all steps (LastStepAttention); got a query of every step without a mask");
  without_window.add(Gru{.units = 4}).add(AttentionPooling{});
  CHECK(refusal(without_window) ==
        "[attention_pooling, layer 2] expected attention_steps of at least 1, the last steps that attention looks back "
        "on, got 0; a model whose input has a fixed number of steps says it itself");
  twice.add(Lstm{.units = 4, .returns = Returns::last_step}).add(Gru{.units = 3});
  CHECK(refusal(twice) ==
        "[gru, layer 2] expected inputs with a value for every step, to run step by step; a recurrent layer got what "
        "comes once for all steps");
  own.add(Doubling{});
  CHECK(refusal(own) ==
        "[doubling, layer 1] expected a layer that can run step by step, got one without a member stream "
        "(layers/stream_layer.hpp)");

  Graph<float> started, paces;
  const NodeId x = started.input({.features = 3}), h = started.add(Dense{4}, {started.add(LastStep{}, {x})});
  started.add(Gru{.units = 4}, {x, h});
  CHECK(refusal(started) == "[gru, layer 3] expected x as the only input, to run step by step, got initial states too");
  started.input({.features = 1});
  CHECK(refusal(started) == "[Graph::stream] expected a model with one input, to run step by step, got 2");
  const NodeId series = paces.input({.features = 1});
  paces.add(Add{}, {paces.add(Segments{.width = 2}, {series}), paces.add(Dense{2}, {series})});
  CHECK(refusal(paces) ==
        "[add, layer 3] expected inputs that come as often as each other, to run step by step, got one after every 2 "
        "steps of the model, one after every 1");
  CHECK(refusal(Graph<float>()) != "");
  Sequential<float> good(kFeatures);
  good.add(Dense{1});
  CHECK(refusal(good) == "");
  CHECK(refusal(good, {.batch = 0}) == "[Graph::stream] expected batch of at least 1, got 0");
  CHECK(refusal(good, {.attention_steps = -1}) == "[Graph::stream] expected attention_steps of at least 0, got -1");
}

TEST_CASE("layers that the output does not read are left out") {
  Graph<float> model;
  const NodeId x = model.input({.features = 2}), h = model.add(Gru{.units = 3}, {x});
  model.add(Bidirectional{Gru{.units = 3}}, {h});
  model.set_output(h);
  CHECK(refusal(model) == "");
}

}  // namespace
