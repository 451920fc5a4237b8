#pragma once

#include <cstddef>
#include <string>

namespace tsattn::test {

/// A .safetensors file from its parts, whether they fit or not.
inline std::string safetensors(const std::string& header, const std::string& numbers = "") {
  std::string bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>((header.size() >> (8 * i)) & 0xFFU);
  return bytes + header + numbers;
}

}  // namespace tsattn::test
