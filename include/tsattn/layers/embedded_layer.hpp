#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tsattn/core/index.hpp>

/// How a layer becomes a type of an exported header (embedded/writer.hpp). A layer that can has
///   EmbeddedLayer embed(const EmbedContext& context) const;
/// which says which C++ computes one step of it, and with which weights, or throws ConfigError. Types of the library's
/// layers are in embedded/parts/; layer.hpp there says what such a type has.
namespace tsattn {

/// What a layer is given to be embedded.
struct EmbedContext {
  std::string layer;          ///< for messages: name and kind, "lstm_2 (lstm)"
  Index features = 0;         ///< of its input
  Index attention_steps = 0;  ///< L, the last steps that attention looks back on; 0: not said
};

/// A layer of an exported header.
struct EmbeddedLayer {
  std::string type = {};            ///< in C++, "Lstm<1, 16>"; empty: the layer does nothing in inference, step by step
  std::string part = {};            ///< where the type is: "lstm" for embedded/parts/lstm.hpp
  std::string text = {};            ///< what is in the part, if it is none of the library's: see embedded/writer.hpp
  Index outputs = 0;                ///< features; 0 where the type is empty: as many as the input has
  bool reads_series = false;        ///< whether it needs every step of its input
  bool ends_series = false;         ///< whether there is one output for all steps
  Index state = 0;                  ///< numbers that it keeps, without what fills up vectors
  std::vector<float> weights = {};  ///< in the order of the type's Weights
};

template <class Type>
concept Embeds = requires(const Type& layer, const EmbedContext& context) {
  { layer.embed(context) } -> std::same_as<EmbeddedLayer>;
};

/// A type as C++ text: embedded_type("Gru", 1, 16, "GruReset::before_product").
template <class... Arguments>
std::string embedded_type(std::string_view name, const Arguments&... arguments) {
  std::string text(name);
  [[maybe_unused]] const auto append = [&](const auto& argument) {
    text.append(text.size() == name.size() ? "<" : ", ");
    if constexpr (std::is_integral_v<std::decay_t<decltype(argument)>>) {
      text.append(std::to_string(argument));
    } else {
      text.append(argument);
    }
  };
  (append(arguments), ...);
  return sizeof...(Arguments) == 0 ? text : text.append(">");
}

}  // namespace tsattn
