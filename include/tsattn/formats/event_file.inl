#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/index.hpp>
#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/crc32c.hpp>
#include <tsattn/formats/event_file.hpp>

namespace tsattn {

namespace event_file_parts {

// A field begins with its number and the type of what follows.
enum class WireType : unsigned char { varint = 0, eight_bytes = 1, length_and_bytes = 2, four_bytes = 5 };

/// Seven bits in each byte, the lowest first; the highest bit says that more follow.
inline void append_varint(std::string& message, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U)
    append_little_endian(message, static_cast<std::uint8_t>((value & 0x7FU) | 0x80U));
  append_little_endian(message, static_cast<std::uint8_t>(value));
}
inline void append_key(std::string& message, unsigned field, WireType type) {
  append_varint(message, field << 3U | static_cast<unsigned>(type));
}
inline void append_double(std::string& message, unsigned field, double value) {
  append_key(message, field, WireType::eight_bytes);
  append_little_endian(message, std::bit_cast<std::uint64_t>(value));
}
inline void append_float(std::string& message, unsigned field, float value) {
  append_key(message, field, WireType::four_bytes);
  append_little_endian(message, std::bit_cast<std::uint32_t>(value));
}
inline void append_integer(std::string& message, unsigned field, Index value) {
  append_key(message, field, WireType::varint);
  append_varint(message, static_cast<std::uint64_t>(value));
}
/// A text, or a message within the message.
inline void append_bytes(std::string& message, unsigned field, std::string_view bytes) {
  append_key(message, field, WireType::length_and_bytes);
  append_varint(message, bytes.size());
  message += bytes;
}

/// A checksum that may stand beside the bytes it covers: the CRC of data that hold their own CRC is no good check.
inline std::uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xA282EAD8U; }

}  // namespace event_file_parts

TSATTN_LIBRARY_FUNCTION std::string event_record(std::string_view data) {
  using event_file_parts::masked_crc;
  std::string bytes;
  append_little_endian(bytes, std::uint64_t{data.size()});
  append_little_endian(bytes, masked_crc(bytes));
  bytes += data;
  append_little_endian(bytes, masked_crc(data));
  return bytes;
}

TSATTN_LIBRARY_FUNCTION std::string version_record(double wall_time) {
  std::string event;
  event_file_parts::append_double(event, 1, wall_time);
  event_file_parts::append_bytes(event, 3, "brain.Event:2");
  return event_record(event);
}

TSATTN_LIBRARY_FUNCTION std::string scalars_record(double wall_time, Index step, std::span<const EventScalar> scalars) {
  using namespace event_file_parts;
  std::string summary;
  for (const EventScalar& scalar : scalars) {
    std::string value;
    append_bytes(value, 1, scalar.tag);
    append_float(value, 2, static_cast<float>(scalar.value));
    append_bytes(summary, 1, value);
  }
  std::string event;
  append_double(event, 1, wall_time);
  append_integer(event, 2, step);
  append_bytes(event, 5, summary);
  return event_record(event);
}

}  // namespace tsattn
