// export --to header: a model as one C++17 header. docs/embedded.md shows it at work.

#include "embedded_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include <tsattn/core/errors.hpp>

#include "embedded_text.hpp"

namespace ts = tsattn;

namespace {

using ts::embedded::ChainLayer;
using ts::embedded::ModelChain;

constexpr std::size_t kColumns = 120;

/// The shortest text that reads back to the same float, "-0.25F".
std::string literal(float value) {
  std::array<char, 32> memory{};
  const auto end = std::to_chars(memory.data(), memory.data() + memory.size(), value).ptr;
  std::string text(memory.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + 'F';
}

/// In a comment, a line break would end it, and a backslash at its end continue it.
std::string shown(const std::string& text) {
  std::string safe = text;
  for (char& c : safe)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == '?') c = '_';
  return safe;
}

template <class Value>
ts::Index total(const ModelChain& chain, const Value& value) {
  ts::Index sum = 0;
  for (const ChainLayer& layer : chain.layers) sum += value(layer);
  return sum;
}

void write_comment(std::ostream& out, const ModelChain& chain, const std::string& source, const std::string& name) {
  constexpr ts::Index kFloat = sizeof(float);
  const auto weights_of = [](const ChainLayer& layer) { return static_cast<ts::Index>(layer.weights.size()) * kFloat; };
  const auto state_of = [](const ChainLayer& layer) { return layer.state * kFloat; };
  out << "// Made by `tsattn_model export --to header` from " << shown(source) << "; do not edit.\n//\n"
      << "// A step takes " << chain.inputs << (chain.inputs == 1 ? " number" : " numbers") << " and gives "
      << chain.layers.back().outputs << ". Layers, bytes of weights and of state:\n";
  for (const ChainLayer& layer : chain.layers)
    out << "//   " << shown(layer.name) << ": " << layer.type << ", " << weights_of(layer) << ", " << state_of(layer)
        << '\n';
  out << "// Together " << total(chain, weights_of) << " bytes of weights, constant, and " << total(chain, state_of)
      << " of state; sizeof(" << name
      << "::Model) adds a few, on processors\n// with vectors what fills these up.\n//\n"
      << "//   " << name << "::Model model;  // the state of one series\n"
      << "//   float x[" << name << "::Model::kInputs] = {}, y[" << name << "::Model::kOutputs];\n"
      << "//   for (;;) {\n"
      << "//     read(x);          // your own\n"
      << "//     model.step(x, y); // and model.reset() before another series\n"
      << "//   }\n";
}

void write_weights(std::ostream& out, const ChainLayer& layer) {
  std::string line = "   ";
  for (const float weight : layer.weights) {
    const std::string text = ' ' + literal(weight) + ',';
    if (line.size() + text.size() > kColumns) {
      out << line << '\n';
      line = "   ";
    }
    line += text;
  }
  out << line << '\n';
}

void write_model(std::ostream& out, const ModelChain& chain, const std::string& name) {
  out << "namespace " << name << " {\n\n"
      << "static_assert(tsattn::embedded::kFormat == " << ts::embedded::kFormat
      << ", \"this header and another one that is included before it were exported by different versions\");\n\n"
      << "namespace layers {\nusing namespace tsattn::embedded;\nusing Net = tsattn::embedded::Model<";
  for (const ChainLayer& layer : chain.layers) out << (&layer == chain.layers.data() ? "" : ", ") << layer.type;
  out << ">;\n}  // namespace layers\n\n// clang-format off\ninline constexpr layers::Net::Weights kWeights = {\n";
  std::string closing = "}";
  for (const ChainLayer& layer : chain.layers) {
    const bool is_last = &layer == &chain.layers.back();
    out << "  // " << shown(layer.name) << ": " << layer.type << '\n';
    if (layer.weights.empty()) {
      out << "  {}";
    } else {
      out << "  {{\n";
      write_weights(out, layer);
      out << "  }}";
    }
    out << (is_last ? "\n" : ", {\n");
    if (!is_last) closing += '}';
  }
  out << closing << ";\n// clang-format on\n\n"
      << "class Model : public layers::Net {\n public:\n  Model() noexcept : layers::Net(kWeights) {}\n};\n\n"
      << "}  // namespace " << name << "\n";
}

}  // namespace

void require_namespace_name(const std::string& name) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  const bool is_name = !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || c == '_' || std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  if (!is_name || name == "tsattn" || name.find("__") != std::string::npos)
    ts::fail<ts::ConfigError>("--name",
                              "expected a name for a C++ namespace (a letter, then letters, digits and single _), got ",
                              '"', name, '"');
}

void write_embedded_header(std::ostream& out, const ModelChain& chain, const std::string& source,
                           const std::string& name) {
  std::string guard = "TSATTN_EXPORTED_" + name;
  std::transform(guard.begin(), guard.end(), guard.begin(),
                 [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  write_comment(out, chain, source, name);
  out << "\n#ifndef " << guard << "_HPP\n#define " << guard << "_HPP\n\n" << kEmbeddedText << '\n';
  write_model(out, chain, name);
  out << "\n#endif\n";
}
