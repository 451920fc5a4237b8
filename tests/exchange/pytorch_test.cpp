// Weights from PyTorch and to it: whole modules against what PyTorch computed, every layer there and back, how layers
// find their modules, and the report of what does not fit.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/exchange/pytorch.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"
#include "support/named_arrays.hpp"
#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace pytorch_test {
namespace {

template <class S, class Description>
NodeId add_recurrent(Graph<S>& model, Description layer, bool is_bidirectional, const std::string& name, NodeId x) {
  if (is_bidirectional) return model.add(Bidirectional{layer, name}, {x});
  layer.name = name;
  return model.add(layer, {x});
}

/// The model of a stored case, with the names of its modules.
template <class S>
Graph<S> model_of(const Json& test_case) {
  const Json& options = test_case.at("options");
  const std::string kind = options.at("kind"), middle = options.at("middle");
  const Index layers = options.at("layers"), units = options.at("units");
  const bool is_bidirectional = options.at("bidirectional");
  Graph<S> model;
  NodeId h = model.input({.features = test_case.at("inputs").at("x").at("shape").at(2)});
  for (Index k = 0; k < layers; ++k) {
    const std::string name = k == 0 ? "recurrent" : "recurrent_l" + std::to_string(k);
    const Returns returns = k == layers - 1 && middle == "last step" ? Returns::last_step : Returns::all_steps;
    h = kind == "lstm"  ? add_recurrent(model, Lstm{.units = units, .returns = returns}, is_bidirectional, name, h)
        : kind == "gru" ? add_recurrent(model, Gru{.units = units, .returns = returns}, is_bidirectional, name, h)
                        : add_recurrent(model, Rnn{.units = units, .returns = returns}, is_bidirectional, name, h);
  }
  if (middle == "linear pooling") h = model.add(AttentionPooling{.name = "middle"}, {h});
  if (middle == "tanh pooling" || middle == "sequential pooling")
    h = model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 3, .name = "middle"}, {h});
  if (middle == "additive") h = model.add(Attention{.score = Score::additive, .units = 3, .name = "middle"}, {h, h, h});
  if (middle == "general") h = model.add(Attention{.score = Score::general, .name = "middle"}, {h, h, h});
  model.add(Dense{.units = 2, .name = "fc"}, {h});
  return model;
}

/// `gradients` under PyTorch's names. It has two biases where we have one; the gradient of one is that of both.
template <class S>
NamedArrays gradients_as_pytorch(Graph<S> model, const std::vector<NamedTensor<S>>& gradients, bool is_gru) {
  const std::vector<NamedTensor<S>> parameters = model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    std::copy_n(gradients[i].data, gradients[i].size(), parameters[i].data);
  NamedArrays arrays = to_pytorch(model);
  for (auto& [name, array] : arrays)
    for (const auto& [second, first] : {std::pair{"bias_hh", "bias_ih"}, {"key.bias", "query.bias"}}) {
      const std::size_t at = name.find(second);
      if (at == std::string::npos) continue;
      const auto& gradient = arrays.at(std::string(name).replace(at, std::string(second).size(), first)).values;
      std::copy_n(gradient.begin(), is_gru ? gradient.size() / 3 * 2 : gradient.size(), array.values.begin());
    }
  return arrays;
}

/// Of the two forms of a tanh pooling, the name in the one that is written.
std::string written_name(std::string name) {
  for (const auto& [numbered, written] : {std::pair{"middle.0.", "middle.projection."}, {"middle.2.", "middle.score."}})
    if (name.starts_with(numbered)) name.replace(0, std::string(numbered).size(), written);
  return name;
}

/// tests/support/stored_vectors.hpp derives at most 2e-13 in double and 1e-4 in float for results that are no small
/// differences of large numbers. The gradients of scores are: dw minus its mean, which here cancels some bits of
/// double, while in float the roundings cancel more than the bound says. Over all instruction sets the largest error
/// found is 6e-14 in double and 6e-6 in float.
template <class S>
constexpr double kTolerance = std::is_same_v<S, float> ? 1e-5 : 1e-12;

TEST_CASE_TEMPLATE("modules of PyTorch give its outputs and every gradient", S, double, float) {
  for (const Json& test_case : stored_cases("exchange_pytorch")) {
    INFO(test_case.at("name").get<std::string>());
    const Comparison compare(test_case, kTolerance<S>);
    const auto x = StoredTensor(test_case.at("inputs").at("x")).to_sequence<S>();
    const auto target = StoredTensor(test_case.at("target")).to_sequence<S>();
    Graph<S> model = model_of<S>(test_case);
    from_pytorch(named_arrays_of(test_case.at("parameters")), model);

    compare("prediction", model.predict({&x}), test_case.at("output"));
    Workspace<S> workspace(model);
    const Sequence<S>& y = model.forward({&x}, workspace);
    compare("output", y, test_case.at("output"));
    Sequence<S> dy, dx;
    MeanSquaredError{}.gradient(y, target, y.batch(), dy);
    compare("gradient of the output", dy, test_case.at("output_gradient"));
    model.backward({&x}, dy, workspace, {&dx});
    compare("gradient of x", dx, test_case.at("input_gradients").at("x"));
    const NamedArrays ours =
        gradients_as_pytorch(model, workspace.gradients(), test_case.at("options").at("kind") == "gru");
    for (const auto& [name, theirs] : test_case.at("parameter_gradients").items())
      compare("gradient of " + name, json_of(ours.at(written_name(name))), theirs);
  }
}

TEST_CASE("what is written has the names and shapes of the module's own state_dict") {
  for (const Json& test_case : stored_cases("exchange_pytorch")) {
    const NamedArrays state = named_arrays_of(test_case.at("parameters"));
    Graph<double> model = model_of<double>(test_case);
    from_pytorch(state, model);
    auto written = shapes_of(to_pytorch(model)), own = shapes_of(state);
    const bool has_bias = std::any_of(own.begin(), own.end(),
                                      [](const auto& entry) { return entry.first.starts_with("recurrent.bias"); });
    if (!has_bias) std::erase_if(written, [](const auto& entry) { return entry.first.starts_with("recurrent.bias"); });
    if (test_case.at("options").at("middle") == "sequential pooling") {  // the other form of the two is written
      std::erase_if(written, [](const auto& entry) { return entry.first.starts_with("middle."); });
      std::erase_if(own, [](const auto& entry) { return entry.first.starts_with("middle."); });
    }
    INFO(test_case.at("name").get<std::string>());
    CHECK(written == own);
  }
}

/// Models that have every layer and every option that decides about tensors.
template <class S>
std::vector<std::function<void(Graph<S>&)>> builders() {
  const auto recurrent = [](auto layer) {
    return [layer](Graph<S>& model) {
      const NodeId x = model.input({.features = 3});
      const NodeId first = add_recurrent(model, layer, false, "net", x);
      const NodeId second = add_recurrent(model, layer, false, "net_l1", first);
      const NodeId both = add_recurrent(model, layer, true, "both", second);
      model.add(Dense{.units = 2, .name = "fc"}, {add_recurrent(model, layer, true, "both_l1", both)});
    };
  };
  return {recurrent(Lstm{5}), recurrent(Gru{5}), recurrent(Rnn{5}), [](Graph<S>& model) {
            const NodeId x = model.input({.features = 3});
            const NodeId attended = model.add(Attention{.score = Score::additive, .units = 4}, {x, x, x});
            const NodeId general = model.add(Attention{.score = Score::general}, {attended, x, x});
            const NodeId dot = model.add(Attention{.score = Score::dot}, {general, general, general});
            const NodeId dense = model.add(Dense{.units = 2, .bias = false}, {dot});
            model.add(AttentionPooling{}, {dense});
            model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 4, .name = "decoder/pool"}, {dense});
          }};
}

TEST_CASE_TEMPLATE("every layer comes back from PyTorch's arrays bit for bit", S, float, double) {
  Random random(5);
  for (const auto& build : builders<S>()) {
    Graph<S> model, other(7);
    build(model), build(other);
    randomize_weights(model, random);
    const std::vector<NamedTensor<S>> views = other.parameters();
    REQUIRE(!same_bits(views, model.parameters()));
    from_pytorch(to_pytorch(model), other);
    CHECK(same_bits(views, model.parameters()));  // written in place
  }
}

TEST_CASE("a sequential model is a graph here, and names of modules within modules have slashes") {
  Sequential<double> model(2);
  model.add(Lstm{.units = 1, .name = "encoder/lstm"}).add(Dense{.units = 1, .name = "0"});
  const NamedArrays state = to_pytorch(model);
  CHECK(shapes_of(state) == std::map<std::string, std::vector<Index>>{{"0.bias", {1}},
                                                                      {"0.weight", {1, 1}},
                                                                      {"encoder.lstm.bias_hh_l0", {4}},
                                                                      {"encoder.lstm.bias_ih_l0", {4}},
                                                                      {"encoder.lstm.weight_hh_l0", {4, 1}},
                                                                      {"encoder.lstm.weight_ih_l0", {4, 2}}});
  from_pytorch(state, model);
}

NamedArrays lstm_state(const std::string& prefix, Index features, Index units, Index layers = 1) {
  NamedArrays state;
  for (Index k = 0; k < layers; ++k) {
    const std::string end = "_l" + std::to_string(k);
    state[prefix + "weight_ih" + end] = counting({4 * units, k == 0 ? features : units});
    state[prefix + "weight_hh" + end] = counting({4 * units, units});
    state[prefix + "bias_ih" + end] = counting({4 * units});
    state[prefix + "bias_hh" + end] = counting({4 * units});
  }
  return state;
}

void append_linear(NamedArrays& state, const std::string& prefix, Index features, Index units) {
  state[prefix + "weight"] = counting({units, features});
  state[prefix + "bias"] = counting({units});
}

TEST_CASE("matrices keep their rows and columns, and two biases become their sum") {
  Sequential<double> model(2);
  model.add(Lstm{.units = 1, .name = "lstm"});
  from_pytorch(lstm_state("lstm.", 2, 1), model);
  CHECK(rows_of(model, "lstm.w_x") == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(rows_of(model, "lstm.w_h") == std::vector<double>{1, 2, 3, 4});
  CHECK(rows_of(model, "lstm.b") == std::vector<double>{2, 4, 6, 8});
}

TEST_CASE("the biases of a GRU are added in the blocks r and z and stay apart in the block n") {
  Sequential<double> model(1);
  model.add(Gru{.units = 2, .name = "gru"});
  from_pytorch({{"gru.weight_ih_l0", counting({6, 1})},
                {"gru.weight_hh_l0", counting({6, 2})},
                {"gru.bias_ih_l0", counting({6})},
                {"gru.bias_hh_l0", {{6}, {10, 20, 30, 40, 50, 60}}}},
               model);
  CHECK(rows_of(model, "gru.b") == std::vector<double>{11, 22, 33, 44, 5, 6});
  CHECK(rows_of(model, "gru.b_hn") == std::vector<double>{50, 60});
  const NamedArrays written = to_pytorch(model);
  CHECK(written.at("gru.bias_ih_l0").values == std::vector<double>{11, 22, 33, 44, 5, 6});
  CHECK(written.at("gru.bias_hh_l0").values == std::vector<double>{0, 0, 0, 0, 50, 60});
}

TEST_CASE("a bias that only PyTorch can leave out is 0") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2});
  model.add(Lstm{.units = 1, .name = "lstm"}, {x});
  model.add(AttentionPooling{.name = "linear"}, {x});
  model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 1, .name = "tanh"}, {x});
  model.add(Attention{.score = Score::additive, .units = 1, .name = "additive"}, {x, x, x});
  Random random(3);
  randomize_weights(model, random);
  NamedArrays state{{"lstm.weight_ih_l0", counting({4, 2})},   {"lstm.weight_hh_l0", counting({4, 1})},
                    {"linear.weight", counting({1, 2})},       {"tanh.projection.weight", counting({1, 2})},
                    {"tanh.score.weight", counting({1, 1})},   {"additive.query.weight", counting({1, 2})},
                    {"additive.key.weight", counting({1, 2})}, {"additive.score.weight", counting({1, 1})}};
  from_pytorch(state, model);
  CHECK(rows_of(model, "lstm.b") == std::vector<double>{0, 0, 0, 0});
  for (const std::string name : {"linear.b", "tanh.b", "additive.b"}) CHECK(rows_of(model, name) == std::vector{0.0});

  // The biases of an additive score are one; that of a score over the steps changes no softmax.
  state["additive.query.bias"] = {{1}, {1}};
  state["additive.key.bias"] = {{1}, {20}};
  state["additive.bias"] = {{1}, {300}};
  state["additive.score.bias"] = {{1}, {4000}};
  state["tanh.projection.bias"] = {{1}, {5}};
  state["tanh.score.bias"] = {{1}, {6}};
  state["linear.bias"] = {{1}, {7}};
  from_pytorch(state, model);
  CHECK(rows_of(model, "additive.b") == std::vector{321.0});
  CHECK(rows_of(model, "tanh.b") == std::vector{5.0});
  CHECK(rows_of(model, "linear.b") == std::vector{7.0});
}

/// from_pytorch must fail with this text and leave the model as it was.
template <class Exception, class S>
void check_refused(const NamedArrays& state, Graph<S>& model, const std::string& text) {
  const std::vector<S> before = weights_of(model);
  CHECK_THROWS_WITH_AS(from_pytorch(state, model), text.c_str(), Exception);
  const std::vector<S> after = weights_of(model);
  CHECK(after == before);
}

const std::string kNaming =
    "\na layer takes the module of its name, with / for each point of a path (encoder/lstm takes encoder.lstm); "
    "lstm_l1, lstm_l2, ... take the further layers of lstm";

TEST_CASE("everything that does not fit is listed at once, and nothing is changed") {
  Sequential<float> model(3);
  model.add(Lstm{.units = 2, .name = "lstm"}).add(Dense{.units = 4, .name = "fc"});
  NamedArrays state = lstm_state("lstm.", 3, 2, 2);
  append_linear(state, "fc.", 2, 4);
  state.erase("lstm.bias_hh_l0");
  state["fc.weight"] = counting({2, 4});          // transposed
  state["fc.bias"].values.pop_back();             // an array that is not what it says
  state["lstm.weight_ih_l0"] = counting({6, 3});  // a GRU's
  state["scale"] = counting({});
  check_refused<ShapeError>(state, model,
                            "[from_pytorch] expected arrays that fit the model, got 9 differences\n"
                            "  lstm.weight_ih_l0: expected (8, 3), got (6, 3)\n"
                            "  missing lstm.bias_hh_l0 (8,)\n"
                            "  fc.weight: expected (4, 2), got (2, 4)\n"
                            "  fc.bias: expected (4,), got 3 numbers\n"
                            "  unexpected lstm.bias_hh_l1 (8,)\n"
                            "  unexpected lstm.bias_ih_l1 (8,)\n"
                            "  unexpected lstm.weight_hh_l1 (8, 2)\n"
                            "  unexpected lstm.weight_ih_l1 (8, 2)\n"
                            "  unexpected scale ()" +
                                kNaming);
}

TEST_CASE("shapes alone need no word about names") {
  Sequential<float> model(3);
  model.add(Dense{.units = 4, .name = "fc"});
  NamedArrays state;
  append_linear(state, "fc.", 4, 3);
  check_refused<ShapeError>(state, model,
                            "[from_pytorch] expected arrays that fit the model, got 2 differences\n"
                            "  fc.weight: expected (4, 3), got (3, 4)\n"
                            "  fc.bias: expected (4,), got (3,)");
}

TEST_CASE("two layers whose names are swapped do not fit") {
  Sequential<float> model(3);
  model.add(Dense{.units = 4, .name = "b"}).add(Dense{.units = 2, .name = "a"});
  NamedArrays state;
  append_linear(state, "a.", 3, 4);
  append_linear(state, "b.", 4, 2);
  check_refused<ShapeError>(state, model,
                            "[from_pytorch] expected arrays that fit the model, got 4 differences\n"
                            "  b.weight: expected (4, 3), got (2, 4)\n"
                            "  b.bias: expected (4,), got (2,)\n"
                            "  a.weight: expected (2, 4), got (4, 3)\n"
                            "  a.bias: expected (2,), got (4,)");
}

TEST_CASE("a direction too many, a direction too few") {
  Sequential<float> one(3), both(3);
  one.add(Rnn{.units = 2, .name = "rnn"});
  both.add(Bidirectional{Rnn{.units = 2}, "rnn"});
  NamedArrays state{{"rnn.weight_ih_l0", counting({2, 3})}, {"rnn.weight_hh_l0", counting({2, 2})}};
  check_refused<ShapeError>(state, both,
                            "[from_pytorch] expected arrays that fit the model, got 2 differences\n"
                            "  missing rnn.weight_ih_l0_reverse (2, 3)\n"
                            "  missing rnn.weight_hh_l0_reverse (2, 2)" +
                                kNaming);
  state["rnn.weight_ih_l0_reverse"] = state["rnn.weight_ih_l0"];
  state["rnn.weight_hh_l0_reverse"] = state["rnn.weight_hh_l0"];
  from_pytorch(state, both);
  check_refused<ShapeError>(state, one,
                            "[from_pytorch] expected arrays that fit the model, got 2 differences\n"
                            "  unexpected rnn.weight_hh_l0_reverse (2, 2)\n"
                            "  unexpected rnn.weight_ih_l0_reverse (2, 3)" +
                                kNaming);
}

TEST_CASE("a Dense layer and its module agree about the bias") {
  Sequential<float> with(1), without(1);
  with.add(Dense{.units = 1, .name = "fc"});
  without.add(Dense{.units = 1, .bias = false, .name = "fc"});
  const NamedArrays bare{{"fc.weight", counting({1, 1})}};
  NamedArrays biased = bare;
  biased["fc.bias"] = counting({1});
  check_refused<ShapeError>(bare, with,
                            "[from_pytorch] expected arrays that fit the model, got 1 difference\n"
                            "  missing fc.bias (1,)" +
                                kNaming);
  check_refused<ShapeError>(biased, without,
                            "[from_pytorch] expected arrays that fit the model, got 1 difference\n"
                            "  unexpected fc.bias (1,)" +
                                kNaming);
}

TEST_CASE("weights that are not finite are refused by name") {
  Sequential<float> model(3);
  model.add(Lstm{.units = 2, .name = "lstm"}).add(Dense{.units = 4, .name = "fc"});
  NamedArrays state = lstm_state("lstm.", 3, 2);
  append_linear(state, "fc.", 2, 4);
  state["fc.bias"].values[3] = -std::numeric_limits<double>::infinity();
  state["lstm.bias_hh_l0"].values[2] = std::numeric_limits<double>::quiet_NaN();
  state["lstm.weight_ih_l0"].values[5] = 1e39;
  check_refused<DataError>(state, model,
                           "[from_pytorch] expected finite weights, none beyond 3.40282e+38, got 1e+39 in "
                           "lstm.weight_ih_l0, nan in lstm.bias_hh_l0, -inf in fc.bias");

  state = lstm_state("lstm.", 3, 2);
  append_linear(state, "fc.", 2, 4);
  state["lstm.bias_ih_l0"].values[1] = state["lstm.bias_hh_l0"].values[1] = 3e38;
  check_refused<DataError>(state, model,
                           "[from_pytorch] expected finite weights, none beyond 3.40282e+38, got 6e+38 in lstm.b");

  Sequential<float> pooling(1);
  pooling.add(AttentionPooling{.score = PoolingScore::tanh, .name = "pool"});
  check_refused<DataError>({{"pool.0.weight", counting({1, 1})},
                            {"pool.2.weight", counting({1, 1})},
                            {"pool.2.bias", {{1}, {std::numeric_limits<double>::quiet_NaN()}}}},
                           pooling,
                           "[from_pytorch] expected finite weights, none beyond 3.40282e+38, got nan in pool.2.bias");
}

TEST_CASE("what PyTorch or tsattn does not have is refused") {
  Sequential<float> before(1);
  before.add(Gru{.units = 1, .reset = GruReset::before_product});
  const std::string text =
      "expected the layer gru with its reset after the product, where PyTorch has it, got before_product; train it "
      "anew with GruReset::after_product";
  check_refused<ConfigError>({}, before, "[from_pytorch] " + text);
  CHECK_THROWS_WITH_AS(to_pytorch(before), ("[to_pytorch] " + text).c_str(), ConfigError);

  Sequential<float> lstm(3);
  lstm.add(Lstm{.units = 2});
  NamedArrays state = lstm_state("lstm.", 3, 2);
  state["lstm.weight_hr_l0"] = counting({1, 2});
  check_refused<ConfigError>(state, lstm,
                             "[from_pytorch] expected recurrent modules without projections, got lstm.weight_hr_l0; "
                             "LSTM(proj_size=...) has no counterpart here");
}

TEST_CASE("a layer of a user's own that says what it is in PyTorch goes there and back") {
  Sequential<float> model(2, /*seed=*/1), other(2, /*seed=*/2);
  for (Sequential<float>* each : {&model, &other}) each->add(Gain{.name = "net/gain"}).add(Lstm{3}).add(Gain{});
  Random random(4);
  randomize_weights(model, random);
  const NamedArrays state = to_pytorch(model);
  CHECK(shapes_of(state).at("net.gain.weight") == std::vector<Index>{2});
  from_pytorch(state, other);
  CHECK(same_bits(other.parameters(), model.parameters()));

  // By elimination it takes what a linear module of one output could take too, so not beside one.
  Sequential<double> only(2), beside(2);
  only.add(Gain{});
  beside.add(Gain{}).add(Dense{.units = 2, .bias = false});
  from_pytorch({{"scaling.weight", counting({2})}}, only);
  CHECK(rows_of(only, "gain.g") == std::vector<double>{1, 2});
  CHECK_THROWS_AS(from_pytorch({{"scaling.weight", counting({2})}, {"head.weight", counting({2, 2})}}, beside),
                  ShapeError);
}

TEST_CASE("a layer that does not say what it is in PyTorch is refused by name") {
  Sequential<float> model(1);
  model.add(Silent{.name = "last"});
  const std::string text =
      "expected layers with a counterpart in PyTorch, got last of the kind silent, which has no member foreign_arrays "
      "(layers/foreign_arrays.hpp)";
  check_refused<ConfigError>({}, model, "[from_pytorch] " + text);
  CHECK_THROWS_WITH_AS(to_pytorch(model), ("[to_pytorch] " + text).c_str(), ConfigError);
}

TEST_CASE("two layers do not share an array") {
  Graph<float> model;
  const NodeId x = model.input({.features = 1});
  model.add(Dense{.units = 1, .name = "pool/projection"}, {x});
  model.add(AttentionPooling{.score = PoolingScore::tanh, .name = "pool"}, {x});
  const char* const text =
      "[to_pytorch] expected layers with arrays of their own, got two layers with pool.projection.weight; rename one";
  CHECK_THROWS_WITH_AS(to_pytorch(model), text, ConfigError);
}

// How layers find their modules.

TEST_CASE("a module with a name of that form comes before a layer of a module") {
  Sequential<double> model(2);
  model.add(Lstm{.units = 2, .name = "lstm"}).add(Lstm{.units = 2, .name = "lstm_l1"});
  NamedArrays state = lstm_state("lstm.", 2, 2), other = lstm_state("lstm_l1.", 2, 2);
  state.merge(other);
  from_pytorch(state, model);
  from_pytorch(lstm_state("lstm.", 2, 2, 2), model);
  CHECK(to_pytorch(model).contains("lstm.weight_ih_l1"));
}

TEST_CASE("without the layers below, a name of that form is a module's") {
  Sequential<double> model(2);
  model.add(Lstm{.units = 1, .name = "lstm"}).add(Lstm{.units = 1, .name = "lstm_l2"});
  CHECK(to_pytorch(model).contains("lstm_l2.weight_ih_l0"));
  from_pytorch(to_pytorch(model), model);
  for (const std::string name : {"_l1", "net_l", "net_l01", "net_lx", "net_l1x", "net_l9999999"}) {
    Sequential<double> odd(1);
    odd.add(Lstm{.units = 1, .name = "net"}).add(Lstm{.units = 1, .name = name});
    CHECK(to_pytorch(odd).contains(name + ".weight_ih_l0"));
  }
}

TEST_CASE("unnamed layers take the layers of the only recurrent module, in order, and the only linear one") {
  for (const std::string prefix : {"lstm.", "encoder.net.", ""}) {
    Sequential<double> model(3);
    model.add(Lstm{2}).add(Activation{}).add(Lstm{2});
    NamedArrays state = lstm_state(prefix, 3, 2, 2);
    state[prefix + "weight_hh_l1"].values[0] = 99;
    if (!prefix.empty()) {
      model.add(Dense{1});
      append_linear(state, "head.", 2, 1);
    }
    from_pytorch(state, model);
    CHECK(rows_of(model, "lstm.w_h")[0] == 1);
    CHECK(rows_of(model, "lstm_2.w_h")[0] == 99);
  }
}

TEST_CASE("a linear module by itself") {
  Sequential<double> model(2);
  model.add(Dense{1});
  NamedArrays state;
  append_linear(state, "", 2, 1);
  from_pytorch(state, model);
  CHECK(rows_of(model, "dense.w") == std::vector<double>{1, 2});
}

TEST_CASE("a layer with a name of its own is no layer of another module") {
  Sequential<float> model(2);
  model.add(Lstm{.units = 2, .name = "encoder"}).add(Lstm{.units = 2, .name = "decoder"});
  check_refused<ShapeError>(lstm_state("encoder.", 2, 2, 2), model,
                            "[from_pytorch] expected arrays that fit the model, got 6 differences\n"
                            "  missing decoder.weight_ih_l0 (8, 2)\n"
                            "  missing decoder.weight_hh_l0 (8, 2)\n"
                            "  unexpected encoder.bias_hh_l1 (8,)\n"
                            "  unexpected encoder.bias_ih_l1 (8,)\n"
                            "  unexpected encoder.weight_hh_l1 (8, 2)\n"
                            "  unexpected encoder.weight_ih_l1 (8, 2)" +
                                kNaming);
  from_pytorch(lstm_state("net.", 2, 2, 2), model);  // no name is a module's
}

TEST_CASE("layers side by side are no layers of one module") {
  Graph<float> side_by_side;
  const NodeId x = side_by_side.input({.features = 1});
  side_by_side.add(Rnn{1}, {x});
  side_by_side.add(Rnn{1}, {x});
  NamedArrays state;
  for (const std::string name : {"weight_ih_l0", "weight_hh_l0", "weight_ih_l1", "weight_hh_l1"})
    state["net." + name] = counting({1, 1});
  check_refused<ShapeError>(state, side_by_side,
                            "[from_pytorch] expected arrays that fit the model, got 8 differences\n"
                            "  missing rnn.weight_ih_l0 (1, 1)\n"
                            "  missing rnn.weight_hh_l0 (1, 1)\n"
                            "  missing rnn_2.weight_ih_l0 (1, 1)\n"
                            "  missing rnn_2.weight_hh_l0 (1, 1)\n"
                            "  unexpected net.weight_hh_l0 (1, 1)\n"
                            "  unexpected net.weight_hh_l1 (1, 1)\n"
                            "  unexpected net.weight_ih_l0 (1, 1)\n"
                            "  unexpected net.weight_ih_l1 (1, 1)" +
                                kNaming);
}

TEST_CASE("a module has as many layers as the model") {
  Sequential<float> two(1);
  two.add(Rnn{1}).add(Rnn{1});
  NamedArrays state{{"weight_ih_l0", counting({1, 1})}, {"weight_hh_l0", counting({1, 1})}};
  check_refused<ShapeError>(state, two,
                            "[from_pytorch] expected arrays that fit the model, got 2 differences\n"
                            "  missing weight_ih_l1 (1, 1)\n"
                            "  missing weight_hh_l1 (1, 1)" +
                                kNaming);
  for (const std::string name : {"weight_ih_l1", "weight_hh_l1"}) state[name] = counting({1, 1});
  from_pytorch(state, two);
  for (const std::string name : {"weight_ih_l2", "weight_hh_l2"}) state[name] = counting({1, 1});
  check_refused<ShapeError>(state, two,
                            "[from_pytorch] expected arrays that fit the model, got 2 differences\n"
                            "  unexpected weight_hh_l2 (1, 1)\n"
                            "  unexpected weight_ih_l2 (1, 1)" +
                                kNaming);
}

TEST_CASE("two recurrent modules, or two linear ones, are not told apart without names") {
  Sequential<float> recurrent(1);
  recurrent.add(Rnn{1});
  NamedArrays two;
  for (const std::string name : {"a.weight_ih_l0", "a.weight_hh_l0", "b.weight_ih_l0", "b.weight_hh_l0"})
    two[name] = counting({1, 1});
  check_refused<ShapeError>(two, recurrent,
                            "[from_pytorch] expected arrays that fit the model, got 6 differences\n"
                            "  missing rnn.weight_ih_l0 (1, 1)\n"
                            "  missing rnn.weight_hh_l0 (1, 1)\n"
                            "  unexpected a.weight_hh_l0 (1, 1)\n"
                            "  unexpected a.weight_ih_l0 (1, 1)\n"
                            "  unexpected b.weight_hh_l0 (1, 1)\n"
                            "  unexpected b.weight_ih_l0 (1, 1)" +
                                kNaming);

  Sequential<float> linear(1);
  linear.add(Dense{1}).add(Dense{1});
  NamedArrays state;
  append_linear(state, "one.", 1, 1);
  append_linear(state, "two.", 1, 1);
  check_refused<ShapeError>(state, linear,
                            "[from_pytorch] expected arrays that fit the model, got 8 differences\n"
                            "  missing dense.weight (1, 1)\n"
                            "  missing dense.bias (1,)\n"
                            "  missing dense_2.weight (1, 1)\n"
                            "  missing dense_2.bias (1,)\n"
                            "  unexpected one.bias (1,)\n"
                            "  unexpected one.weight (1, 1)\n"
                            "  unexpected two.bias (1,)\n"
                            "  unexpected two.weight (1, 1)" +
                                kNaming);
  Sequential<float> named(1);  // of two layers of one kind the second is no matter of course either
  named.add(Dense{.units = 1, .name = "one"}).add(Dense{1});
  CHECK_THROWS_AS(from_pytorch(state, named), ShapeError);
}

TEST_CASE("where more than one layer or module could be meant, none is taken") {
  Sequential<float> one(2);
  one.add(Dense{1});
  NamedArrays two;
  append_linear(two, "mean.", 2, 1);
  append_linear(two, "deviation.", 2, 1);
  check_refused<ShapeError>(two, one,
                            "[from_pytorch] expected arrays that fit the model, got 6 differences\n"
                            "  missing dense.weight (1, 2)\n"
                            "  missing dense.bias (1,)\n"
                            "  unexpected deviation.bias (1,)\n"
                            "  unexpected deviation.weight (1, 2)\n"
                            "  unexpected mean.bias (1,)\n"
                            "  unexpected mean.weight (1, 2)" +
                                kNaming);
  Sequential<float> either(2);
  either.add(AttentionPooling{}).add(Dense{1});
  NamedArrays single;
  append_linear(single, "fc.", 2, 1);
  check_refused<ShapeError>(single, either,
                            "[from_pytorch] expected arrays that fit the model, got 5 differences\n"
                            "  missing attention_pooling.weight (1, 2)\n"
                            "  missing dense.weight (1, 2)\n"
                            "  missing dense.bias (1,)\n"
                            "  unexpected fc.bias (1,)\n"
                            "  unexpected fc.weight (1, 2)" +
                                kNaming);
}

TEST_CASE("a pooling takes its module by elimination, but not one of two") {
  const auto model_with = [](PoolingScore score, const std::string& name) {
    Sequential<double> model(2);
    model.add(AttentionPooling{.score = score, .units = 2, .name = name}).add(Dense{1});
    return model;
  };
  NamedArrays linear{{"attention.weight", counting({1, 2})}};
  append_linear(linear, "fc.", 2, 1);
  Sequential<double> unnamed = model_with(PoolingScore::linear, ""),
                     named = model_with(PoolingScore::linear, "attention");
  CHECK_THROWS_AS(from_pytorch(linear, unnamed), ShapeError);  // either could be either
  from_pytorch(linear, named);
  CHECK(rows_of(named, "attention.v") == std::vector<double>{1, 2});

  for (const std::string first : {"att.projection", "att.0"}) {
    Sequential<double> tanh = model_with(PoolingScore::tanh, "");
    NamedArrays state{{first + ".weight", counting({2, 2})},
                      {first == "att.0" ? "att.2.weight" : "att.score.weight", counting({1, 2})}};
    append_linear(state, "fc.", 2, 1);
    from_pytorch(state, tanh);
    CHECK(rows_of(tanh, "attention_pooling.w") == std::vector<double>{1, 2, 3, 4});
  }
}

TEST_CASE_TEMPLATE("PyTorch's two biases are one, two, or none", Description, Rnn, Lstm, Gru) {
  const auto model_with = [](RecurrentBias bias) {
    Graph<double> model(/*seed=*/2);
    model.add(Description{.units = 3, .bias = bias, .name = "rnn"}, {model.input({.features = 2})});
    return model;
  };
  Graph<double> one = model_with(RecurrentBias::one), two = model_with(RecurrentBias::two),
                none = model_with(RecurrentBias::none);
  Random random(3);
  randomize_weights(two, random);
  const NamedArrays state = to_pytorch(two);
  CHECK(state.at("rnn.bias_hh_l0").values != std::vector<double>(state.at("rnn.bias_hh_l0").values.size(), 0.0));

  Graph<double> again = model_with(RecurrentBias::two);
  from_pytorch(state, again);
  CHECK(same_bits(again.parameters(), two.parameters()));
  from_pytorch(state, one);
  const auto x = test::random_sequence<double>({4, 2, 2}, random);
  CHECK(largest_difference(one.predict({&x}), two.predict({&x})) <= 1e-15);  // the sum of the biases is rounded

  NamedArrays without = state;
  without.erase("rnn.bias_ih_l0"), without.erase("rnn.bias_hh_l0");
  from_pytorch(without, none);
  CHECK(to_pytorch(none).size() == 2);
  from_pytorch(without, two);  // biases of zero
  CHECK(same_bits(none.predict({&x}), two.predict({&x})));
  CHECK_THROWS_AS(from_pytorch(state, none), ShapeError);
}

}  // namespace
}  // namespace pytorch_test
