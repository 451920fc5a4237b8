#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/embedded/chain.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/add.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/dropout.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/last_step.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/sequential.hpp>

namespace {

using namespace tsattn;
namespace emb = tsattn::embedded;

/// The text of what chain_of(model) throws.
template <class Exception = ConfigError, class S = float>
std::string refusal(const Graph<S>& model, Index attention_steps = 5) {
  try {
    emb::chain_of(model, attention_steps);
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

Graph<float> with_input(Index features = 2) {
  Graph<float> graph;
  graph.input({.features = features}, "x");
  return graph;
}

TEST_CASE("a chain names its layers, types and sizes; what does nothing in inference is not in it") {
  Graph<double> graph;
  NodeId last = graph.input({.time = 12, .features = 3});
  last = graph.add(Rnn{.units = 4, .name = "first"}, {last});
  last = graph.add(Dropout{0.5}, {last});
  last = graph.add(Activation{}, {last});
  last = graph.add(AttentionPooling{}, {last});
  last = graph.add(LastStep{}, {last});
  last = graph.add(Activation{ActivationFunction::sigmoid}, {last});
  const emb::ModelChain chain = emb::chain_of(graph);
  CHECK(chain.inputs == 3);
  REQUIRE(chain.layers.size() == 3);
  CHECK(chain.layers[0].name == "first");
  CHECK(chain.layers[0].type == "Rnn<3, 4>");
  CHECK(chain.layers[0].weights.size() == 4 * (3 + 4 + 1));
  CHECK(chain.layers[0].state == 8);
  CHECK(chain.layers[1].type == "AttentionPooling<4, 12>");  // as many as the input has
  CHECK(chain.layers[1].weights.size() == 4);
  CHECK(chain.layers[2].type == "Sigmoid<4>");
  CHECK(chain.layers[2].outputs == 4);
  CHECK(emb::chain_of(graph, 5).layers[1].type == "AttentionPooling<4, 5>");
}

TEST_CASE("what cannot be embedded is refused by name") {
  const std::string no_member = ", which has no member embed (layers/embedded_layer.hpp)";
  const std::string one_input = "[embedded] expected layers with one input each, got the layer ";
  const std::string library = "; run this model in the library";

  Graph<float> both = with_input();
  both.add(Bidirectional<Lstm>{.layer = {3}, .name = "both"}, {both.inputs()[0]});
  CHECK(refusal(both) == "[embedded] expected layers that can be embedded, got the layer both (bidirectional_lstm)" +
                             no_member + library);

  Graph<float> attention = with_input();
  const NodeId h = attention.add(Lstm{3}, {attention.inputs()[0]});
  attention.add(Attention{}, {h, h, h});
  CHECK(refusal(attention) == one_input + "attention (attention) with 3 inputs" + library);

  Graph<float> sum = with_input();
  sum.add(Add{}, {sum.inputs()[0], sum.add(Lstm{2}, {sum.inputs()[0]})});
  CHECK(refusal(sum) == one_input + "add (add) with 2 inputs" + library);

  Graph<float> initial = with_input();
  initial.input({.time = 1, .features = 3}, "h0");
  initial.add(Rnn{3}, {initial.inputs()[0], initial.inputs()[1]});
  CHECK(refusal(initial) == "[embedded] expected a model with one input, got 2");

  Graph<float> state = with_input();
  const NodeId lstm = state.add(Lstm{3}, {state.inputs()[0]});
  state.add(Dense{2}, {state.value(lstm, "c")});
  CHECK(refusal(state) ==
        "[embedded] expected layers that read the outputs of others, got the layer dense (dense), which "
        "reads lstm.c" +
            library);

  Graph<float> nothing = with_input();
  nothing.add(Dropout{0.5}, {nothing.inputs()[0]});
  CHECK(refusal(nothing) == "[embedded] expected a model with a layer that computes something, got none");

  Sequential<float> pooled(1);
  pooled.add(Lstm{3}).add(AttentionPooling{});
  CHECK(refusal(pooled, 0) ==
        "[embedded] expected the number of steps that the layer attention_pooling (attention_pooling) looks back on, "
        "for the model takes series of any length; say attention_steps, --attention-steps on the command line");
  CHECK(refusal(pooled, -1) == "[embedded] expected attention steps of at least 1, got -1");
}

TEST_CASE("a recurrent layer or pooling behind the end of the series is refused") {
  const auto refused = [](const auto& first, const auto& second) {
    Sequential<float> model(2);
    model.add(first).add(Dense{3}).add(second);
    return refusal(model);
  };
  CHECK(refused(AttentionPooling{}, Lstm{3}) ==
        "[embedded] expected the layer lstm (lstm) to read a series, got the one step that attention_pooling "
        "(attention_pooling) gives");
  CHECK(refused(Gru{.units = 3, .returns = Returns::last_step}, Rnn{3}) ==
        "[embedded] expected the layer rnn (rnn) to read a series, got the one step that gru (gru) gives");
  CHECK(refused(LastStep{}, AttentionPooling{}) ==
        "[embedded] expected the layer attention_pooling (attention_pooling) to read a series, got the one step that "
        "last_step (last_step) gives");
}

TEST_CASE("weights must be finite in float") {
  Sequential<double> model(1);
  model.add(Dense{.units = 2, .name = "fc"});
  model.parameters()[0].data[1] = 1e300;
  CHECK(refusal<DataError, double>(model) ==
        "[embedded] expected weights that are finite in float, got inf in the layer fc (dense)");
  model.parameters()[0].data[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal<DataError, double>(model).find("got ") != std::string::npos);
}

}  // namespace
