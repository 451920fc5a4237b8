// Encoder-decoders against PyTorch, for every cell: outputs, the states between the two layers, and every gradient.

#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>
#include <tsattn/model/graph.hpp>

#include "support/encoder_decoder.hpp"
#include "support/stored_vectors.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

template <class S>
Graph<S> model_of(const Json& test_case, Index features, Index targets) {
  const std::string kind = test_case.at("options").at("kind");
  const Index hidden = test_case.at("options").at("hidden");
  if (kind == "rnn") return encoder_decoder<S>(Rnn{hidden}, features, targets);
  if (kind == "lstm") return encoder_decoder<S>(Lstm{hidden}, features, targets);
  REQUIRE(kind == "gru");
  return encoder_decoder<S>(Gru{hidden}, features, targets);
}

TEST_CASE_TEMPLATE("encoder-decoders give PyTorch's outputs, states and gradients", S, double, float) {
  for (const Json& test_case : stored_cases("encoder_decoder")) {
    const Comparison compare(test_case, tolerance_of<S>(test_case));
    const auto history = StoredTensor(test_case.at("inputs").at("history")).to_sequence<S>(),
               previous = StoredTensor(test_case.at("inputs").at("previous")).to_sequence<S>();
    Graph<S> model = model_of<S>(test_case, history.features(), previous.features());
    REQUIRE(model.parameters().size() == test_case.at("parameters").size());
    for (const NamedTensor<S>& parameter : model.parameters())
      StoredTensor(test_case.at("parameters").at(parameter.name)).copy_to(parameter);

    Workspace<S> workspace(model);
    compare("inferred output", model.infer({&history, &previous}, workspace), test_case.at("output"));
    compare("output", model.forward({&history, &previous}, workspace), test_case.at("output"));
    const NodeId encoder = model.find("encoder");
    const std::vector<FurtherValue>& values = model.node(encoder).further;
    Sequence<S> states({static_cast<Index>(values.size()), history.batch(), model.shape(encoder).features});
    for (std::size_t i = 0; i < values.size(); ++i)
      states.step(static_cast<Index>(i)) = workspace.output(model.value(encoder, values[i].name)).step(0);
    compare("states", states, test_case.at("encoder_states"));
    Sequence<S> d_history, d_previous;
    model.backward({&history, &previous}, StoredTensor(test_case.at("output_gradient")).to_sequence<S>(), workspace,
                   {&d_history, &d_previous});
    compare.gradients(workspace.gradients(), test_case.at("parameter_gradients"));
    compare("gradient of history", d_history, test_case.at("input_gradients").at("history"));
    compare("gradient of previous", d_previous, test_case.at("input_gradients").at("previous"));
  }
}

}  // namespace
