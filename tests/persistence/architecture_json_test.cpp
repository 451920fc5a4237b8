// Architectures as JSON: what is written, what is read, and what is refused.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/formats/strict_json.hpp>
#include <tsattn/model/blocks.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/architecture_json.hpp>
#include <tsattn/persistence/layer_registry.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"
#include "support/model_cases.hpp"
#include "support/temporary_folder.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define TSATTN_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TSATTN_TEST_SANITIZED
#endif
#endif

namespace {

using namespace tsattn;
using namespace tsattn::test;

template <class S = float>
Graph<S> graph_of(const std::string& text, const ArchitectureOptions& options = {}) {
  return graph_from_json<S>("file", parse_strict_json("file", text), options);
}

/// What building it gives as an error; "" if none.
std::string error(const std::string& text, const ArchitectureOptions& options = {}) {
  try {
    graph_of(text, options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

/// The same of layers behind one input "x" of three features.
std::string error_of_layers(const std::string& layers, const ArchitectureOptions& options = {}) {
  return error(R"({"inputs": [{"features": 3}], "layers": [)" + layers + "]}", options);
}

/// The kinds of the descriptions that are tested: the registry must hold these and no others.
std::set<std::string> described_kinds() {
  std::set<std::string> kinds;
  for_each_description([&]<class Description>(const Description&, const std::vector<SequenceShape>&) {
    kinds.emplace(Description::kKind);
  });
  return kinds;
}

bool begins_with(const std::string& text, const std::string& part) { return text.compare(0, part.size(), part) == 0; }

TEST_CASE_TEMPLATE("every description with every option comes back, and computes the same", S, float, double) {
  std::set<std::string> kinds;
  for_each_model_case<S>([&](const ModelCase<S>& original) {
    INFO(original.name);
    const nlohmann::ordered_json json = to_json(original.model);
    Graph<S> back = graph_of<S>(json.dump());
    CHECK(to_json(back) == json);
    CHECK(to_json(graph_from_json<S>("file", json)) == json);  // and without a text between
    REQUIRE(back.nodes().size() == original.model.nodes().size());
    for (const Node<S>& node : original.model.nodes()) {
      const Node<S>& same = back.node(back.find(node.name));
      CHECK(same.kind == node.kind);
      CHECK(same.shape == node.shape);
      CHECK(same.options == node.options);
      kinds.insert(node.kind);
    }
    const auto weights = original.model.parameters();
    const auto weights_back = back.parameters();
    REQUIRE(weights.size() == weights_back.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      REQUIRE(weights[i].name == weights_back[i].name);
      REQUIRE(weights[i].size() == weights_back[i].size());
      std::copy_n(weights[i].data, weights[i].size(), weights_back[i].data);
    }
    const auto inputs = original.pointers();
    const std::span<const Sequence<S>* const> x(inputs);
    CHECK(same_bits(back.predict(x), original.model.predict(x)));
  });
  kinds.erase("input");
  CHECK(kinds == described_kinds());
}

TEST_CASE("an architecture is written with every option, and without what is not of its function") {
  Graph<float> model(/*seed=*/7);
  const NodeId x = model.input({.time = 5, .features = 3}, "series");
  model.add(Gru{.units = 2, .initialization = Initialization::pytorch, .name = "g"}, {x});
  CHECK(to_json(model).dump() == R"({"inputs":[{"name":"series","features":3,"time":5}],"layers":[{"name":"g","kind":)"
                                 R"("gru","inputs":["series"],"units":2,"reset":"after_product","returns":)"
                                 R"("all_steps","bias":"one","recurrent_dropout":0.0}],"output":"g"})");
}

TEST_CASE("by hand a chain needs the kinds and their sizes alone, and draws the weights that the program draws") {
  const std::string text = R"({"inputs": [{"features": 3}],
    "layers": [{"kind": "lstm", "units": 4}, {"kind": "attention_pooling"}, {"kind": "dense", "units": 1}]})";
  Sequential<double> model(3, /*seed=*/5);
  model.add(Lstm{4}).add(AttentionPooling{}).add(Dense{1});
  CHECK(same_bits(graph_of<double>(text, {.seed = 5}).parameters(), model.parameters()));
  CHECK(!same_bits(graph_of<double>(text, {.seed = 6}).parameters(), model.parameters()));

  // Initialization: as the layer says, unless the caller says it of all.
  const std::string other = R"({"inputs": [{"features": 3}],
    "layers": [{"kind": "lstm", "units": 4, "initialization": "pytorch"}, {"kind": "dense", "units": 1}]})";
  Sequential<double> mixed(3);
  mixed.add(Lstm{.units = 4, .initialization = Initialization::pytorch}).add(Dense{1});
  CHECK(same_bits(graph_of<double>(other).parameters(), mixed.parameters()));
  Graph<double> zeros = graph_of<double>(other, {.initialization = Initialization::zeros});
  for (const NamedTensor<double>& tensor : zeros.parameters()) CHECK(tensor.map().isZero(0));
  Graph<double> both = graph_of<double>(R"({"inputs": [{"features": 3}],
    "layers": [{"kind": "bidirectional_gru", "units": 4, "initialization": "zeros"}]})");
  for (const NamedTensor<double>& tensor : both.parameters()) CHECK(tensor.map().isZero(0));
}

TEST_CASE("inputs are the layer before, a name or a list of names") {
  const Graph<float> graph = graph_of(R"({
    "inputs": [{"name": "a", "features": 3, "time": 4}, {"features": 2}],
    "layers": [{"kind": "lstm", "units": 4, "inputs": "a", "name": "memory"},
               {"kind": "last_step"},
               {"kind": "attention", "inputs": ["last_step", "memory", "memory"]},
               {"kind": "gru", "units": 4, "inputs": ["x", "attention"]},
               {"kind": "dense", "units": 1}],
    "output": "gru"})");
  CHECK(graph.inputs().size() == 2);
  CHECK(graph.node(graph.find("a")).shape == SampleShape{4, 3});
  CHECK(graph.node(graph.find("x")).shape == SampleShape{kAnyTime, 2});
  CHECK(graph.node(graph.find("last_step")).inputs == std::vector{graph.find("memory")});
  CHECK(graph.node(graph.find("gru")).inputs == std::vector{graph.find("x"), graph.find("attention")});
  CHECK(graph.node(graph.find("dense")).inputs == std::vector{graph.find("gru")});
  CHECK(graph.output() == graph.find("gru"));
}

TEST_CASE("what an architecture needs at the top") {
  CHECK(error("[]") == "[file] expected an object, got array");
  CHECK(error("7") == "[file] expected an object, got number");
  CHECK(error("{}") == "[file] expected a list of at least one as \"inputs\"");
  CHECK(error(R"({"inputs": []})") == "[file] expected a list of at least one as \"inputs\"");
  CHECK(error(R"({"inputs": {"features": 1}})") == "[file] expected a list of at least one as \"inputs\"");
  CHECK(error(R"({"inputs": [{"features": 1}]})") == "[file] expected a list of at least one as \"layers\"");
  CHECK(error(R"({"inputs": [{"features": 1}], "layers": []})") ==
        "[file] expected a list of at least one as \"layers\"");
  CHECK(error(R"({"inputs": [{"features": 1}], "layer": []})") ==
        "[file] expected the keys inputs, layers and output, got \"layer\"");
  const auto with_output = [](const std::string& output) {
    return error(R"({"inputs": [{"features": 1}], "layers": [{"kind": "last_step"}], "output": )" + output + "}");
  };
  CHECK(with_output("\"last_step\"") == "");
  CHECK(with_output("\"none\"") == "[file] expected one of the nodes x, last_step, got \"none\"");
  CHECK(with_output("\"x\"") == "[file] expected a layer, got the input x");
  CHECK(with_output("3") == "[file] expected a text as output, got 3");
  CHECK(with_output("null") == "[file] expected a text as output, got null");
}

TEST_CASE("inputs that are none") {
  const auto of_input = [](const std::string& fields) {
    return error(R"({"inputs": [{"features": 1}, )" + fields +
                 R"(], "layers": [{"kind": "last_step", "inputs": "x"}]})");
  };
  CHECK(of_input(R"({"features": 2, "time": 3, "name": "y"})") == "");
  CHECK(of_input("7") == "[file, input 2] expected an object, got number");
  CHECK(of_input("{}") == "[file, input 2] expected features of at least 1, got 0");
  CHECK(of_input(R"({"features": 2, "size": 3})") ==
        "[file, input 2] expected the keys name, features and time, got \"size\"");
  const std::string features = "[file, input 2] expected an integer from 0 to 2147483647 as features, got ";
  for (const std::string text : {"-1", "2147483648", "1.0", "1000.0", "true", "\"3\"", "null", "[3]", "{}",
                                 "18446744073709551615", "-9223372036854775808"})
    CHECK(of_input("{\"features\": " + text + "}") == features + text);
  CHECK(of_input(R"({"features": 1e3})") == features + "1000.0");
  CHECK(of_input(R"({"features": 1, "time": 0})") == "[file, input 2] expected time of at least 1, got 0");
  CHECK(of_input(R"({"features": 1, "time": -1})") ==
        "[file, input 2] expected an integer from 0 to 2147483647 as time, got -1");
  CHECK(of_input(R"({"features": 1, "name": "x"})") ==
        "[file, input 2] the name \"x\" is in use; names must be unique");
  CHECK(of_input(R"({"features": 1, "name": "x.y"})") ==
        "[file, input 2] expected a name without a dot, which parts node and tensor, got \"x.y\"");
  CHECK(of_input(R"({"features": 1, "name": 3})") == "[file, input 2] expected a text as name, got 3");
}

TEST_CASE("layers that are none") {
  CHECK(error_of_layers("7") == "[file, layer 1] expected an object, got number");
  CHECK(error_of_layers("{}") == "[file, layer 1] expected a \"kind\", such as \"lstm\"");
  CHECK(error_of_layers(R"({"kind": ""})") == "[file, layer 1] expected a \"kind\", such as \"lstm\"");
  CHECK(error_of_layers(R"({"kind": 3})") == "[file, layer 1] expected a text as kind, got 3");
  std::string kinds;
  for (const std::string& kind : described_kinds()) kinds.append(kinds.empty() ? "" : ", ").append(kind);
  CHECK(error_of_layers(R"({"kind": "transformer"})") ==
        "[file, layer 1 \"transformer\"] expected one of the kinds " + kinds +
            ", got \"transformer\"; a layer of your own joins by LayerRegistry::add");
  CHECK(error_of_layers(R"({"kind": "input"})") != "");
  CHECK(error_of_layers(R"({"kind": "last_step"}, {"kind": "dense", "name": "head", "unit": 3})") ==
        "[file, layer 2 \"head\"] expected one of the options units, bias, got \"unit\"");
  CHECK(error_of_layers(R"({"kind": "last_step", "units": 3})") ==
        "[file, layer 1 \"last_step\"] expected no option, got \"units\"");
  CHECK(error_of_layers(R"({"kind": "gru", "units": 2, "reset": "sometimes"})") ==
        "[file, layer 1 \"gru\"] as the option reset: expected one of after_product, before_product, got "
        "\"sometimes\"");
  CHECK(error_of_layers(R"({"kind": "gru", "units": 2, "initialization": "ones"})") ==
        "[file, layer 1] expected one of keras, pytorch, zeros, got \"ones\"");
  CHECK(error_of_layers(R"({"kind": "gru", "units": 2, "initialization": 1})") ==
        "[file, layer 1] expected a text as initialization, got 1");
  CHECK(error_of_layers(R"({"kind": "dense", "units": 2, "name": "a.b"})") ==
        "[file, layer 1 \"a.b\"] expected a name without a dot, which parts node and tensor, got \"a.b\"");
  CHECK(error_of_layers(R"({"kind": "dense", "units": 2, "name": "d"}, {"kind": "dense", "units": 2, "name": "d"})") ==
        "[file, layer 2 \"d\"] the name \"d\" is in use; names must be unique");
  CHECK(error_of_layers(R"({"kind": "dense", "units": 2, "name": "x"})") ==
        "[file, layer 1 \"x\"] the name \"x\" is in use; names must be unique");
}

TEST_CASE("units that are none") {
  const auto of_units = [](const std::string& units) {
    return error_of_layers(R"({"kind": "dense", "units": )" + units + "}");
  };
  const std::string where = "[file, layer 1 \"dense\"] ", option = "expected an integer as the option units";
  CHECK(of_units("2") == "");
  CHECK(of_units("0") == where + "expected units of at least 1, got 0");
  CHECK(of_units("-1") == where + "expected units of at least 1, got -1");
  CHECK(of_units("1e3") == where + option);
  CHECK(of_units("3.0") == where + option);
  CHECK(of_units("true") == where + option);
  CHECK(of_units("\"3\"") == where + option);
  const std::string range = "[file, layer 1] expected an integer from -2147483647 to 2147483647 as units, got ";
  for (const std::string text :
       {"2147483648", "-2147483648", "9223372036854775808", "18446744073709551615", "null", "[3]", "{}"})
    CHECK(of_units(text) == range + text);
  CHECK(begins_with(of_units("[[\"" + std::string(1000, 'x') + "\"]]"), range + "[[\"xxx"));
  CHECK(of_units("[[\"" + std::string(1000, 'x') + "\"]]").size() < range.size() + 210);
}

TEST_CASE("inputs of layers that are none") {
  const auto of_inputs = [](const std::string& inputs) {
    return error_of_layers(R"({"kind": "last_step", "inputs": )" + inputs + R"(}, {"kind": "last_step"})");
  };
  const std::string where = "[file, layer 1] ";
  CHECK(of_inputs("\"x\"") == "");
  CHECK(of_inputs("[]") == where + "expected a name or a list of names as inputs, got []");
  CHECK(of_inputs("3") == where + "expected a name or a list of names as inputs, got 3");
  CHECK(of_inputs("{\"x\": 1}") == where + "expected a name or a list of names as inputs, got {\"x\":1}");
  CHECK(of_inputs("[0]") == where + "expected a text as a name in inputs, got 0");
  CHECK(of_inputs("\"last_step\"") == where + "expected one of the nodes x, got \"last_step\"");        // itself
  CHECK(of_inputs("[\"last_step_2\"]") == where + "expected one of the nodes x, got \"last_step_2\"");  // a later one
  CHECK(error(R"({"inputs": [{"features": 1}, {"features": 1}], "layers": [{"kind": "last_step"}]})") ==
        "[file, layer 1 \"last_step\"] expected \"inputs\", for the model has 2 of them");
  CHECK(error_of_layers(R"({"kind": "add"})") == "[file, layer 1 \"add\"] expected at least two inputs, got 1");
  CHECK(error_of_layers(R"({"kind": "attention"})") ==
        "[file, layer 1 \"attention\"] expected the inputs query, keys, values (over one sequence: SelfAttention or "
        "LastStepAttention), got 1 input");
}

TEST_CASE("sizes are refused before there is memory for them") {
  const std::string huge = R"({"inputs": [{"features": 2147483647}], "layers": [)";
  CHECK(error(huge + R"({"kind": "last_step"}]})") == "");  // of which nothing has that size
  CHECK(error(huge + R"({"kind": "dense", "units": 2147483647}]})") ==
        "[file, layer 1 \"dense\"] expected a size that memory can hold, got [2147483647, 2147483647]");
  CHECK(error(huge + R"({"kind": "gru", "units": 1}]})", {.most_weights = 1000}) ==
        "[file, layer 1 \"gru\"] expected layers with at most 1000 weights together, got 6442450948 so far");
  CHECK(error(huge + R"({"kind": "bidirectional_rnn", "units": 1}]})", {.most_weights = 1000}) ==
        "[file, layer 1 \"bidirectional_rnn\"] expected layers with at most 1000 weights together, got 4294967298 so "
        "far");
  CHECK(error_of_layers(R"({"kind": "lstm", "units": 1001})", {.largest_size = 1000}) ==
        "[file, layer 1] expected an integer from -1000 to 1000 as units, got 1001");
  CHECK(error_of_layers(R"({"kind": "dense", "units": 5}, {"kind": "dense", "units": 5})", {.most_weights = 49}) ==
        "[file, layer 2 \"dense\"] expected layers with at most 49 weights together, got 50 so far");
  CHECK(error_of_layers(R"({"kind": "dense", "units": 5}, {"kind": "dense", "units": 5})", {.most_weights = 50}) == "");

  std::string doubling = R"({"kind": "concatenate", "name": "c0", "inputs": ["x", "x"]})";
  for (int i = 1; i < 64; ++i) {
    const std::string before = "\"c" + std::to_string(i - 1) + '"';
    doubling += R"(, {"kind": "concatenate", "name": "c)" + std::to_string(i) + R"(", "inputs": [)" + before + ", " +
                before + "]}";
  }
  CHECK(error_of_layers(doubling) == "[file, layer 30 \"c29\"] expected at most 2147483647 features, got 3221225472");
}

#ifndef TSATTN_TEST_SANITIZED
TEST_CASE("weights for which there is no memory") {  // a sanitizer would end the program
  CHECK(error(R"({"inputs": [{"features": 2147483647}], "layers": [{"kind": "dense", "units": 500000000}]})") ==
        "[file, layer 1 \"dense\"] expected weights that fit into memory; there is not enough of it");
}
#endif

/// A layer of a user's own: y = factor x.
struct Scale {
  static constexpr std::string_view kKind = "scale";
  double factor = 1;
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("factor", self.factor);
  }
  template <class S>
  DenseLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input x");
    DenseLayer<S> layer(context.inputs[0].features, context.inputs[0].features, false);
    if (initialization != Initialization::zeros)
      for (Index i = 0; i < layer.features(); ++i) layer.parameters().w(i, i) = static_cast<S>(factor);
    return layer;
  }
};

/// One that a file cannot hold.
struct Secretive {
  static constexpr std::string_view kKind = "secretive";
  std::string name = {};
  template <class S>
  LastStepLayer<S> build(const BuildContext&) const {
    return {};
  }
};

TEST_CASE("a layer of one's own joins when its description lists its options") {
  const std::string text = R"({"inputs": [{"features": 2}], "layers": [{"kind": "scale", "factor": -2}]})";
  CHECK(begins_with(error(text), "[file, layer 1 \"scale\"] expected one of the kinds activation, "));
  auto registry = LayerRegistry<double>::standard();
  registry.add<Scale>();
  Graph<double> model = graph_from_json<double>("file", nlohmann::json::parse(text), {}, registry);
  CHECK(model.parameters()[0].data[3] == -2);
  CHECK(to_json(model)["layers"][0]["factor"] == -2.0);
  CHECK(to_json(graph_from_json<double>("file", to_json(model), {}, registry)) == to_json(model));

  Graph<double> other;
  other.add(Secretive{}, {other.input({.features = 1})});
  CHECK_THROWS_WITH_AS(to_json(other),
                       "[to_json] expected layers that list their options (core/options.hpp), got secretive, whose "
                       "description does not",
                       ConfigError);
  CHECK_THROWS_WITH_AS(to_json(Graph<double>()), "[to_json] expected a model with a layer, got none", ConfigError);
}

TEST_CASE("a layer of one's own is refused for its declared number of weights, before it is built") {
  auto registry = LayerRegistry<double>::standard();
  registry.add<Gain>().add<Scale>();
  const auto error_of = [&](const std::string& layers, const std::string& features,
                            const ArchitectureOptions& options) {
    try {
      graph_from_json<double>(
          "file",
          nlohmann::json::parse(R"({"inputs": [{"features": )" + features + R"(}], "layers": [)" + layers + "]}"),
          options, registry);
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::string gain = R"({"kind": "gain"})";
  CHECK(error_of(gain + ", " + gain, "5", {.most_weights = 10}) == "");
  CHECK(error_of(gain + ", " + gain, "5", {.most_weights = 9}) ==
        "[file, layer 2 \"gain\"] expected layers with at most 9 weights together, got 10 so far");
  CHECK(error_of(gain, "2147483647", {.most_weights = 9}) ==
        "[file, layer 1 \"gain\"] expected layers with at most 9 weights together, got 2147483647 so far");
  // One that does not say how many weights it has is built where there may be any number, and only there.
  CHECK(error_of(R"({"kind": "scale"})", "5", {}) == "");
  CHECK(error_of(R"({"kind": "scale"})", "5", {.most_weights = 1000}) ==
        "[file, layer 1 \"scale\"] expected a layer whose number of weights is known before it is built, got the kind "
        "scale, whose description has no member weight_count (layers/weight_count.hpp)");
}

TEST_CASE("the examples in docs/model_file.md are read") {
  const std::string page = read(std::string(TSATTN_TEST_VECTORS) + "/../../docs/model_file.md");
  int examples = 0;
  for (std::size_t at = page.find("```json\n"); at != std::string::npos; at = page.find("```json\n", at + 1)) {
    const std::size_t begin = at + 8;
    const std::string text = page.substr(begin, page.find("\n```", begin) - begin);
    INFO(text);
    Graph<float> model = graph_of(text);
    CHECK(model.parameter_count() > 0);
    ++examples;
  }
  CHECK(examples >= 3);
  // The page's list of kinds and options is the library's.
  for_each_description([&]<class Description>(const Description& description, const std::vector<SequenceShape>&) {
    std::string row = "| `";
    row.append(Description::kKind).append("` |");
    const std::size_t at = page.find(row);
    REQUIRE_MESSAGE(at != std::string::npos, row);
    const std::string line = page.substr(at, page.find('\n', at) - at);
    for (const Option& option : options_of(description))
      CHECK_MESSAGE(line.find('`' + option.name + '`') != std::string::npos, line);
  });
}

}  // namespace
