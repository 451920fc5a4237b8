// Model files: what is saved comes back, and what is not what was saved does not.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <tsattn/core/saturated_count.hpp>
#include <tsattn/layers/weight_count.hpp>
#include <tsattn/model/sequential.hpp>
#include <tsattn/persistence/architecture_json.hpp>
#include <tsattn/persistence/layer_registry.hpp>
#include <tsattn/persistence/model_file.hpp>

#include "support/difference.hpp"
#include "support/gain_layer.hpp"
#include "support/io_error.hpp"
#include "support/model_cases.hpp"
#include "support/rewritten_model.hpp"
#include "support/safetensors_bytes.hpp"
#include "support/sequence_of.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
using namespace std::string_literals;
namespace fs = std::filesystem;

template <class S>
using Pointers = std::span<const Sequence<S>* const>;

void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// Saves a case with its inputs as the probe.
template <class S>
void save(const fs::path& path, const ModelCase<S>& test_case, const ModelExtras& extras = {}) {
  const auto probe = test_case.pointers();
  save_model<S>(path, test_case.model, extras, Pointers<S>(probe));
}

template <class S>
Sequence<S> output_of(const ModelCase<S>& test_case) {
  const auto inputs = test_case.pointers();
  return test_case.model.predict(Pointers<S>(inputs));
}

/// What loading a file gives as an error, without the "[safetensors, <path>" in front; "" if none.
template <class S = double>
std::string load_error(const fs::path& path) {
  const std::string text = io_error([&] { load_model<S>(path); });
  const std::string start = "[safetensors, " + path.string();
  if (text.empty()) return "";
  REQUIRE(text.starts_with(start));
  return text.substr(start.size());
}

/// The same for one that should fill `model`.
template <class S>
std::string load_weights_error(const fs::path& path, Graph<S>& model) {
  const std::string text = io_error([&] { load_weights(path, model); });
  const std::string start = "[safetensors, " + path.string() + "] ";
  if (text.empty()) return "";
  REQUIRE(text.starts_with(start));
  return text.substr(start.size());
}

const std::string kProbeStart =
    "] expected the model to give what it gave when it was saved, got an output of the probe that differs by ";

bool is_probe_error(const std::string& text) { return text.starts_with(kProbeStart); }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Three features, a chain of two square layers and an output that is not; with a probe.
template <class S>
ModelCase<S> chain_case() {
  Graph<S> model;
  NodeId node = model.input({.features = 4});
  node = model.add(Lstm{.units = 4}, {node});
  node = model.add(Gru{.units = 4}, {node});
  model.add(Dense{.units = 2}, {model.add(AttentionPooling{}, {node})});
  return {"chain", std::move(model), {{5, 3, 4}}};
}

TEST_CASE_TEMPLATE("every layer with every option comes back bit for bit, with its probe", S, float, double) {
  const TemporaryFolder folder;
  for_each_model_case<S>([&](const ModelCase<S>& original) {
    INFO(original.name);
    save(folder / "m", original);
    LoadedModel<S> loaded = load_model<S>(folder / "m");
    CHECK(to_json(loaded.model) == to_json(original.model));
    Graph<S> copy = original.model;
    CHECK(same_bits(loaded.model.parameters(), copy.parameters()));
    const auto inputs = original.pointers();
    CHECK(same_bits(loaded.model.predict(Pointers<S>(inputs)), output_of(original)));
    CHECK(!loaded.extras.scaler);
    CHECK(!loaded.extras.windows);
    CHECK(loaded.extras.metadata.empty());

    Graph<S> other = original.model;
    for (const NamedTensor<S>& tensor : other.parameters()) tensor.map().setZero();
    load_weights(folder / "m", other);
    CHECK(same_bits(other.parameters(), copy.parameters()));

    save(folder / "n", original);
    CHECK(read(folder / "n") == read(folder / "m"));  // the same model is the same bytes
    CHECK(folder.files() == 2);
  });
}

template <class S, class Other>
void check_other_scalar() {
  const TemporaryFolder folder;
  for_each_model_case<S>([&](const ModelCase<S>& original) {
    INFO(original.name);
    save(folder / "m", original);
    LoadedModel<Other> loaded = load_model<Other>(folder / "m");  // and replays the probe
    const auto expected = original.model.parameters();
    const auto found = loaded.model.parameters();
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      for (Index k = 0; k < expected[i].size(); ++k) CHECK(found[i].data[k] == static_cast<Other>(expected[i].data[k]));
  });
}

TEST_CASE("a file of float is read as double and one of double as float") {
  check_other_scalar<float, double>();
  check_other_scalar<double, float>();
}

TEST_CASE("inputs of any size are no reason to refuse a model without weights for them") {
  const TemporaryFolder folder;
  Graph<float> model;
  const NodeId x = model.input({.time = 1'000'000, .features = 100'000});
  model.add(Concatenate{}, {model.add(LastStep{}, {x}), model.input({.time = 1, .features = 50'000})});
  save_model(folder / "m", model);
  CHECK(to_json(load_model<float>(folder / "m").model) == to_json(model));
  Sequential<float> long_one(SampleShape{.time = 50'000, .features = 1});
  long_one.add(LastStep{}).add(Dense{1});
  save_model(folder / "m", long_one);
  CHECK(to_json(load_model<float>(folder / "m").model) == to_json(long_one));
}

/// A layer of a user's own that remembers how it was initialized.
struct Remembering {
  static constexpr std::string_view kKind = "remembering";
  inline static std::vector<Initialization> built = {};
  Index units = 0;
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units);
  }
  SaturatedCount weight_count(const InputSizes& inputs) const { return Dense{.units = units}.weight_count(inputs); }
  template <class S>
  DenseLayer<S> build(const BuildContext& context) const {
    built.push_back(initialization);
    return Dense{.units = units, .initialization = initialization}.build<S>(context);
  }
};

TEST_CASE("initial weights are not saved, and none are drawn for a model whose weights are read") {
  const TemporaryFolder folder;
  Sequential<float> model(3, /*seed=*/9);
  model.add(Remembering{.units = 2, .initialization = Initialization::pytorch});
  save_model(folder / "m", model);
  CHECK(!contains(read(folder / "m"), "pytorch"));
  CHECK(!contains(read(folder / "m"), "seed"));
  Remembering::built.clear();
  auto registry = LayerRegistry<float>::standard();
  registry.add<Remembering>();
  LoadedModel<float> loaded = load_model<float>(folder / "m", registry);
  CHECK(Remembering::built == std::vector{Initialization::zeros});
  CHECK(same_bits(loaded.model.parameters(), model.parameters()));
  const std::string text = load_error<float>(folder / "m");
  CHECK(text.starts_with(", layer 1 \"remembering\"] expected one of the kinds activation, add, "));
  CHECK(text.ends_with(", got \"remembering\"; a layer of your own joins by LayerRegistry::add"));
}

TEST_CASE("a layer of a user's own comes back by a registry that has it, and no file asks it for more than it holds") {
  const TemporaryFolder folder;
  Sequential<float> model(3, /*seed=*/9);
  model.add(Gain{.shift = 0.25}).add(Dense{2});
  model.parameters()[0].data[1] = 7;
  const Sequence<float> x = sequence_of<float>({1, 1, 3}, {1, 2, 3});
  save_model<float>(folder / "m", model, {}, {&x});
  auto registry = LayerRegistry<float>::standard();
  registry.add<Gain>();
  LoadedModel<float> loaded = load_model<float>(folder / "m", registry);
  CHECK(same_bits(loaded.model.parameters(), model.parameters()));
  CHECK(same_bits(loaded.model.predict({&x}), model.predict({&x})));

  ModelContents<float> contents(folder / "m");
  contents.replace_in("tsattn.model", "\"features\":3", "\"features\":2000000000");
  contents.save(folder / "n");
  const std::string text = io_error([&] { load_model<float>(folder / "n", registry); });
  CHECK(text.ends_with(
      ", layer 1 \"gain\"] expected layers with at most 1048598 weights together, got 2000000000 so far"));
}

TEST_CASE("a layer that does not say how many weights it has is not saved, for it could not be loaded") {
  const TemporaryFolder folder;
  Sequential<float> model(3);
  model.add(Silent{.name = "own"});
  CHECK_THROWS_WITH_AS(save_model(folder / "m", model),
                       "[save_model] expected layers whose number of weights is known before they are built, got own "
                       "of the kind silent, whose description has no member weight_count (layers/weight_count.hpp); "
                       "the file could not be opened",
                       ConfigError);
  CHECK(folder.files() == 0);
}

TEST_CASE("scaler, windows and texts come back, and are saved again as they were") {
  const TemporaryFolder folder;
  Sequential<float> model(2);
  model.add(Dense{1});
  const ModelExtras extras{
      .scaler = Scaler::from({0.1, -1e300}, {1.0 / 3, 5e-324}),
      .windows = WindowOptions{.lookback = 30,
                               .horizon = 2,
                               .stride = 3,
                               .targets = {1, 0},
                               .inputs = {0},
                               .known_future = {2, 3},
                               .sampling_step = 6,
                               .gap = 5,
                               .include_input = true},
      .metadata = {{"unit", "°C\n\"\\\1"}, {"empty", ""}, {"tsattn", "no name of ours"}, {"a\"tsattn.checksum", "x"}}};
  save_model(folder / "m", model, extras);
  const ModelExtras back = load_model<float>(folder / "m").extras;
  REQUIRE(back.scaler);
  REQUIRE(back.scaler->features() == 2);
  for (Index f = 0; f < 2; ++f) {
    CHECK(back.scaler->shift(f) == extras.scaler->shift(f));
    CHECK(back.scaler->scale(f) == extras.scaler->scale(f));
  }
  REQUIRE(back.windows);
  CHECK(back.windows->lookback == 30);
  CHECK(back.windows->horizon == 2);
  CHECK(back.windows->stride == 3);
  CHECK(back.windows->targets == std::vector<Index>{1, 0});
  CHECK(back.windows->inputs == std::vector<Index>{0});
  CHECK(back.windows->known_future == std::vector<Index>{2, 3});
  CHECK(back.windows->sampling_step == 6);
  CHECK(back.windows->gap == 5);
  CHECK(back.windows->include_input);
  CHECK(back.metadata == extras.metadata);
  save_model(folder / "n", model, back);
  CHECK(read(folder / "n") == read(folder / "m"));
}

TEST_CASE("what cannot be saved is an error, and the old file stays") {
  const TemporaryFolder folder;
  write(folder / "m", "old");
  Sequential<float> model(2);
  model.add(Dense{1});
  const auto check = [&]<class E>(const E&, const std::string& text, const auto& call) {
    CHECK_THROWS_WITH_AS(call(), text.c_str(), E);
    CHECK(read(folder / "m") == "old");
    CHECK(folder.files() == 1);
  };
  const ConfigError config("");
  for (const std::string name : {"tsattn.", "tsattn.model", "tsattn.new", "format"})
    check(config,
          "[save_model] expected metadata other than \"format\" and without \"tsattn.\" in front, got \"" + name + '"',
          [&] {
            save_model(folder / "m", model, {.metadata = {{name, ""}}});
          });
  check(IoError(""),
        "[SafetensorsWriter] expected names and metadata in UTF-8: [json.exception.type_error.316] invalid UTF-8 byte "
        "at index 0: 0xFF",
        [&] {
          save_model(folder / "m", model, {.metadata = {{"text", "\xff"}}});
        });
  check(config, "[to_json] expected a model with a layer, got none", [&] { save_model(folder / "m", Graph<float>()); });
  for (const std::string name : {"probe/a", "state/a"}) {
    Sequential<float> named(2);
    named.add(Dense{.units = 1, .name = name});
    check(config,
          "[save_model] expected layers without \"probe/\" or \"state/\" in front of their names, got the tensor " +
              name + ".w",
          [&] { save_model(folder / "m", named); });
  }
  Sequential<float> foreign(2);
  foreign.add(Dense{.units = 1, .name = "\xff"});
  check(config,
        "[save_model] expected names in UTF-8: [json.exception.type_error.316] invalid UTF-8 byte at index 0: 0xFF",
        [&] { save_model(folder / "m", foreign); });

  const auto probe_of = [&](const Sequence<float>& x) { save_model<float>(folder / "m", model, {}, {&x}); };
  check(ShapeError(""), "[Graph] expected the input x with [time=any, features=2], got [time=1, batch=1, features=3]",
        [&] {
          probe_of(Sequence<float>({1, 1, 3}));
        });
  check(ShapeError(""),
        "[save_model] expected a probe with at least one step and sample, got [time=1, batch=0, features=2]", [&] {
          probe_of(Sequence<float>({1, 0, 2}));
        });
  const Sequence<float> x({1, 1, 2});
  check(ShapeError(""), "[Graph] expected 1 input, got 2", [&] {
    save_model<float>(folder / "m", model, {}, {&x, &x});
  });
  model.parameters()[0].data[1] = std::numeric_limits<float>::infinity();
  Sequence<float> ones({1, 1, 2});
  ones.fill(1);
  check(NumericError(""),
        "[save_model] expected a finite output for the probe, got inf; save the model without a probe",
        [&] { probe_of(ones); });
  save_model(folder / "m", model);  // without one it may be what it is
  CHECK(load_error<float>(folder / "m") == "");
}

TEST_CASE("weights that do not fit are listed all at once, and nothing is changed") {
  const TemporaryFolder folder;
  ModelCase<double> saved = chain_case<double>();
  save(folder / "m", saved);
  const auto check = [&](Graph<double> model, const std::string& text) {
    Random random(5);
    randomize(model, random);
    const Graph<double> before = model;
    CHECK(load_weights_error(folder / "m", model) == text);
    Graph<double> copy = before;
    CHECK(same_bits(model.parameters(), copy.parameters()));
  };
  Graph<double> other;
  NodeId node = other.input({.features = 3});
  node = other.add(Lstm{.units = 4}, {node});
  node = other.add(Rnn{.units = 4}, {node});
  other.add(Dense{.units = 3, .bias = false}, {other.add(AttentionPooling{}, {node})});
  check(other,
        "expected the weights of the model, got other tensors:\n"
        "  mis-shaped: lstm.w_x, expected (16, 3), got (16, 4)\n"
        "  missing: rnn.w_x (4, 4)\n"
        "  missing: rnn.w_h (4, 4)\n"
        "  missing: rnn.b (4,)\n"
        "  mis-shaped: dense.w, expected (3, 4), got (2, 4)\n"
        "  unexpected: gru.w_x (12, 4)\n"
        "  unexpected: gru.w_h (12, 4)\n"
        "  unexpected: gru.b (12,)\n"
        "  unexpected: gru.b_hn (4,)\n"
        "  unexpected: dense.b (2,)");

  // The same numbers in other shapes.
  ModelContents<double> contents(folder / "m");
  contents.tensors.at("dense.b").shape = {2, 1};
  contents.tensors.at("lstm.w_h").shape = {4, 16};
  contents.tensors.erase("gru.b");
  contents.tensors["more"] = {{0}, {}};
  contents.save(folder / "m");
  const std::string text =
      "expected the weights of the model, got other tensors:\n"
      "  mis-shaped: lstm.w_h, expected (16, 4), got (4, 16)\n"
      "  missing: gru.b (12,)\n"
      "  mis-shaped: dense.b, expected (2,), got (2, 1)\n"
      "  unexpected: more (0,)";
  check(saved.model, text);
  CHECK(load_error(folder / "m") == "] " + text);
}

TEST_CASE("weights of other programs are read into a model, if they have its names and shapes") {
  const TemporaryFolder folder;
  ModelCase<double> saved = chain_case<double>();
  save(folder / "m", saved);
  ModelContents<double> contents(folder / "m");
  contents.metadata = {{"format", "pt"}};
  contents.tensors.erase("probe/output");
  contents.save(folder / "with sum");  // a checksum of ours, but of no model
  Graph<double> model = saved.model;
  for (const NamedTensor<double>& tensor : model.parameters()) tensor.map().setZero();
  CHECK(load_weights_error(folder / "with sum", model) == "");
  CHECK(same_bits(model.parameters(), saved.model.parameters()));
  CHECK(load_error(folder / "with sum") ==
        "] expected a model with its architecture, got weights alone; read those of PyTorch and Keras with "
        "from_pytorch and from_keras, others with load_weights");

  write(folder / "half", safetensors(R"({"dense.w":{"dtype":"F16","shape":[1,1],"data_offsets":[0,2]},)"
                                     R"("dense.b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]}})",
                                     "\x00\x3e\xc0\x3f"s));
  Sequential<float> small(1);
  small.add(Dense{1});
  load_weights(folder / "half", small);
  CHECK(small.parameters()[0].data[0] == 1.5F);
  CHECK(small.parameters()[1].data[0] == 1.5F);

  write(folder / "int", safetensors(R"({"dense.w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},)"
                                    R"("dense.b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}})",
                                    "12345678"));
  CHECK(load_weights_error(folder / "int", small) ==
        "expected the tensor \"dense.b\" as F32, F64, F16 or BF16, got I32");
  CHECK(small.parameters()[0].data[0] == 1.5F);
}

TEST_CASE("a file that says what is not so") {
  const TemporaryFolder folder;
  ModelCase<double> saved = chain_case<double>();
  save(folder / "m", saved, {.scaler = Scaler::from({1, 2}, {3, 4}), .windows = WindowOptions{.lookback = 5}});
  const ModelContents<double> good(folder / "m");
  good.save(folder / "n");
  REQUIRE(load_error(folder / "n") == "");
  const auto error = [&](const auto& change) {
    ModelContents<double> contents = good;
    change(contents);
    contents.save(folder / "n");
    return load_error(folder / "n");
  };
  using Contents = ModelContents<double>;
  const std::string alone =
      "] expected a model with its architecture, got weights alone; read those of PyTorch and Keras with from_pytorch "
      "and from_keras, others with load_weights";
  CHECK(error([](Contents& c) { c.metadata.erase("tsattn.format_version"); }) == alone);
  CHECK(error([](Contents& c) { c.metadata.erase("tsattn.model"); }) == alone);
  CHECK(error([](Contents& c) { c.metadata["tsattn.format_version"] = "3", c.metadata.erase("tsattn.model"); }) ==
        "] expected the format version 1 or 2, got \"3\"; it was written by a newer library");

  const auto of_model = [&](const std::string& old, const std::string& with) {
    return error([&](Contents& c) { c.replace_in("tsattn.model", old, with); });
  };
  CHECK(of_model("{", "").starts_with(", tsattn.model] expected JSON, got text that is none: "));
  CHECK(of_model("\"output\"", "\"inputs\"") ==
        ", tsattn.model] expected every name once in an object of the JSON, got \"inputs\" twice");
  CHECK(of_model("\"units\":4", "\"units\":\"4\"") == ", layer 1 \"lstm\"] expected an integer as the option units");
  CHECK(of_model("\"units\":4", "\"units\":1025") ==
        ", layer 1] expected an integer from -1024 to 1024 as units, got 1025");
  CHECK(of_model("\"units\":4", "\"units\":1024") ==
        ", layer 1 \"lstm\"] expected layers with at most 1049118 weights together, got 4214784 so far");
  CHECK(of_model("\"features\":4", "\"features\":2000000000") ==
        ", layer 1 \"lstm\"] expected layers with at most 1049118 weights together, got 32000000080 so far");

  const auto of_scaler = [&](const std::string& text) {
    return error([&](Contents& c) { c.metadata["tsattn.scaler"] = text; });
  };
  const std::string scaler = ", tsattn.scaler] ";
  CHECK(of_scaler(R"({"shift":[1],"scale":[2]})") == "");
  CHECK(of_scaler("[]") == scaler + "expected \"shift\" as this library writes it, got []");
  CHECK(of_scaler(R"({"shift":[1]})") == scaler + "expected \"scale\" as this library writes it, got {\"shift\":[1]}");
  CHECK(of_scaler(R"({"shift":[true],"scale":[1]})") ==
        scaler + "expected \"shift\" as this library writes it, got {\"scale\":[1],\"shift\":[true]}");
  CHECK(of_scaler(R"({"shift":1,"scale":[1]})") ==
        scaler + "expected \"shift\" as this library writes it, got {\"scale\":[1],\"shift\":1}");
  CHECK(of_scaler(R"({"shift":[1],"scale":[0]})") ==
        scaler + "expected a finite shift and a finite scale other than 0, got 1 and 0 of feature 0");
  CHECK(of_scaler(R"({"shift":[1],"scale":[]})") == scaler + "expected as many scales as shifts, got 0 and 1");
  const auto of_windows = [&](const std::string& old, const std::string& with) {
    return error([&](Contents& c) { c.replace_in("tsattn.windows", old, with); });
  };
  const std::string windows = ", tsattn.windows] ";
  const auto of_known_windows = [&](const std::string& text) {
    return error([&](Contents& c) { c.metadata["tsattn.windows"] = text; });
  };
  // As files of before there were more options.
  CHECK(of_known_windows(R"({"horizon":1,"lookback":5,"stride":1,"targets":[]})") == "");
  CHECK(of_known_windows(R"({"horizon":1,"lookback":1e300,"stride":1,"targets":[]})") ==
        windows +
            "expected \"lookback\" as this library writes it, got "
            R"({"horizon":1,"lookback":1e+300,"stride":1,"targets":[]})");
  CHECK(of_known_windows(R"({"horizon":1,"lookback":5,"stride":1,"targets":7})") ==
        windows +
            "expected \"targets\" as this library writes it, got "
            R"({"horizon":1,"lookback":5,"stride":1,"targets":7})");
  CHECK(of_windows("\"gap\":0", "\"gap\":true").starts_with(windows + "expected \"gap\" as this library writes it"));
  CHECK(of_windows("\"include_input\":false", "\"include_input\":0").starts_with(windows));
  CHECK(of_windows("\"inputs\":[]", "\"inputs\":[\"a\"]").starts_with(windows));
  CHECK(of_windows("\"targets\":[]", "\"targets\":[1.5]").starts_with(windows));
  CHECK(of_windows("\"stride\":1", "\"stride\":18446744073709551615").starts_with(windows));

  const auto of_probe = [&](const std::string& tensor, std::vector<Index> shape) {
    return error([&](Contents& c) { c.tensors.at(tensor).shape = std::move(shape); });
  };
  CHECK(of_probe("probe/inputs/x", {5, 12}) ==
        "] expected a tensor \"probe/inputs/x\" of shape (time, batch, features), got (5, 12)");
  CHECK(of_probe("probe/inputs/x", {5, 4, 3}) ==
        "] expected a probe that fits the model: expected the input x with [time=any, features=4], got [time=5, "
        "batch=4, features=3]");
  CHECK(of_probe("probe/output", {3, 1, 2}) ==
        "] expected the output of the probe as [time=3, batch=1, features=2], got [time=1, batch=3, features=2]");
  CHECK(error([](Contents& c) { c.tensors.erase("probe/inputs/x"); }) ==
        "] expected a tensor \"probe/inputs/x\" of shape (time, batch, features), got none");
  CHECK(error([](Contents& c) {
          c.tensors.at("probe/inputs/x") = {{Index{1} << 62, Index{1} << 62, 0}, {}};
        }) ==
        "] expected a tensor \"probe/inputs/x\" of shape (time, batch, features), got (4611686018427387904, "
        "4611686018427387904, 0)");
  // A NaN anywhere is a difference, whatever comes after it.
  CHECK(error([](Contents& c) {
          c.tensors.at("probe/output").values[0] = std::nan("");
        }).starts_with(kProbeStart + "nan"));
  CHECK(error([](Contents& c) { c.tensors.at("lstm.b").values[0] = std::nan(""); }).starts_with(kProbeStart + "nan"));
}

TEST_CASE("the checksum must be there, and right; whoever damages the file changes nothing in a model") {
  const TemporaryFolder folder;
  ModelCase<double> saved = chain_case<double>();
  save(folder / "m", saved);
  const std::string good = read(folder / "m");
  const auto check = [&](const std::string& bytes, const std::string& text) {
    write(folder / "n", bytes);
    CHECK(load_error(folder / "n") == "] " + text);
    Graph<double> model = saved.model;
    for (const NamedTensor<double>& tensor : model.parameters()) tensor.map().setConstant(7);
    CHECK(load_weights_error(folder / "n", model) == text);
    for (const NamedTensor<double>& tensor : model.parameters()) CHECK((tensor.map().array() == 7).all());
  };
  const std::string sum = SafetensorsFile(folder / "m").metadata().at("tsattn.checksum");
  std::string bytes = good;
  const std::size_t digits = bytes.find(sum);
  REQUIRE(digits != std::string::npos);
  bytes.replace(digits, 16, "0123456789abcdef");
  check(bytes, "expected the checksum 0123456789abcdef, got " + sum + "; the file was damaged or changed by hand");
  bytes = good;
  bytes.replace(bytes.find("tsattn.checksum"), 15, "tsattn.chicksum");
  check(bytes, "expected the metadata \"tsattn.checksum\", got none; the file was damaged or changed by hand");
}

/// Rows [from, from + count) of a matrix or vector that is stored row by row change places with those from `other`.
template <class Tensor>
void swap_rows(Tensor& tensor, Index from, Index other, Index count) {
  const Index cols = tensor.shape.size() == 1 ? 1 : tensor.shape[1];
  std::swap_ranges(tensor.values.begin() + from * cols, tensor.values.begin() + (from + count) * cols,
                   tensor.values.begin() + other * cols);
}

TEST_CASE_TEMPLATE("numbers in another order, under a checksum that is right, are caught by the probe", S, float,
                   double) {
  const TemporaryFolder folder;
  const ModelCase<S> saved = chain_case<S>();
  save(folder / "m", saved);
  const ModelContents<S> good(folder / "m");
  const auto is_caught = [&](const auto& change) {
    ModelContents<S> contents = good;
    change(contents);
    contents.save(folder / "n");
    return is_probe_error(load_error<float>(folder / "n")) && is_probe_error(load_error<double>(folder / "n"));
  };
  CHECK(!is_caught([](auto&) {}));
  for (const std::string layer : {"lstm", "gru"}) {
    const Index gates = layer == "lstm" ? 4 : 3;
    for (Index a = 0; a < gates; ++a)
      for (Index b = a + 1; b < gates; ++b) {
        CAPTURE(layer);
        CAPTURE(a);
        CAPTURE(b);
        CHECK(is_caught([&](auto& contents) {  // as a program does that has the gates in another order
          for (const char* name : {".w_x", ".w_h", ".b"})
            swap_rows(contents.tensors.at(layer + name), 4 * a, 4 * b, Index{4});
        }));
        for (const char* name : {".w_x", ".w_h", ".b"})
          CHECK(is_caught([&](auto& c) { swap_rows(c.tensors.at(layer + name), 4 * a, 4 * b, Index{4}); }));
      }
  }
  for (const std::string block : {"lstm.w_h", "gru.w_h", "lstm.w_x", "gru.w_x"})
    for (std::size_t gate = 0; gate < 3; ++gate)
      CHECK(is_caught([&](auto& contents) {  // a square kernel, transposed
        auto& values = contents.tensors.at(block).values;
        for (std::size_t r = 0; r < 4; ++r)
          for (std::size_t c = 0; c < r; ++c) std::swap(values[16 * gate + 4 * r + c], values[16 * gate + 4 * c + r]);
      }));
  CHECK(is_caught([](auto& c) { std::swap(c.tensors.at("lstm.w_x"), c.tensors.at("lstm.w_h")); }));
  CHECK(is_caught([](auto& c) { swap_rows(c.tensors.at("dense.w"), 0, 1, Index{1}); }));
  for (const auto& [name, tensor] : good.tensors)  // one changed number of every tensor
    if (name != "attention_pooling.b")             // which a softmax takes out again
      CHECK(is_caught([&, tensor_name = name](auto& c) { c.tensors.at(tensor_name).values[0] += S(0.1); }));
}

TEST_CASE("a layer that is left out, of the numbers, of the architecture or of both") {
  const TemporaryFolder folder;
  const ModelCase<float> saved = chain_case<float>();
  save(folder / "m", saved);
  const ModelContents<float> good(folder / "m");
  ModelContents<float> contents = good;
  for (const char* name : {"gru.w_x", "gru.w_h", "gru.b", "gru.b_hn"}) contents.tensors.erase(name);
  contents.save(folder / "n");
  CHECK(load_error<float>(folder / "n") ==
        "] expected the weights of the model, got other tensors:\n  missing: gru.w_x (12, 4)\n  missing: gru.w_h (12, "
        "4)\n  missing: gru.b (12,)\n  missing: gru.b_hn (4,)");
  const std::string gru =
      R"({"name":"gru","kind":"gru","inputs":["lstm"],"units":4,"reset":"after_product","returns":"all_steps","bias":"one","recurrent_dropout":0.0},)";
  contents.replace_in("tsattn.model", gru, "");
  contents.replace_in("tsattn.model", "\"gru\"", "\"lstm\"");
  contents.save(folder / "n");
  CHECK(is_probe_error(load_error<float>(folder / "n")));
  contents.tensors = good.tensors;
  contents.save(folder / "n");
  CHECK(load_error<float>(folder / "n") ==
        "] expected the weights of the model, got other tensors:\n  unexpected: gru.b (12,)\n  unexpected: gru.b_hn "
        "(4,)\n  unexpected: gru.w_h (12, 4)\n  unexpected: gru.w_x (12, 4)");
  // An option that changes no shape.
  contents = good;
  contents.tensors.erase("gru.b_hn");
  contents.replace_in("tsattn.model", "after_product", "before_product");
  contents.save(folder / "n");
  CHECK(is_probe_error(load_error<float>(folder / "n")));
}

/// The smallest file with all there is: a probe, a scaler, windows, a text.
std::string small_file(const fs::path& path) {
  Graph<float> model;
  model.add(Dense{.units = 1}, {model.input({.features = 2})});
  ModelCase<float> small("small", std::move(model), {{1, 1, 2}});
  save(path, small,
       {.scaler = Scaler::from({0.5, 2}, {3, 1e-5}),
        .windows = WindowOptions{.lookback = 3},
        .metadata = {{"a", "bc"}}});
  return read(path);
}

TEST_CASE("no single changed bit is overlooked") {
  const TemporaryFolder folder;
  const std::string good = small_file(folder / "m");
  LoadedModel<float> expected = load_model<float>(folder / "m");
  Graph<float> target = expected.model;
  const std::size_t header = 8 + static_cast<unsigned char>(good[0]) + 256U * static_cast<unsigned char>(good[1]);
  std::size_t padding = header;
  while (good[padding - 1] == ' ') --padding;
  REQUIRE(padding < header);  // there are blanks to be tested
  std::size_t overlooked = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    CAPTURE(bit);
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    const auto open = [&] { return SafetensorsFile("x", bytes); };
    const std::string text = io_error([&] {
      SafetensorsFile file = open();
      LoadedModel<float> loaded = load_model<float>(file);
      CHECK(same_bits(loaded.model.parameters(), expected.model.parameters()));
    });
    if (!text.empty()) continue;
    ++overlooked;
    CHECK(bit / 8 >= padding);
    CHECK(bit / 8 < header);
  }
  CHECK(overlooked == 0);  // a blank is one bit away from no other white space
  for (std::size_t i = padding; i < header; ++i) {
    std::string bytes = good;
    bytes[i] = '\n';
    SafetensorsFile file("x", bytes);
    LoadedModel<float> loaded = load_model<float>(file);
    CHECK(same_bits(loaded.model.parameters(), expected.model.parameters()));
  }
}

TEST_CASE("no byte with another value is overlooked when weights alone are read") {
  const TemporaryFolder folder;
  const std::string good = small_file(folder / "m");
  LoadedModel<float> expected = load_model<float>(folder / "m");
  Graph<float> model = expected.model;
  for (const NamedTensor<float>& tensor : model.parameters()) tensor.map().setConstant(7);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const int change : {0x01, 0x80, 0x55}) {
      CAPTURE(i);
      std::string bytes = good;
      bytes[i] = static_cast<char>(bytes[i] ^ change);
      CHECK(io_error([&] {
              SafetensorsFile file("x", bytes);
              load_weights(file, model);
            }) != "");
      CHECK(model.parameters()[0].data[0] == 7);
      CHECK(model.parameters()[1].data[0] == 7);
    }
}

TEST_CASE("a file that is cut off at any byte, or longer, is an error") {
  const TemporaryFolder folder;
  const std::string good = small_file(folder / "m");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(io_error([&] {
            SafetensorsFile file("x", good.substr(0, size));
            load_model<float>(file);
          }) != "");
    if (size % 50 != 0) continue;
    write(folder / "n", good.substr(0, size));
    CHECK(load_error<float>(folder / "n") != "");
  }
  write(folder / "n", good + '\0');
  CHECK(load_error<float>(folder / "n") != "");
  write(folder / "n", good);
  CHECK(load_error<float>(folder / "n") == "");
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a disk that is full leaves the old file") {
  // A limit on the size of files acts as a full disk does, and on root, too. Some writes fail when the stream goes back
  // to fill in the checksum, some before, some when all is brought to the disk.
  const TemporaryFolder folder;
  const ModelCase<double> saved = chain_case<double>();
  Sequential<double> large(300);
  large.add(Dense{300});
  save(folder / "m", saved);
  const std::string old = read(folder / "m");
  const std::string start = "[write_file_atomically] cannot write \"" + (folder / "m").string() + "\": ";
  rlimit old_limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  auto* const old_handler = ::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t size : {rlim_t{0}, rlim_t{100}, rlim_t{1000}, rlim_t{4096}, rlim_t{100'000}, rlim_t{700'000}}) {
    CAPTURE(size);
    for (const Graph<double>* const model : {&saved.model, static_cast<const Graph<double>*>(&large)}) {
      if (model == &saved.model && size >= old.size() - 1000) continue;
      rlimit limit = old_limit;
      limit.rlim_cur = size;
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
      const std::string text = io_error([&] { save_model(folder / "m", *model); });
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &old_limit) == 0);
      CHECK(text == start + std::make_error_code(std::errc::file_too_large).message());
      CHECK(read(folder / "m") == old);
      CHECK(folder.files() == 1);
    }
  }
  ::signal(SIGXFSZ, old_handler);
}

/// A file system in memory of its own, where one may be mounted, until the end of its life.
class SmallDisk {
 public:
  explicit SmallDisk(const TemporaryFolder& folder) : path_(folder / "disk") {
    fs::create_directory(path_);
    is_mounted_ = ::geteuid() == 0 && run("mount -t tmpfs -o size=64k tmpfs " + quoted() + " 2>/dev/null");
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (is_mounted_) run("umount " + quoted());
  }
  bool is_mounted() const { return is_mounted_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  void make_read_only() { REQUIRE(run("mount -o remount,ro " + quoted())); }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(path_), fs::directory_iterator()); }

 private:
  std::string quoted() const { return '\'' + path_.string() + '\''; }
  static bool run(const std::string& command) { return std::system(command.c_str()) == 0; }

  fs::path path_;
  bool is_mounted_ = false;
};

TEST_CASE("a small disk that is really full, and one that may only be read") {
  const TemporaryFolder folder;
  SmallDisk disk(folder);
  if (!disk.is_mounted()) {
    MESSAGE("skipped: no file system may be mounted here");
    return;
  }
  const ModelCase<double> saved = chain_case<double>();
  save(disk / "m", saved);
  const std::string old = read(disk / "m");
  const std::string start = "[write_file_atomically] cannot write \"" + (disk / "m").string() + "\": ";
  Sequential<double> large(100);
  large.add(Dense{100});
  CHECK(io_error([&] { save_model(disk / "m", large); }) ==
        start + std::make_error_code(std::errc::no_space_on_device).message());
  CHECK(read(disk / "m") == old);
  CHECK(disk.files() == 1);
  disk.make_read_only();
  CHECK(io_error([&] { save(disk / "m", saved); }) ==
        start + std::make_error_code(std::errc::read_only_file_system).message());
  CHECK(io_error([&] { save(disk / "new", saved); }) != "");
  CHECK(read(disk / "m") == old);
  CHECK(disk.files() == 1);
  CHECK(load_error(disk / "m") == "");
}

TEST_CASE("a folder in which nothing may be written") {
  const TemporaryFolder folder;
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may write everything");
    return;
  }
  const ModelCase<double> saved = chain_case<double>();
  fs::create_directory(folder / "sub");
  save(folder / "sub/m", saved);
  const std::string old = read(folder / "sub/m");
  fs::permissions(folder / "sub", fs::perms::owner_read | fs::perms::owner_exec);
  const std::string text = io_error([&] { save(folder / "sub/m", saved); });
  fs::permissions(folder / "sub", fs::perms::owner_all);
  CHECK(text == "[write_file_atomically] cannot write \"" + (folder / "sub/m").string() +
                    "\": " + std::make_error_code(std::errc::permission_denied).message());
  CHECK(read(folder / "sub/m") == old);
}
#endif

TEST_CASE("weights are read when the file is written, and the file may hold more") {
  const TemporaryFolder folder;
  ModelCase<float> saved = chain_case<float>();
  ModelWriter<float> writer(saved.model, {});
  saved.model.parameters()[0].data[0] = 42;
  const std::vector<double> state{1, 2, 3};
  writer.file().add<double>("state/moments", {3}, state.data());
  writer.save(folder / "m");
  LoadedModel<float> loaded = load_model<float>(folder / "m");
  CHECK(loaded.model.parameters()[0].data[0] == 42);
  SafetensorsFile file(folder / "m");
  REQUIRE(file.find("state/moments") != nullptr);
  std::vector<double> back(3);
  file.read(*file.find("state/moments"), 0, 3, back.data());
  CHECK(back == state);
}

}  // namespace
