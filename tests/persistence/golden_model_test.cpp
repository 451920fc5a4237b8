// Files that an earlier version wrote.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/persistence/model_file.hpp>

#include "support/model_cases.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

fs::path golden(const std::string& name) { return fs::path(TSATTN_TEST_VECTORS).parent_path() / "golden" / name; }

template <class S>
std::string name_of_file() {
  return std::is_same_v<S, float> ? "model_v1_float" : "model_v1_double";
}

/// Every kind of layer, every extra, two inputs and an output that is not the layer added last.
template <class S>
ModelCase<S> golden_case() {
  Graph<S> g;
  const NodeId series = g.input({.features = 2}, "series"), start = g.input({.time = 1, .features = 2}, "start");
  const NodeId rnn = g.add(Rnn{.units = 2}, {series, start});
  const NodeId lstm = g.add(Lstm{.units = 2, .bias = RecurrentBias::two}, {rnn});
  const NodeId gru = g.add(Gru{.units = 2}, {lstm});
  const NodeId before =
      g.add(Gru{.units = 2, .reset = GruReset::before_product, .bias = RecurrentBias::none, .name = "before"}, {gru});
  NodeId both = g.add(Bidirectional{Rnn{.units = 1}}, {before});
  both = g.add(Bidirectional{Lstm{.units = 1}}, {both});
  both = g.add(Bidirectional{Gru{.units = 1}}, {both});
  const NodeId h = g.add(Activation{ActivationFunction::tanh}, {g.add(Add{}, {both, rnn})});
  const NodeId query = g.add(LastStep{}, {h});
  const NodeId scaled = g.add(Attention{.name = "scaled"}, {query, h, gru});
  const NodeId general = g.add(Attention{.score = Score::general, .name = "general"}, {query, h, lstm});
  const NodeId additive = g.add(Attention{.score = Score::additive, .units = 3, .name = "additive"}, {query, h, rnn});
  const NodeId self = g.add(Attention{.score = Score::dot, .mask = AttentionMask::causal, .name = "self"}, {h, h, h});
  const NodeId linear = g.add(AttentionPooling{}, {self});
  const NodeId pooled = g.add(AttentionPooling{.score = PoolingScore::tanh, .units = 3, .name = "pooled"}, {self});
  const NodeId all = g.add(Concatenate{}, {query, scaled, general, additive, linear, pooled});
  const NodeId head = g.add(Dense{.units = 2, .name = "head"}, {all});
  g.add(Dense{.units = 1, .bias = false, .name = "unused"}, {head});
  g.set_output(head);
  return {"golden", std::move(g), {{4, 1, 2}, {1, 1, 2}}};
}

/// Name, shape and a sum over the bits of every tensor, as read_safetensors.py prints them.
template <class S>
std::string listing(const fs::path& path) {
  using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
  SafetensorsFile file(path);
  std::map<std::string, std::string> lines;
  for (const TensorEntry& entry : file.tensors()) {
    std::vector<S> values(static_cast<std::size_t>(entry.size()));
    file.read(entry, 0, entry.size(), values.data());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += (i + 1) * std::bit_cast<Bits>(values[i]);
    lines[entry.name] = entry.name + ' ' + shape_text(entry.shape) + ' ' + std::to_string(sum) + '\n';
  }
  std::string text;
  for (const auto& [name, line] : lines) text += line;
  return text;
}

// For a new version of the format: name the files by it, run this alone with --no-skip, and add a test as the one
// below. It refuses to touch files that are there.
TEST_CASE_TEMPLATE("golden files are made, once for each version" * doctest::skip(), S, float, double) {
  const fs::path path = golden(name_of_file<S>() + ".safetensors");
  REQUIRE(!fs::exists(path));
  const ModelCase<S> made = golden_case<S>();
  const auto probe = made.pointers();
  save_model<S>(path, made.model,
                {.scaler = Scaler::from({21.5, -0.1}, {4, 1.0 / 3}),
                 .windows = WindowOptions{.lookback = 24, .horizon = 6, .stride = 2, .targets = {1}},
                 .metadata = {{"unit", "°C"}}},
                std::span<const Sequence<S>* const>(probe));
  std::ofstream(golden(name_of_file<S>() + ".txt")) << listing<S>(path);
}

/// The golden model's output, after loading as S, for the series t / 4 and -t * t / 8 and the start 1/2, -1/4.
template <class S>
std::vector<double> output_of(const Graph<S>& model) {
  Sequence<S> series({5, 1, 2}), start({1, 1, 2});
  for (Index t = 0; t < 5; ++t) {
    series(t, 0, 0) = static_cast<S>(t) / 4;
    series(t, 0, 1) = -static_cast<S>(t * t) / 8;
  }
  start(0, 0, 0) = S(0.5), start(0, 0, 1) = S(-0.25);
  const Sequence<S> y = model.predict({&series, &start});
  REQUIRE(y.shape() == SequenceShape{1, 1, 2});
  return {static_cast<double>(y(0, 0, 0)), static_cast<double>(y(0, 0, 1))};
}

template <class S>
void check_loaded(const std::string& name, double tolerance) {
  INFO(name);
  const LoadedModel<S> loaded = load_model<S>(golden(name + ".safetensors"));  // which replays the probe
  const std::vector<double> y = output_of(loaded.model);
  CHECK(std::abs(y[0] - 0.062749257713993) <= tolerance);
  CHECK(std::abs(y[1] + 0.601329083791005) <= tolerance);

  const Graph<S> expected = golden_case<S>().model;
  REQUIRE(loaded.model.nodes().size() == expected.nodes().size());
  for (const Node<S>& node : expected.nodes()) {
    const Node<S>& found = loaded.model.node(loaded.model.find(node.name));
    CHECK(found.kind == node.kind);
    CHECK(found.shape == node.shape);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      CHECK(loaded.model.node(found.inputs.at(i)).name == expected.node(node.inputs[i]).name);
  }
  CHECK(loaded.model.node(loaded.model.output()).name == "head");

  const ModelExtras& extras = loaded.extras;
  REQUIRE(extras.scaler);
  REQUIRE(extras.scaler->features() == 2);
  CHECK(extras.scaler->shift(0) == 21.5);
  CHECK(extras.scaler->shift(1) == -0.1);
  CHECK(extras.scaler->scale(0) == 4);
  CHECK(extras.scaler->scale(1) == 1.0 / 3);
  REQUIRE(extras.windows);
  CHECK(extras.windows->lookback == 24);
  CHECK(extras.windows->horizon == 6);
  CHECK(extras.windows->stride == 2);
  CHECK(extras.windows->targets == std::vector<Index>{1});
  CHECK(extras.metadata == Metadata{{"unit", "°C"}});
}

// The files in tests/golden are a promise to everyone who has saved a model: they were written when version 1 of the
// format was made, and may never be made anew. If this test fails, the library is wrong, not the files.
TEST_CASE("files of this version load for ever") {
  // The numbers are those of double. Through seven recurrent layers in a row and attention behind them rounding grows
  // to less than a hundred epsilon of the type that computes, and of the type that holds the weights to ten.
  check_loaded<float>("model_v1_float", 1e-5);
  check_loaded<double>("model_v1_float", 1e-6);
  check_loaded<double>("model_v1_double", 2e-14);
  check_loaded<float>("model_v1_double", 1e-5);
}

TEST_CASE_TEMPLATE("golden files hold the numbers that are listed beside them", S, float, double) {
  const std::string name = name_of_file<S>();
  CHECK(listing<S>(golden(name + ".safetensors")) == read(golden(name + ".txt")));
}

TEST_CASE("the reader in docs/model_file.md is the one that is tested") {
  const fs::path tests = fs::path(TSATTN_TEST_VECTORS).parent_path();
  const std::string page = read(tests.parent_path() / "docs" / "model_file.md");
  CHECK(page.find("```python\n" + read(tests / "formats" / "read_safetensors.py") + "```") != std::string::npos);
}

}  // namespace
