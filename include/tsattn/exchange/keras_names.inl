#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/exchange/keras_names.hpp>

namespace tsattn {

namespace keras_names_parts {

inline std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char letter : path) {
    if (letter == '/') {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

/// "lstm_cell", "gru_cell_3", "simple_rnn_cell": what Keras calls the cell inside a layer.
inline bool is_cell(const std::string& part) {
  for (const std::string_view cell : {"lstm_cell", "gru_cell", "simple_rnn_cell"}) {
    if (!part.starts_with(cell)) continue;
    const std::string rest = part.substr(cell.size());
    if (rest.empty() ||
        (rest.size() > 1 && rest.front() == '_' && rest.find_first_not_of("0123456789", 1) == std::string::npos))
      return true;
  }
  return false;
}

}  // namespace keras_names_parts

TSATTN_LIBRARY_FUNCTION std::string keras_name(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  const bool is_numbered = colon != std::string::npos && colon + 1 < name.size() &&
                           name.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  std::vector<std::string> parts = keras_names_parts::split_path(is_numbered ? name.substr(0, colon) : name);
  if (parts.size() > 2 && parts[0] == parts[1]) parts.erase(parts.begin());
  std::string path = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    if (!is_last && keras_names_parts::is_cell(parts[i])) continue;
    for (const std::string direction : {"forward", "backward"})
      if (!is_last && parts[i].starts_with(direction + '_')) parts[i] = direction;
    path += '/' + parts[i];
  }
  return path;
}

}  // namespace tsattn
