#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <tsattn/embedded/writer.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/gru.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/lstm.hpp>
#include <tsattn/model/sequential.hpp>

#include "support/temporary_folder.hpp"

namespace writer_test {

// What the headers compute is tested in tests/examples/embedded_header_test.sh, which compiles them.

namespace {

using namespace tsattn;

template <class S>
std::string header_of(const Graph<S>& model, const EmbeddedHeaderOptions& options = {}) {
  std::ostringstream out;
  write_embedded_header(model, out, options);
  return out.str();
}

bool contains(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

/// How often `what` stands in `text`.
int count(std::string_view text, std::string_view what) {
  int found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

template <class Exception, class Write>
std::string refusal(const Write& write) {
  try {
    write();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST_CASE("a header holds the parts that its model needs, each once and behind those it includes") {
  Sequential<float> model(2);
  model.add(Lstm{3}).add(Dense{10}).add(Lstm{3}).add(Dense{1});
  const std::string header = header_of(model);
  for (const std::string_view part : {"DENSE", "FORMAT", "HIDDEN_STATE", "LSTM", "MODEL", "PACKS", "PANELS", "TARGET"})
    CHECK(count(header, "#define TSATTN_EMBEDDED_PARTS_" + std::string(part) + "_HPP\n") == 1);
  for (const std::string_view part : {"GRU", "RNN", "ACTIVATION", "ATTENTION_POOLING"})
    CHECK(!contains(header, "PARTS_" + std::string(part)));
  CHECK(!contains(header, "#include <tsattn"));
  CHECK(contains(header, "#include <stddef.h>"));
  CHECK(!contains(header, "\n\n\n"));
  CHECK(header.find("struct Panels") < header.find("struct Lstm"));
  CHECK(header.find("#define TSATTN_EMBEDDED_INLINE") < header.find("struct Panels"));
  CHECK(contains(header, "using Net = tsattn::embedded::Model<Lstm<2, 3>, Dense<3, 10>, Lstm<10, 3>, Dense<3, 1>>;"));
}

TEST_CASE("a header says what it was made from, and numbers that read back to the same floats") {
  Sequential<double> model(1);
  model.add(Dense{.units = 2, .name = "fc"});
  double value = 0.1;
  for (const auto& tensor : model.parameters())
    for (Index i = 0; i < tensor.size(); ++i) tensor.data[i] = value *= -3;
  const std::string header = header_of(model, {.name = "two_numbers", .source = "a\\\nb"});
  CHECK(header.starts_with("// Made by tsattn's write_embedded_header from a__b; do not edit. Format 2.\n"));
  CHECK(contains(header, "// A step takes 1 number and gives 2.\n"));
  CHECK(contains(header,
                 "//   fc: Dense<1, 2>, 16, 8\n// Together 16 bytes of weights, constant, and 8 of state; "
                 "sizeof(two_numbers::Model)"));
  CHECK(contains(header, "    -2.7F, 8.1F, -0.3F, 0.9F,\n"));
  CHECK(contains(header, "namespace two_numbers {\n"));
  CHECK(contains(header, "#ifndef TSATTN_EXPORTED_TWO_NUMBERS_HPP\n"));
  CHECK(header_of(model).starts_with("// Made by tsattn's write_embedded_header; do not edit. Format 2.\n"));
  CHECK(embedded::float_literal(1) == "1.0F");
  CHECK(embedded::float_literal(-1e-20F) == "-1e-20F");
}

TEST_CASE("a header in a file; one that is refused leaves the file as it was") {
  const test::TemporaryFolder folder;
  Sequential<float> model(1);
  model.add(Gru{2});
  write_embedded_header(model, folder / "m.hpp", {.name = "m"});
  CHECK(test::read(folder / "m.hpp") == header_of(model, {.name = "m"}));
  for (const std::string_view name : {"", "a-b", "1a", "_a", "a__b", "tsattn", "std", "int", "requires"})
    CHECK(refusal<ConfigError>([&] { write_embedded_header(model, folder / "m.hpp", {.name = std::string(name)}); }) ==
          "[write_embedded_header] expected a name for a C++ namespace (a letter, then letters, digits and single "
          "_), got \"" +
              std::string(name) + '"');
  CHECK(test::read(folder / "m.hpp") == header_of(model, {.name = "m"}));
  CHECK(folder.files() == 1);
  CHECK(
      contains(refusal<IoError>([&] { write_embedded_header(model, folder / "no" / "m.hpp"); }), "there is no folder"));
}

/// y = factor x: a layer that the library does not know.
struct ScaleLayer {
  using Scalar = float;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return own; }
  const Parameters& parameters() const { return own; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }
  void forward(Inputs<float> inputs, Sequence<float>& y, Cache&) const {
    y = inputs[0];
    for (Index i = 0; i < y.size(); ++i) y.data()[i] *= factor;
  }
  void infer(Inputs<float> inputs, Sequence<float>& y, Cache& cache) const { forward(inputs, y, cache); }
  void backward(Inputs<float>, const Sequence<float>&, const Sequence<float>&, Cache&, Gradients&,
                InputGradients<float>) const {}

  EmbeddedLayer embed(const EmbedContext& context) const {
    return {.type = embedded_type("mine::Scale", context.features),
            .part = part,
            .text = text,
            .outputs = context.features,
            .state = context.features,
            .weights = {factor}};
  }

  float factor;
  std::string part, text;
  Parameters own = {};
};

struct Scale {
  static constexpr std::string_view kKind = "scale";
  float factor = 2;
  std::string part = "scale";
  std::string text =
      "#include <tsattn/embedded/parts/layer.hpp>\n\nnamespace mine {\ntemplate <size_t F>\nstruct Scale;\n}\n";
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
  template <class S>
  ScaleLayer build(const BuildContext&) const {
    return {factor, part, text};
  }
};

TEST_CASE("a layer of one's own brings its text, once, guarded, behind the parts that it includes") {
  Sequential<float> model(2);
  model.add(Scale{.factor = 2}).add(Scale{.factor = 3});
  const std::string header = header_of(model);
  CHECK(count(header, "#ifndef TSATTN_EXPORTED_PART_SCALE_") == 1);
  CHECK(count(header, "\n#define TSATTN_EXPORTED_PART_SCALE_") == 1);
  const auto guard_of = [](const std::string& of) {
    const std::size_t at = of.find("TSATTN_EXPORTED_PART_SCALE_");
    return of.substr(at, of.find('\n', at) - at);
  };
  Sequential<float> other(2);
  other.add(Scale{.text = "struct Other;\n"});
  CHECK(guard_of(header_of(other)) != guard_of(header));  // in one program, the compiler sees both, and complains
  CHECK(count(header, "struct Scale;") == 1);
  CHECK(header.find("struct WeightsOf") < header.find("namespace mine"));
  CHECK(contains(header, "Model<mine::Scale<2>, mine::Scale<2>>"));
}

TEST_CASE("parts that are unknown, or of which there are two") {
  const auto refused = [](const Scale& first, const Scale& second) {
    Sequential<float> model(2);
    model.add(first).add(second);
    return refusal<ConfigError>([&] { header_of(model); });
  };
  CHECK(refused({}, {.text = "struct Other;\n"}) ==
        "[write_embedded_header] expected one text of the part scale, got another one from the layer scale_2; sizes "
        "belong in the type's template arguments");
  CHECK(refused({}, {.part = "lstm"}) ==
        "[write_embedded_header] expected a name for the part of the layer scale_2 (a letter, then letters, digits and "
        "single _) that is none of tsattn/embedded/parts/, got \"lstm\"");
  CHECK(refused({.text = ""}, {}) ==
        "[write_embedded_header] expected a part of tsattn/embedded/parts/, got scale; a layer of one's own gives the "
        "text of its part in EmbeddedLayer::text");
  CHECK(contains(refused({.text = "#include <tsattn/embedded/parts/none.hpp>\n"}, {}), "got none; a layer"));
  CHECK(refused({.text = "#include <tsattn/core/matrix.hpp>\n"}, {}) ==
        "[write_embedded_header] expected parts that include of tsattn only embedded/parts/, got #include "
        "<tsattn/core/matrix.hpp>; a header is for programs without the library");
}

}  // namespace

}  // namespace writer_test
