// Weights from Keras: models against Keras' formulas in NumPy, every layer there and back, and the report of what does
// not fit.

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/exchange/keras.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"
#include "support/named_arrays.hpp"
#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

namespace {

template <class S, class Description>
NodeId add_recurrent(Graph<S>& model, Description layer, bool is_bidirectional, NodeId x) {
  if (is_bidirectional) return model.add(Bidirectional{layer, "recurrent"}, {x});
  layer.name = "recurrent";
  return model.add(layer, {x});
}

/// The model of a stored case, with the names of its layers.
template <class S>
Graph<S> model_of(const Json& test_case) {
  const Json& options = test_case.at("options");
  const std::string cell = options.at("cell"), attention = options.at("attention");
  const Index units = options.at("units");
  const bool is_bidirectional = options.at("bidirectional");
  const GruReset reset = cell == "gru before" ? GruReset::before_product : GruReset::after_product;
  Graph<S> model;
  NodeId h = model.input({.features = test_case.at("inputs").at("x").at("shape").at(2)});
  h = cell == "lstm"  ? add_recurrent(model, Lstm{units}, is_bidirectional, h)
      : cell == "rnn" ? add_recurrent(model, Rnn{units}, is_bidirectional, h)
                      : add_recurrent(model, Gru{.units = units, .reset = reset}, is_bidirectional, h);
  if (attention != "none")
    h = model.add(Attention{.score = from_name<Score>(attention), .name = "attention"}, {h, h, h});
  model.add(Dense{.units = 2, .name = "fc"}, {h});
  return model;
}

/// Outputs are of the size 1 and no small differences of large numbers. The longest chain of roundings: T = 5 steps of
/// at most 2 + 3 products and 16 elementwise operations, then attention over 5 steps and 3 features and a Dense layer
/// of at most 6: 5 * 21 + 20 < 128 roundings of eps / 2 in each of the two computations.
template <class S>
constexpr double kTolerance = 128 * static_cast<double>(std::numeric_limits<S>::epsilon());

TEST_CASE_TEMPLATE("the weights of Keras give the outputs of its formulas", S, double, float) {
  for (const Json& test_case : stored_cases("exchange_keras")) {
    INFO(test_case.at("name").get<std::string>());
    Graph<S> model = model_of<S>(test_case);
    from_keras(named_arrays_of(test_case.at("parameters")), model);
    const auto x = StoredTensor(test_case.at("inputs").at("x")).to_sequence<S>();
    const auto y = StoredTensor(test_case.at("output")).to_sequence<S>();
    CHECK(largest_difference(model.predict({&x}), y) <= kTolerance<S>);
  }
}

TEST_CASE("the weights of TensorFlow.js give its outputs") {
  for (const Json& test_case : stored_cases("exchange_tfjs")) {
    INFO(test_case.at("name").get<std::string>());
    Graph<float> model = model_of<float>(test_case);
    from_keras(named_arrays_of(test_case.at("parameters")), model);
    const auto x = StoredTensor(test_case.at("inputs").at("x")).to_sequence<float>();
    const auto y = StoredTensor(test_case.at("output")).to_sequence<float>();
    CHECK(largest_difference(model.predict({&x}), y) <= kTolerance<float>);
  }
}

/// Models that have every layer and every option that decides about tensors.
template <class S>
std::vector<std::function<void(Graph<S>&)>> builders() {
  const auto recurrent = [](auto layer) {
    return [layer](Graph<S>& model) {
      const NodeId h = add_recurrent(model, layer, false, model.input({.features = 3}));
      model.add(Bidirectional{layer, "both"}, {h});
    };
  };
  return {recurrent(Lstm{5}), recurrent(Gru{5}), recurrent(Gru{.units = 5, .reset = GruReset::before_product}),
          recurrent(Rnn{5}), [](Graph<S>& model) {
            const NodeId x = model.input({.features = 3});
            const NodeId dot = model.add(Attention{}, {x, x, x});
            const NodeId dense = model.add(Dense{.units = 2, .bias = false}, {dot});
            model.add(Dense{.units = 3}, {dense});
            model.add(AttentionPooling{}, {dense});
            model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 4, .name = "pool"}, {dense});
          }};
}

TEST_CASE_TEMPLATE("every layer comes back from Keras' arrays bit for bit", S, float, double) {
  Random random(5);
  for (const auto& build : builders<S>()) {
    Graph<S> model, other(7);
    build(model), build(other);
    randomize_weights(model, random);
    const std::vector<NamedTensor<S>> views = other.parameters();
    REQUIRE(!same_bits(views, model.parameters()));
    from_keras(to_keras(model), other);
    CHECK(same_bits(views, model.parameters()));  // written in place
  }
}

TEST_CASE("what is written has Keras' names and shapes") {
  Graph<double> model;
  const NodeId x = model.input({.features = 3});
  model.add(Lstm{.units = 2}, {x});
  model.add(Gru{.units = 2}, {x});
  model.add(Bidirectional{Gru{.units = 2, .reset = GruReset::before_product}}, {x});
  model.add(Dense{.units = 2}, {x});
  model.add(AttentionPooling{.name = "linear"}, {x});
  model.add(AttentionPooling{.score = PoolingScore::tanh, .units = 4, .name = "tanh"}, {x});
  CHECK(shapes_of(to_keras(model)) ==
        std::map<std::string, std::vector<Index>>{{"bidirectional_gru/backward/bias", {6}},
                                                  {"bidirectional_gru/backward/kernel", {3, 6}},
                                                  {"bidirectional_gru/backward/recurrent_kernel", {2, 6}},
                                                  {"bidirectional_gru/forward/bias", {6}},
                                                  {"bidirectional_gru/forward/kernel", {3, 6}},
                                                  {"bidirectional_gru/forward/recurrent_kernel", {2, 6}},
                                                  {"dense/bias", {2}},
                                                  {"dense/kernel", {3, 2}},
                                                  {"gru/bias", {2, 6}},
                                                  {"gru/kernel", {3, 6}},
                                                  {"gru/recurrent_kernel", {2, 6}},
                                                  {"linear/bias", {1}},
                                                  {"linear/kernel", {3, 1}},
                                                  {"lstm/bias", {8}},
                                                  {"lstm/kernel", {3, 8}},
                                                  {"lstm/recurrent_kernel", {2, 8}},
                                                  {"tanh/projection/bias", {4}},
                                                  {"tanh/projection/kernel", {3, 4}},
                                                  {"tanh/score/bias", {1}},
                                                  {"tanh/score/kernel", {4, 1}}});
}

TEST_CASE("the blocks z, r, h of a GRU become r, z, n, and kernels are transposed") {
  Sequential<double> model(2);
  model.add(Gru{.units = 1, .name = "gru"});
  from_keras({{"gru/kernel", {{2, 3}, {1, 2, 3, 4, 5, 6}}},
              {"gru/recurrent_kernel", {{1, 3}, {1, 2, 3}}},
              {"gru/bias", {{2, 3}, {1, 2, 3, 40, 50, 60}}}},
             model);
  CHECK(rows_of(model, "gru.w_x") == std::vector<double>{2, 5, 1, 4, 3, 6});
  CHECK(rows_of(model, "gru.w_h") == std::vector<double>{2, 1, 3});
  CHECK(rows_of(model, "gru.b") == std::vector<double>{52, 41, 3});
  CHECK(rows_of(model, "gru.b_hn") == std::vector{60.0});
  CHECK(to_keras(model).at("gru/bias").values == std::vector<double>{41, 52, 3, 0, 0, 60});
}

TEST_CASE("a bias that only Keras can leave out is 0") {
  Graph<double> model;
  const NodeId x = model.input({.features = 1});
  model.add(Lstm{.units = 1, .name = "lstm"}, {x});
  model.add(Gru{.units = 1, .name = "gru"}, {x});
  model.add(AttentionPooling{.name = "linear"}, {x});
  model.add(AttentionPooling{.score = PoolingScore::tanh, .name = "tanh"}, {x});
  Random random(3);
  randomize_weights(model, random);
  from_keras({{"lstm/kernel", counting({1, 4})},
              {"lstm/recurrent_kernel", counting({1, 4})},
              {"gru/kernel", counting({1, 3})},
              {"gru/recurrent_kernel", counting({1, 3})},
              {"linear/kernel", counting({1, 1})},
              {"tanh/projection/kernel", counting({1, 1})},
              {"tanh/score/kernel", counting({1, 1})}},
             model);
  CHECK(rows_of(model, "lstm.b") == std::vector<double>(4));
  CHECK(rows_of(model, "gru.b") == std::vector<double>(3));
  for (const std::string name : {"gru.b_hn", "linear.b", "tanh.b"}) CHECK(rows_of(model, name) == std::vector{0.0});
}

TEST_CASE("Keras' attentions: no projections, and a scale") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2});
  model.add(Attention{.score = Score::additive, .name = "additive"}, {x, x, x});
  model.add(Attention{.score = Score::general, .name = "general"}, {x, x, x});
  Random random(3);
  randomize_weights(model, random);
  const std::vector<double> identity{1, 0, 0, 1};
  from_keras({{"additive/scale", {{2}, {5, 6}}}, {"general/scale", {{}, {3}}}}, model);
  CHECK(rows_of(model, "additive.v") == std::vector<double>{5, 6});
  CHECK(rows_of(model, "additive.w_q") == identity);
  CHECK(rows_of(model, "additive.w_k") == identity);
  CHECK(rows_of(model, "additive.b") == std::vector<double>{0, 0});
  CHECK(rows_of(model, "general.w") == std::vector<double>{3, 0, 0, 3});
  from_keras({{"general/scale", {{}, {3}}}}, model);  // AdditiveAttention(use_scale=False)
  CHECK(rows_of(model, "additive.v") == std::vector<double>{1, 1});

  CHECK_THROWS_WITH_AS(to_keras(model),
                       "[to_keras] expected layers with a counterpart in Keras, got additive: its attention has "
                       "weights of its own for queries and keys, which that of Keras has not",
                       ConfigError);
}

/// from_keras must fail with this text and leave the model as it was.
template <class Exception, class S>
void check_refused(const NamedArrays& state, Graph<S>& model, const std::string& text) {
  const std::vector<S> before = weights_of(model);
  CHECK_THROWS_WITH_AS(from_keras(state, model), text.c_str(), Exception);
  const std::vector<S> after = weights_of(model);
  CHECK(after == before);
}

const std::string kNaming =
    "\na layer takes the Keras layer of its name, whose arrays are lstm/kernel, lstm/recurrent_kernel, lstm/bias";

TEST_CASE("one array under two names is refused") {
  Sequential<float> model(1);
  model.add(Lstm{.units = 1, .name = "lstm"});
  check_refused<ConfigError>({{"lstm/kernel", counting({1, 4})}, {"lstm/lstm_cell/kernel:0", counting({1, 4})}}, model,
                             "[from_keras] expected every array once, got lstm/kernel as \"lstm/kernel\" and as "
                             "\"lstm/lstm_cell/kernel:0\"");
}

TEST_CASE("everything that does not fit is listed at once, and nothing is changed") {
  Sequential<float> model(3);
  model.add(Lstm{.units = 2, .name = "lstm"}).add(Dense{.units = 4, .name = "fc"});
  check_refused<ShapeError>({{"lstm/lstm_cell/kernel:0", counting({8, 3})},  // transposed
                             {"lstm/lstm_cell/bias:0", counting({8})},
                             {"fc/kernel:0", counting({2, 4})},
                             {"head/kernel:0", counting({2, 4})}},
                            model,
                            "[from_keras] expected arrays that fit the model, got 4 differences\n"
                            "  lstm/kernel: expected (3, 8), got (8, 3)\n"
                            "  missing lstm/recurrent_kernel (2, 8)\n"
                            "  missing fc/bias (4,)\n"
                            "  unexpected head/kernel:0 (2, 4)" +
                                kNaming);
}

TEST_CASE("the bias of a GRU tells where its reset is") {
  Sequential<float> after(1), before(1);
  after.add(Gru{.units = 1, .name = "gru"});
  before.add(Gru{.units = 1, .reset = GruReset::before_product, .name = "gru"});
  NamedArrays state{{"gru/kernel", counting({1, 3})}, {"gru/recurrent_kernel", counting({1, 3})}};
  const std::string text = "[from_keras] expected arrays that fit the model, got 1 difference\n  gru/bias: expected ";
  const std::string fix =
      "; two rows belong to reset_after=True, GruReset::after_product, one axis to reset_after=False, "
      "GruReset::before_product";
  state["gru/bias"] = counting({3});
  check_refused<ShapeError>(state, after, text + "(2, 3), got (3,)" + fix);
  from_keras(state, before);
  state["gru/bias"] = counting({2, 3});
  check_refused<ShapeError>(state, before, text + "(3,), got (2, 3)" + fix);
  from_keras(state, after);
}

TEST_CASE("weights that are not finite are refused by name") {
  Sequential<double> model(1);
  model.add(Dense{.units = 1, .name = "fc"});
  check_refused<DataError>({{"fc/kernel", {{1, 1}, {std::numeric_limits<double>::quiet_NaN()}}},
                            {"fc/bias", {{1}, {std::numeric_limits<double>::infinity()}}}},
                           model,
                           "[from_keras] expected finite weights, none beyond 1.79769e+308, got nan in fc/kernel, inf "
                           "in fc/bias");
}

TEST_CASE("a layer of a user's own that says what it is in Keras goes there and back") {
  Sequential<float> model(2, /*seed=*/1), other(2, /*seed=*/2);
  for (Sequential<float>* each : {&model, &other}) each->add(Gain{.name = "net/gain"}).add(Lstm{3});
  Random random(4);
  randomize_weights(model, random);
  const NamedArrays state = to_keras(model);
  CHECK(shapes_of(state).at("net/gain/gamma") == std::vector<Index>{2});
  from_keras(state, other);
  CHECK(same_bits(other.parameters(), model.parameters()));

  Sequential<double> unnamed(2);
  unnamed.add(Gain{}).add(Dense{.units = 1, .bias = false});
  from_keras({{"scaling/gamma", counting({2})}, {"head/kernel", counting({2, 1})}}, unnamed);
  CHECK(rows_of(unnamed, "gain.g") == std::vector<double>{1, 2});
}

TEST_CASE("what Keras does not have is refused") {
  Sequential<float> own(1);
  own.add(Silent{.name = "last"});
  const std::string text =
      "expected layers with a counterpart in Keras, got last of the kind silent, which has no member foreign_arrays "
      "(layers/foreign_arrays.hpp)";
  check_refused<ConfigError>({}, own, "[from_keras] " + text);
  CHECK_THROWS_WITH_AS(to_keras(own), ("[to_keras] " + text).c_str(), ConfigError);

  Graph<float> attention;
  const NodeId x = attention.input({.features = 2}), other = attention.input({.features = 3});
  attention.add(Attention{.score = Score::general, .name = "luong"}, {x, other, other});
  check_refused<ConfigError>({}, attention,
                             "[from_keras] expected the layer luong with as many features of a query as features of a "
                             "key, as in Keras, got a matrix (2, 3)");
  Graph<float> additive;
  const NodeId y = additive.input({.features = 2});
  additive.add(Attention{.score = Score::additive, .units = 5, .name = "bahdanau"}, {y, y, y});
  check_refused<ConfigError>({}, additive,
                             "[from_keras] expected the layer bahdanau with as many units and features of a query as "
                             "features of a key, as in Keras, got a matrix (5, 2)");
}

TEST_CASE("a scaled dot product is the score general, one without a scale is dot") {
  Graph<float> general, dot;
  const NodeId x = general.input({.features = 1}), y = dot.input({.features = 1});
  general.add(Attention{.score = Score::general, .name = "attention"}, {x, x, x});
  dot.add(Attention{.score = Score::dot, .name = "attention"}, {y, y, y});
  from_keras({}, dot);
  check_refused<ShapeError>({}, general,
                            "[from_keras] expected arrays that fit the model, got 1 difference\n"
                            "  missing attention/scale (); without a scale it is Score::dot" +
                                kNaming);
  check_refused<ShapeError>({{"attention/scale", counting({})}}, dot,
                            "[from_keras] expected arrays that fit the model, got 1 difference\n"
                            "  unexpected attention/scale ()" +
                                kNaming);
}

TEST_CASE("a layer of another form, or one of two, is not taken") {
  Sequential<float> model(1);
  model.add(Dense{.units = 1, .bias = false});
  NamedArrays state{{"lstm_4/kernel", counting({1, 4})}, {"lstm_4/recurrent_kernel", counting({1, 4})}};
  check_refused<ShapeError>(state, model,
                            "[from_keras] expected arrays that fit the model, got 3 differences\n"
                            "  missing dense/kernel (1, 1)\n"
                            "  unexpected lstm_4/kernel (1, 4)\n"
                            "  unexpected lstm_4/recurrent_kernel (1, 4)" +
                                kNaming);
  state = {{"mean/kernel", counting({1, 1})}, {"deviation/kernel", counting({1, 1})}};
  check_refused<ShapeError>(state, model,
                            "[from_keras] expected arrays that fit the model, got 3 differences\n"
                            "  missing dense/kernel (1, 1)\n"
                            "  unexpected deviation/kernel (1, 1)\n"
                            "  unexpected mean/kernel (1, 1)" +
                                kNaming);
}

TEST_CASE("the only layer of its form needs no name") {
  const auto state_of = [](const std::string& recurrent, const std::string& dense) {
    return NamedArrays{{recurrent + "/kernel", counting({1, 4})},
                       {recurrent + "/recurrent_kernel", counting({1, 4})},
                       {recurrent + "/bias", counting({4})},
                       {dense + "/kernel", counting({1, 1})},
                       {dense + "/bias", counting({1})}};
  };
  Sequential<double> model(1);
  model.add(Lstm{1}).add(Dense{1});
  from_keras(state_of("lstm_4", "dense_7"), model);
  CHECK(rows_of(model, "lstm.b") == std::vector<double>{1, 2, 3, 4});

  NamedArrays two = state_of("lstm_4", "dense_7"), other = state_of("lstm_5", "dense_7");
  two.merge(other);
  CHECK_THROWS_AS(from_keras(two, model), ShapeError);
  Sequential<double> chain(1);
  chain.add(Lstm{1}).add(Lstm{1}).add(Dense{1});
  CHECK_THROWS_AS(from_keras(two, chain), ShapeError);  // Keras' names do not tell their order

  Sequential<double> both(1);
  both.add(Bidirectional{Lstm{1}});
  NamedArrays bidirectional;
  for (const std::string direction : {"forward", "backward"})
    for (const std::string name : {"kernel", "recurrent_kernel"})
      bidirectional["bidirectional_3/" + direction + '/' + name] = counting({1, 4});
  from_keras(bidirectional, both);
  CHECK(rows_of(both, "bidirectional_lstm.backward.w_x") == std::vector<double>{1, 2, 3, 4});

  Sequential<double> pooling(1);
  pooling.add(AttentionPooling{.score = PoolingScore::tanh}).add(Dense{1});
  from_keras({{"pool/projection/kernel", counting({1, 1})},
              {"pool/score/kernel", counting({1, 1})},
              {"dense_1/kernel", counting({1, 1})},
              {"dense_1/bias", counting({1})}},
             pooling);
}

}  // namespace
