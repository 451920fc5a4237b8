// Replays the cases that tests/vectors/generate.py took from PyTorch: outputs, attention weights, final states and
// every gradient, in double and in float.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/activation.hpp>
#include <tsattn/layers/attention.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/bidirectional.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/layer_norm.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/layers/rnn.hpp>

#include "support/stored_vectors.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

/// What a run leaves in the cache besides, as far as the layer has it.
template <Layer L>
void compare_cache(const Comparison& compare, const typename L::Cache& cache, const Json& test_case) {
  constexpr bool kHasWeights = requires { L::attention_weights(cache); };
  constexpr bool kHasStates = requires { typename L::State; };
  REQUIRE(test_case.contains("attention_weights") == kHasWeights);
  REQUIRE(test_case.contains("final_h") == kHasStates);
  if constexpr (kHasWeights)
    compare("attention weights", L::attention_weights(cache), test_case.at("attention_weights"));
  if constexpr (kHasStates) {
    typename L::State state;
    L::final_state(cache, state);
    compare("final h", state[0], test_case.at("final_h"));
    if constexpr (L::kStates == 2) compare("final c", state[1], test_case.at("final_c"));
  }
}

template <Layer L>
void replay(L layer, const Json& test_case) {
  using S = typename L::Scalar;
  const Comparison compare(test_case, tolerance_of<S>(test_case));
  const auto parameters = named_tensors<S>(layer.parameters());
  REQUIRE(parameters.size() == test_case.at("parameters").size());
  for (const NamedTensor<S>& parameter : parameters)
    StoredTensor(test_case.at("parameters").at(parameter.name)).copy_to(parameter);

  // One input may be several arguments of the layer (self attention); its gradient is the sum of theirs.
  const auto names = test_case.at("arguments").get<std::vector<std::string>>();
  std::map<std::string, Sequence<S>> values;
  for (const auto& [name, stored] : test_case.at("inputs").items())
    values[name] = StoredTensor(stored).to_sequence<S>();
  std::vector<Sequence<S>> d_arguments(names.size());
  std::vector<const Sequence<S>*> pointers;
  std::vector<Sequence<S>*> d_pointers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    pointers.push_back(&values.at(names[i]));
    d_pointers.push_back(&d_arguments[i]);
  }
  const Inputs<S> inputs(pointers);

  typename L::Cache inferred_cache, cache;
  Sequence<S> inferred, y;
  const bool draws = test_case.contains("mask");
  if constexpr (requires {
                  cache.dropout.mask.size();
                  cache.seed(0);
                })
    if (draws) cache.seed(test_case.at("options").at("seed"));
  if (!draws) {
    infer(layer, inputs, inferred, inferred_cache);
    compare("inferred output", inferred, test_case.at("output"));
    compare_cache<L>(compare, inferred_cache, test_case);
  }
  layer.forward(inputs, y, cache);
  if constexpr (requires { cache.dropout.mask.size(); })
    if (draws) compare("mask", cache.dropout.mask, test_case.at("mask"));
  compare("output", y, test_case.at("output"));
  compare_cache<L>(compare, cache, test_case);

  typename L::Gradients gradients = layer.parameters();
  set_zero(gradients);
  const auto dy = StoredTensor(test_case.at("output_gradient")).to_sequence<S>();
  layer.backward(inputs, y, dy, cache, gradients, InputGradients<S>(d_pointers));
  compare.gradients(named_tensors<S>(gradients), test_case.at("parameter_gradients"));
  REQUIRE(test_case.at("input_gradients").size() == values.size());
  for (const auto& [name, stored] : test_case.at("input_gradients").items()) {
    Sequence<S> dx(values.at(name).shape());
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) dx.flat() += d_arguments[i].flat();
    compare("gradient of " + name, dx, stored);
  }
}

/// Replays a case of vectors/<kind>.json with the layer that is described.
template <class S, class Description>
void replay_case(const std::string& kind, const Description& description, const Json& test_case) {
  INFO(kind, ": ", test_case.at("name").get<std::string>());
  std::vector<SampleShape> shapes;
  for (const Json& name : test_case.at("arguments")) {
    const Json& shape = test_case.at("inputs").at(name.get<std::string>()).at("shape");
    shapes.push_back({shape.at(0), shape.at(2)});
  }
  Random random;
  replay(description.template build<S>(BuildContext{kind, shapes, random}), test_case);
}

/// Replays every case of the file with the layer that `describe(options)` describes.
template <class S, class Describe>
void replay_file(const std::string& kind, const Describe& describe) {
  const Json cases = stored_cases(kind);
  for (const Json& test_case : cases) replay_case<S>(kind, describe(test_case.at("options")), test_case);
}

/// An option that is an enumeration, stored as its name under the enumeration's.
template <class Enum>
Enum option(const Json& options) {
  return from_name<Enum>(options.at(std::string(EnumNames<Enum>::kOption)).get<std::string>());
}

TEST_CASE_TEMPLATE("Dense gives PyTorch's output and gradients", S, double, float) {
  replay_file<S>("dense", [](const Json& o) { return Dense{.units = o.at("units"), .bias = o.at("bias")}; });
}

TEST_CASE_TEMPLATE("Activation gives PyTorch's output and gradients", S, double, float) {
  replay_file<S>("activation", [](const Json& o) { return Activation{.function = option<ActivationFunction>(o)}; });
}

TEST_CASE_TEMPLATE("LayerNorm gives PyTorch's output and gradients", S, double, float) {
  replay_file<S>("layer_norm", [](const Json& o) {
    return LayerNorm{.epsilon = o.at("epsilon"), .gain = o.at("gain"), .bias = o.at("bias")};
  });
}

double recurrent_dropout(const Json& o) { return o.value("recurrent_dropout", 0.0); }

Rnn rnn_of(const Json& o) {
  return {.units = o.at("units"), .returns = option<Returns>(o), .recurrent_dropout = recurrent_dropout(o)};
}

Lstm lstm_of(const Json& o) {
  return {.units = o.at("units"), .returns = option<Returns>(o), .recurrent_dropout = recurrent_dropout(o)};
}

Gru gru_of(const Json& o) {
  return {.units = o.at("units"),
          .reset = option<GruReset>(o),
          .returns = option<Returns>(o),
          .recurrent_dropout = recurrent_dropout(o)};
}

TEST_CASE_TEMPLATE("Rnn gives PyTorch's output and gradients", S, double, float) { replay_file<S>("rnn", rnn_of); }

TEST_CASE_TEMPLATE("Lstm gives PyTorch's output and gradients", S, double, float) { replay_file<S>("lstm", lstm_of); }

TEST_CASE_TEMPLATE("Gru gives PyTorch's output and gradients", S, double, float) { replay_file<S>("gru", gru_of); }

TEST_CASE_TEMPLATE("recurrent layers with dropout of states give PyTorch's output and gradients", S, double, float) {
  const std::string kind = "recurrent_dropout";
  const Json cases = stored_cases(kind);
  for (const Json& test_case : cases) {
    const Json& options = test_case.at("options");
    const auto layer = options.at("layer").get<std::string>();
    REQUIRE((layer == "rnn" || layer == "lstm" || layer == "gru"));
    if (layer == "rnn") replay_case<S>(kind, rnn_of(options), test_case);
    if (layer == "lstm") replay_case<S>(kind, lstm_of(options), test_case);
    if (layer == "gru") replay_case<S>(kind, gru_of(options), test_case);
  }
}

TEST_CASE_TEMPLATE("Bidirectional gives PyTorch's output and gradients", S, double, float) {
  const std::string kind = "bidirectional";
  const Json cases = stored_cases(kind);
  for (const Json& test_case : cases) {
    const Json& options = test_case.at("options");
    const auto layer = options.at("layer").get<std::string>();
    REQUIRE((layer == "rnn" || layer == "lstm" || layer == "gru"));
    if (layer == "rnn") replay_case<S>(kind, Bidirectional{rnn_of(options)}, test_case);
    if (layer == "lstm") replay_case<S>(kind, Bidirectional{lstm_of(options)}, test_case);
    if (layer == "gru") replay_case<S>(kind, Bidirectional{gru_of(options)}, test_case);
  }
}

TEST_CASE_TEMPLATE("Attention gives PyTorch's output, weights and gradients", S, double, float) {
  replay_file<S>("attention", [](const Json& o) {
    return Attention{.score = option<Score>(o), .mask = option<AttentionMask>(o), .units = o.at("units")};
  });
}

TEST_CASE_TEMPLATE("AttentionPooling gives PyTorch's output, weights and gradients", S, double, float) {
  replay_file<S>("attention_pooling", [](const Json& o) {
    return AttentionPooling{.score = option<PoolingScore>(o), .units = o.at("units")};
  });
}

}  // namespace
