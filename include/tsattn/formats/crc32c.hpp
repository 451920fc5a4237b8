#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tsattn {

namespace crc32c_parts {

/// What each byte does to the remainder: the division by the polynomial 0x1EDC6F41, its bits reversed, as bytes come
/// least significant bit first.
inline constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0x82F63B78U : 0U);
    table[byte] = remainder;
  }
  return table;
}();

}  // namespace crc32c_parts

/// Returns the cyclic redundancy check CRC-32C of the bytes: the remainder begins with all bits set and is inverted at
/// the end. Source: Castagnoli, Bräuer & Herrmann 1993 (the polynomial); RFC 3720 (2004), section 12.1 and appendix
/// B.4.
inline std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t remainder = 0xFFFFFFFFU;
  for (const char byte : bytes)
    remainder = (remainder >> 8U) ^
                crc32c_parts::kTable[static_cast<std::size_t>((remainder ^ static_cast<unsigned char>(byte)) & 0xFFU)];
  return ~remainder;
}

}  // namespace tsattn
