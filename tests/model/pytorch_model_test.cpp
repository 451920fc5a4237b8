// A whole model against PyTorch: LSTM -> linear attention pooling -> Dense(1), outputs, weights and every gradient.

#include <doctest/doctest.h>

#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/stored_vectors.hpp"

using namespace tsattn;
using namespace tsattn::test;

TEST_CASE_TEMPLATE("a model of three layers gives PyTorch's output, weights and gradients", S, double, float) {
  for (const Json& test_case : stored_cases("model")) {
    const Comparison compare(test_case, tolerance_of<S>(test_case));
    const auto x = StoredTensor(test_case.at("inputs").at("x")).to_sequence<S>();
    Sequential<S> model(x.features());
    model.add(Lstm{test_case.at("options").at("hidden")}).add(AttentionPooling{}).add(Dense{1});
    REQUIRE(model.parameters().size() == test_case.at("parameters").size());
    for (const NamedTensor<S>& parameter : model.parameters())
      StoredTensor(test_case.at("parameters").at(parameter.name)).copy_to(parameter);

    Workspace<S> workspace(model);
    compare("inferred output", model.infer({&x}, workspace), test_case.at("output"));
    compare("output", model.forward({&x}, workspace), test_case.at("output"));
    compare("weights", workspace.attention_weights(model.find("attention_pooling")), test_case.at("attention_weights"));
    Sequence<S> dx;
    model.backward({&x}, StoredTensor(test_case.at("output_gradient")).to_sequence<S>(), workspace, {&dx});
    compare.gradients(workspace.gradients(), test_case.at("parameter_gradients"));
    compare("gradient of x", dx, test_case.at("input_gradients").at("x"));
  }
}
