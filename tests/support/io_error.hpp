#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tsattn/core/errors.hpp>

namespace tsattn::test {

/// What the IoError of `call` says; "" if there is none.
template <class Call>
std::string io_error(const Call& call) {
  try {
    call();
  } catch (const IoError& error) {
    return error.what();
  }
  return "";
}

/// The bytes of `text`, which must outlive them, for readers of binary formats.
inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace tsattn::test
