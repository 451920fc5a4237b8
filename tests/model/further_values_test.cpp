// What layers give beside their output: the final states of recurrent layers, read by other layers.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/concatenate.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/model/summary.hpp>
#include <tsattn/persistence/model_file.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/difference.hpp"
#include "support/layer_call.hpp"
#include "support/random_values.hpp"
#include "support/temporary_folder.hpp"

namespace further_values_test {
namespace {

using namespace tsattn;
using test::random_sequence;
using test::same_bits;

/// The description `layer` with another name.
template <class Description>
Description named(Description layer, std::string name) {
  layer.name = std::move(name);
  return layer;
}

/// The inputs of a decoder that starts from the final states of `encoder`.
template <class S>
std::vector<NodeId> from_states(const Graph<S>& model, NodeId x, NodeId encoder) {
  std::vector<NodeId> inputs{x};
  for (const FurtherValue& value : model.node(encoder).further) inputs.push_back(model.value(encoder, value.name));
  return inputs;
}

/// An encoder of `history` whose states a decoder of `known` starts from, and a dense layer.
template <class S, class Description>
Graph<S> encoder_decoder(const Description& layer, bool reads_output = false) {
  Graph<S> model(3);
  const NodeId history = model.input({.features = 2}, "history"), known = model.input({.features = 2}, "known");
  const NodeId encoder = model.add(named(layer, "encoder"), {history});
  const NodeId decoder = model.add(named(layer, "decoder"), from_states(model, known, encoder));
  if (reads_output) {
    model.add(Add{}, {decoder, encoder});
  } else {
    model.add(Dense{1}, {decoder});
  }
  return model;
}

template <class Description>
void check_gradients(const Description& layer, bool reads_output) {
  Graph<double> model = encoder_decoder<double>(layer, reads_output);
  Random random(1);
  for (const NamedTensor<double>& parameter : model.parameters())
    test::randomize(parameter.data, parameter.size(), random);
  const std::vector<Sequence<double>> inputs{random_sequence<double>({5, 3, 2}, random),
                                             random_sequence<double>({reads_output ? 5 : 4, 3, 2}, random)};
  const GradientReport report = gradient_check(model, test::Arguments<double>(inputs), {.tolerance = 1e-7});
  INFO(report);
  CHECK(report.passed());
}

TEST_CASE("gradients flow through the states: central differences of all weights and inputs") {
  for (const bool reads_output : {false, true}) {
    check_gradients(Rnn{.units = 3}, reads_output);
    check_gradients(Lstm{.units = 3}, reads_output);
    check_gradients(Gru{.units = 3}, reads_output);
    check_gradients(Gru{.units = 3, .reset = GruReset::before_product}, reads_output);
  }
}

TEST_CASE("gradients of a state that several layers read, beside the output that none reads") {
  Graph<double> model;
  const NodeId x = model.input({.features = 2}), encoder = model.add(Lstm{.units = 3, .name = "encoder"}, {x}),
               c = model.value(encoder, "c"), doubled = model.add(Add{}, {c, c});
  model.add(Concatenate{}, {model.add(Dense{2}, {c}), doubled, model.add(Dense{2}, {model.value(encoder, "h")})});
  Random random(1);
  const auto values = random_sequence<double>({5, 3, 2}, random);
  const GradientReport report = gradient_check(model, {&values}, {.tolerance = 1e-7});
  INFO(report);
  CHECK(report.passed());
}

/// One layer over all of x, and an encoder over its first three steps with a decoder over the others, of one weight.
template <class Description>
void check_carried(const Description& layer) {
  using S = double;
  Graph<S> whole, parts;
  whole.add(named(layer, "whole"), {whole.input({.features = 2})});
  const NodeId first = parts.input({.features = 2}), second = parts.input({.features = 2}),
               encoder = parts.add(named(layer, "encoder"), {first});
  parts.add(named(layer, "decoder"), from_states(parts, second, encoder));
  Random random(4);
  const std::vector<NamedTensor<S>> weights = whole.parameters(), of_parts = parts.parameters();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    test::randomize(weights[i].data, weights[i].size(), random);
    for (const std::size_t part : {i, weights.size() + i})
      std::copy_n(weights[i].data, weights[i].size(), of_parts[part].data);
  }

  const auto x = random_sequence<S>({7, 3, 2}, random);
  Sequence<S> head({3, 3, 2}), tail({4, 3, 2}), y_tail({4, 3, 4}), d_first, d_second, dx;
  std::copy_n(x.data(), head.size(), head.data());
  std::copy_n(x.step_data(3), tail.size(), tail.data());
  Workspace<S> of_whole(whole), of_both(parts);
  const Sequence<S>& y = whole.forward({&x}, of_whole);
  std::copy_n(y.step_data(3), y_tail.size(), y_tail.data());
  CHECK(same_bits(parts.infer({&head, &tail}, of_both), y_tail));
  CHECK(same_bits(parts.forward({&head, &tail}, of_both), y_tail));

  // The first steps have no gradient of their own: all that reaches them comes through the states.
  Sequence<S> dy({7, 3, 4});
  const auto dy_tail = random_sequence<S>({4, 3, 4}, random);
  std::copy_n(dy_tail.data(), dy_tail.size(), dy.step_data(3));
  whole.backward({&x}, dy, of_whole, {&dx});
  parts.backward({&head, &tail}, dy_tail, of_both, {&d_first, &d_second});
  const double tolerance = 1e-14;  // sums in another order
  for (Index i = 0; i < head.size(); ++i) CHECK(d_first.data()[i] == doctest::Approx(dx.data()[i]).epsilon(tolerance));
  for (Index i = 0; i < tail.size(); ++i)
    CHECK(d_second.data()[i] == doctest::Approx(dx.step_data(3)[i]).epsilon(tolerance));
  const auto &sums = of_whole.gradients(), &addends = of_both.gradients();
  for (std::size_t i = 0; i < sums.size(); ++i)
    for (Index j = 0; j < sums[i].size(); ++j)
      CHECK(addends[i].data[j] + addends[sums.size() + i].data[j] ==
            doctest::Approx(sums[i].data[j]).epsilon(1e-12).scale(1));
}

TEST_CASE("a decoder that starts from the states of an encoder goes on as one layer over all steps") {
  check_carried(Rnn{.units = 4});
  check_carried(Lstm{.units = 4});
  check_carried(Gru{.units = 4});
}

TEST_CASE("the states are the same where the output is the last step alone") {
  Random random(2);
  const auto history = random_sequence<float>({5, 3, 2}, random), known = random_sequence<float>({4, 3, 2}, random);
  const Graph<float> all = encoder_decoder<float>(Lstm{.units = 3});
  Graph<float> last(3);
  const NodeId h = last.input({.features = 2}), k = last.input({.features = 2}),
               encoder = last.add(Lstm{.units = 3, .returns = Returns::last_step, .name = "encoder"}, {h});
  last.add(Dense{1}, {last.add(Lstm{.units = 3, .name = "decoder"}, from_states(last, k, encoder))});
  CHECK(same_bits(last.predict({&history, &known}), all.predict({&history, &known})));
  Workspace<float> workspace(last);
  last.forward({&history, &known}, workspace);
  CHECK(same_bits(workspace.output(last.value(encoder, "h")), workspace.output(encoder)));
  CHECK_FALSE(same_bits(workspace.output(last.value(encoder, "c")), workspace.output(encoder)));
}

TEST_CASE("values that no layer reads are not there") {
  Graph<float> model;
  const NodeId encoder = model.add(Lstm{3}, {model.input({.features = 2})});
  CHECK(model.node(encoder).further.size() == 2);
  CHECK_FALSE(model.node(encoder).further[0].is_read);
  const Workspace<float> workspace(model);
  CHECK_THROWS_WITH_AS(workspace.output(model.value(encoder, "c")),
                       "[Workspace] expected a further value that a node reads, got 2 of node 1", ConfigError);
}

TEST_CASE("shapes and names of further values") {
  const Graph<float> model = encoder_decoder<float>(Lstm{.units = 3});
  const NodeId c = model.find("encoder.c");
  CHECK(c == model.value(model.find("encoder"), "c"));
  CHECK(model.name(c) == "encoder.c");
  CHECK(model.shape(c) == SampleShape{1, 3});
  const std::vector<SampleShape> inputs{{5, 2}, {4, 2}};
  CHECK(model.output_shape(inputs) == SampleShape{4, 1});
  CHECK(summary(model).find("known, encoder.h, encoder.c") != std::string::npos);
}

TEST_CASE("a model whose layers read further values is saved and loaded, in a format of its own") {
  const test::TemporaryFolder folder;
  Random random(2);
  const auto history = random_sequence<float>({5, 3, 2}, random), known = random_sequence<float>({4, 3, 2}, random);
  const auto version = [&](const Graph<float>& model) {
    save_model(folder / "model.safetensors", model);
    return SafetensorsFile(folder / "model.safetensors").metadata().at("tsattn.format_version");
  };
  Graph<float> without(3);
  without.add(Lstm{3}, {without.input({.features = 2})});
  CHECK(version(without) == "1");
  const Graph<float> model = encoder_decoder<float>(Gru{.units = 3});
  CHECK(version(model) == "2");
  save_model(folder / "model.safetensors", model, {}, {&history, &known});
  const Graph<float> loaded = load_model<float>(folder / "model.safetensors").model;
  CHECK(same_bits(loaded.predict({&history, &known}), model.predict({&history, &known})));
  CHECK(summary(loaded) == summary(model));
}

TEST_CASE("further values: errors") {
  Graph<float> model = encoder_decoder<float>(Lstm{.units = 3});
  const NodeId encoder = model.find("encoder");
  CHECK_THROWS_WITH_AS(model.value(encoder, "x"), "[Graph::value] expected one of h, c, got \"x\" of encoder",
                       ConfigError);
  CHECK_THROWS_WITH_AS(
      model.find("dense.h"),
      "[Graph::value] expected a layer with further values, got \"h\" of dense, which gives its output alone",
      ConfigError);
  CHECK_THROWS_WITH_AS(model.set_output(model.value(encoder, "c")),
                       "[Graph::set_output] expected the output of a layer, got its further value encoder.c",
                       ConfigError);
  CHECK_THROWS_WITH_AS(model.add(Dense{1}, {NodeId{encoder.index, 3}}),
                       "[Graph] expected a value of the node encoder, which has 2 beside its output, got value 3",
                       ConfigError);
  CHECK_THROWS_WITH_AS(model.add(Lstm{.units = 4, .name = "wide"}, from_states(model, model.find("known"), encoder)),
                       "[wide, layer 4] expected an initial state [time=1, features=4], got [time=1, features=3]",
                       ShapeError);

  Graph<float> streamed;
  const NodeId x = streamed.input({.features = 2});
  streamed.add(Dense{.units = 1, .name = "head"}, {streamed.value(streamed.add(Lstm{3}, {x}), "c")});
  CHECK_THROWS_WITH_AS(streamed.stream(),
                       "[head, layer 2] expected outputs of layers as inputs, to run step by step, got lstm.c, which "
                       "comes after the last step",
                       ConfigError);
}

}  // namespace
}  // namespace further_values_test
