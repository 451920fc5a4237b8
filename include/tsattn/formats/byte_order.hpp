#pragma once

#include <concepts>
#include <cstddef>
#include <string>

/// Integers as files hold them, least significant byte first, whatever the machine's byte order.
namespace tsattn {

/// Returns the number whose sizeof(Unsigned) bytes begin at `bytes`.
template <std::unsigned_integral Unsigned>
Unsigned from_little_endian(const std::byte* bytes) {
  Unsigned value = 0;
  for (std::size_t i = sizeof(Unsigned); i-- > 0;)
    value = static_cast<Unsigned>((value << 8U) | std::to_integer<Unsigned>(bytes[i]));
  return value;
}

/// Appends the sizeof(Unsigned) bytes of `value` to `bytes`.
template <std::unsigned_integral Unsigned>
void append_little_endian(std::string& bytes, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
    bytes.append(1, static_cast<char>(static_cast<unsigned char>((value >> (8 * i)) & 0xFFU)));
}

}  // namespace tsattn
