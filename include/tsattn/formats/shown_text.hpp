#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text from files in messages and pictures. What a file holds may be in any encoding, or damaged; what is shown is
/// valid UTF-8 that moves no cursor.
namespace tsattn {

namespace shown_text_parts {

/// The bytes of the character at the front of `text`; 0 if it is no well-formed UTF-8 or a control character.
/// Source: The Unicode Standard 15, table 3-7.
inline std::size_t printable_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto is_tail = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
  const unsigned lead = byte(0), second = byte(1);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    const bool is_control = lead == 0xC2 && second < 0xA0;
    return is_tail(1) && !is_control ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool is_overlong = lead == 0xE0 && second < 0xA0, is_surrogate = lead == 0xED && second > 0x9F;
    return is_tail(1) && is_tail(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool is_overlong = lead == 0xF0 && second < 0x90, is_too_large = lead == 0xF4 && second > 0x8F;
    return is_tail(1) && is_tail(2) && is_tail(3) && !is_overlong && !is_too_large ? 4 : 0;
  }
  return 0;
}

}  // namespace shown_text_parts

/// Returns the first `most` characters of `text`, with U+FFFD for every byte that is part of no UTF-8 or a control
/// character, and "..." if there are more.
inline std::string printable_utf8(std::string_view text, std::size_t most = std::string_view::npos) {
  std::string result;
  for (; !text.empty() && most > 0; --most) {
    const std::size_t length = shown_text_parts::printable_length(text);
    result.append(length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return text.empty() ? result : result + "...";
}

/// Returns that text in quotes, for messages.
inline std::string shown_text(std::string_view text, std::size_t most = 60) {
  return '"' + printable_utf8(text, most) + '"';
}

}  // namespace tsattn
