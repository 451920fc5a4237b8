#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/embedded/part_texts.hpp>
#include <tsattn/embedded/parts/format.hpp>
#include <tsattn/embedded/writer.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/crc32c.hpp>

namespace tsattn {

namespace embedded {

namespace writer_parts {

inline constexpr std::string_view kWhere = "write_embedded_header";
inline constexpr std::size_t kColumns = 120;

/// In a comment, a line break would end it, and a backslash at its end continue it.
TSATTN_LIBRARY_FUNCTION std::string shown(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == '?') c = '_';
  return safe;
}

TSATTN_LIBRARY_FUNCTION std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return capitals;
}

TSATTN_LIBRARY_FUNCTION bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  return !name.empty() && is_letter(name[0]) && name.find("__") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return is_letter(c) || c == '_' || std::isdigit(static_cast<unsigned char>(c)) != 0;
         });
}

/// The words of C++17 and C++20 that no namespace can have for a name, and those of alternative operators.
inline constexpr std::string_view kKeywords[] = {
    "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
    "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
    "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
    "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
    "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
    "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
    "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
    "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
    "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
    "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
    "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
    "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
    "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
    "xor_eq"};

/// The parts of a header, each behind those that it includes and once.
class Parts {
 public:
  /// Of the library.
  void add(const std::string& name) {
    const std::string_view text = part_text(name);
    if (text.empty())
      fail<ConfigError>(kWhere, "expected a part of tsattn/embedded/parts/, got ", name,
                        "; a layer of one's own gives the text of its part in EmbeddedLayer::text");
    if (!added_.try_emplace(name, text).second) return;
    all_ += with_own_includes(text) + '\n';
  }
  /// Of a layer, which may be one's own.
  void add(const ChainLayer& layer) {
    if (layer.text.empty()) return add(layer.part);
    if (!is_name(layer.part) || !part_text(layer.part).empty())
      fail<ConfigError>(kWhere, "expected a name for the part of the layer ", layer.name,
                        " (a letter, then letters, digits and single _) that is none of tsattn/embedded/parts/, got \"",
                        layer.part, '"');
    const auto [found, is_new] = added_.try_emplace(layer.part, layer.text);
    if (!is_new && found->second != layer.text)
      fail<ConfigError>(kWhere, "expected one text of the part ", layer.part, ", got another one from the layer ",
                        layer.name, "; sizes belong in the type's template arguments");
    if (!is_new) return;
    const std::string text = with_own_includes(layer.text);
    // With its checksum, so that of another text with this name, in another header, the compiler says so.
    const std::string guard =
        "TSATTN_EXPORTED_PART_" + in_capitals(layer.part) + '_' + std::to_string(crc32c(layer.text));
    all_ += "#ifndef " + guard + "\n#define " + guard + "\n\n" + text + "\n#endif\n\n";
  }

  const std::string& text() const { return all_; }

 private:
  /// The text without the lines that include parts, which are added before it.
  std::string with_own_includes(std::string_view text) {
    constexpr std::string_view kBegin = "#include <tsattn/embedded/parts/", kEnd = ".hpp>";
    std::string rest;
    while (!text.empty()) {
      const std::size_t length = (std::min)(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, length);
      text.remove_prefix((std::min)(length + 1, text.size()));
      if (line.starts_with(kBegin) && line.ends_with(kEnd)) {
        add(std::string(line.substr(kBegin.size(), line.size() - kBegin.size() - kEnd.size())));
      } else if (line.starts_with("#include <tsattn/")) {
        fail<ConfigError>(kWhere, "expected parts that include of tsattn only embedded/parts/, got ", line,
                          "; a header is for programs without the library");
      } else if (!line.empty() || !(rest.empty() || rest.ends_with("\n\n"))) {
        rest.append(line).append("\n");
      }
    }
    return rest;
  }

  std::map<std::string, std::string, std::less<>> added_;
  std::string all_;
};

template <class Value>
Index total(const ModelChain& chain, const Value& value) {
  Index sum = 0;
  for (const ChainLayer& layer : chain.layers) sum += value(layer);
  return sum;
}

TSATTN_LIBRARY_FUNCTION std::string usage_of_model(const ModelChain& chain, const std::string& name) {
  const Index outputs = chain.layers.back().outputs;
  return "// A step takes " + std::to_string(chain.inputs) + (chain.inputs == 1 ? " number" : " numbers") +
         " and gives " + std::to_string(outputs) + ".\n//\n" +              //
         "//   " + name + "::Model model;  // the state of one series\n" +  //
         "//   float x[" + name + "::Model::kInputs] = {}, y[" + name +     //
         "::Model::kOutputs];\n" +                                          //
         "//   for (;;) {\n" +                                              //
         "//     read(x);          // your own\n" +                         //
         "//     model.step(x, y); // and model.reset() before another series\n//   }\n";
}

TSATTN_LIBRARY_FUNCTION void write_comment(const ModelChain& chain, const HeaderSurroundings& surroundings,
                                           std::ostream& out, const EmbeddedHeaderOptions& options) {
  constexpr auto kFloat = static_cast<Index>(sizeof(float));
  const auto weights_of = [](const ChainLayer& layer) { return static_cast<Index>(layer.weights.size()) * kFloat; };
  const auto state_of = [](const ChainLayer& layer) { return layer.state * kFloat; };
  out << "// Made by tsattn's write_embedded_header" << (options.source.empty() ? "" : " from ")
      << shown(options.source) << "; do not edit. Format " << kFormat << ".\n//\n"
      << (surroundings.usage.empty() ? usage_of_model(chain, options.name) : surroundings.usage)
      << "//\n// Layers, bytes of weights and of state:\n";
  for (const ChainLayer& layer : chain.layers)
    out << "//   " << shown(layer.name) << ": " << layer.type << ", " << std::to_string(weights_of(layer)) << ", "
        << std::to_string(state_of(layer)) << '\n';
  out << "// Together " << std::to_string(total(chain, weights_of)) << " bytes of weights, constant, and "
      << std::to_string(total(chain, state_of)) << " of state; sizeof(" << options.name
      << "::Model) adds a few, on processors\n// with vectors what fills these up.\n";
}

TSATTN_LIBRARY_FUNCTION void write_weights(const ChainLayer& layer, std::ostream& out) {
  std::string line = "   ";
  for (const float weight : layer.weights) {
    const std::string text = ' ' + float_literal(weight) + ',';
    if (line.size() + text.size() > kColumns) {
      out << line << '\n';
      line = "   ";
    }
    line += text;
  }
  out << line << '\n';
}

TSATTN_LIBRARY_FUNCTION void write_model(const ModelChain& chain, std::ostream& out) {
  out << "static_assert(tsattn::embedded::kFormat == " << kFormat
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
      write_weights(layer, out);
      out << "  }}";
    }
    out << (is_last ? "\n" : ", {\n");
    if (!is_last) closing += '}';
  }
  out << closing << ";\n// clang-format on\n\n"
      << "class Model : public layers::Net {\n public:\n  Model() noexcept : layers::Net(kWeights) {}\n};\n\n";
}

}  // namespace writer_parts

TSATTN_LIBRARY_FUNCTION std::string float_literal(float value) {
  std::array<char, 32> memory{};
  const auto end = std::to_chars(memory.data(), memory.data() + memory.size(), value).ptr;
  std::string text(memory.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + 'F';
}

TSATTN_LIBRARY_FUNCTION void require_header_name(std::string_view where, std::string_view name) {
  using namespace writer_parts;
  const bool is_keyword = std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
  if (!is_name(name) || is_keyword || name == "tsattn" || name == "std")
    fail<ConfigError>(
        where, "expected a name for a C++ namespace (a letter, then letters, digits and single _), got \"", name, '"');
}

TSATTN_LIBRARY_FUNCTION void write_header(const ModelChain& chain, const HeaderSurroundings& surroundings,
                                          std::ostream& out, const EmbeddedHeaderOptions& options) {
  using namespace writer_parts;
  require_header_name(kWhere, options.name);
  Parts parts;
  parts.add("format");
  for (const ChainLayer& layer : chain.layers) parts.add(layer);
  parts.add("model");
  for (const std::string& part : surroundings.parts) parts.add(part);
  const std::string guard = "TSATTN_EXPORTED_" + in_capitals(options.name) + "_HPP";
  write_comment(chain, surroundings, out, options);
  out << "\n#ifndef " << guard << "\n#define " << guard << "\n\n"
      << parts.text() << "namespace " << options.name << " {\n\n";
  write_model(chain, out);
  out << surroundings.code << "}  // namespace " << options.name << "\n\n#endif\n";
}

}  // namespace embedded

template <class S>
void write_embedded_header(const Graph<S>& model, std::ostream& out, const EmbeddedHeaderOptions& options) {
  embedded::write_header(embedded::chain_of(model, options.attention_steps), {}, out, options);
}

template <class S>
void write_embedded_header(const Graph<S>& model, const std::filesystem::path& path,
                           const EmbeddedHeaderOptions& options) {
  write_file_atomically(path, [&](std::ostream& out) { write_embedded_header(model, out, options); });
}

#if defined(TSATTN_COMPILED_LIBRARY)
template void write_embedded_header(const Graph<float>&, std::ostream&, const EmbeddedHeaderOptions&);
template void write_embedded_header(const Graph<double>&, std::ostream&, const EmbeddedHeaderOptions&);
template void write_embedded_header(const Graph<float>&, const std::filesystem::path&, const EmbeddedHeaderOptions&);
template void write_embedded_header(const Graph<double>&, const std::filesystem::path&, const EmbeddedHeaderOptions&);
#endif

}  // namespace tsattn
