#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

/// The bytes of a saved stream: a header that says of which stream, and after how many steps, and then its memory. They
/// are those of the machine: for another process, not for another byte order.
namespace tsattn::stream_state {

/// A hash of what decides whether a state fits a stream: its weights, say.
class Fingerprint {
 public:
  void add(std::uint64_t bits) { hash_ = (std::rotl(hash_, 5) ^ bits) * 0x9E3779B97F4A7C15U; }
  void add(Index value) { add(static_cast<std::uint64_t>(value)); }
  template <class S>
  void add(std::span<const S> values) {
    using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
    for (const S value : values) add(std::uint64_t{std::bit_cast<Bits>(value)});
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0;
};

struct Header {
  std::uint64_t magic, fingerprint;
  std::int64_t steps;
};
inline constexpr std::uint64_t kMagic = 0x74737374726D0001;  // "tsstrm", version 1

inline std::size_t size(std::initializer_list<std::span<const std::byte>> parts) {
  std::size_t size = sizeof(Header);
  for (const std::span<const std::byte> part : parts) size += part.size();
  return size;
}

/// Throws ConfigError unless `out` has room for the header and the parts exactly.
inline void write(std::string_view where, std::uint64_t fingerprint, Index steps,
                  std::initializer_list<std::span<const std::byte>> parts, std::span<std::byte> out) {
  if (out.size() != size(parts))
    fail<ConfigError>(where, "expected room for ", size(parts), " bytes, got ", out.size());
  const Header header{kMagic, fingerprint, steps};
  std::byte* to = out.data();
  std::memcpy(to, &header, sizeof(header));
  to += sizeof(header);
  for (const std::span<const std::byte> part : parts) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
}

/// Fills the parts and returns the steps. Throws DataError, and changes nothing, if `bytes` are no state, or that of
/// another stream than `whose`.
inline Index read(std::string_view where, std::string_view whose, std::uint64_t fingerprint,
                  std::initializer_list<std::span<std::byte>> parts, std::span<const std::byte> bytes) {
  Header header{};
  if (bytes.size() >= sizeof(header)) std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic || header.steps < 0)
    fail<DataError>(where, "expected what save_state gives, got ", bytes.size(), " other bytes");
  std::size_t expected = sizeof(header);
  for (const std::span<std::byte> part : parts) expected += part.size();
  if (header.fingerprint != fingerprint || bytes.size() != expected)
    fail<DataError>(where, "expected the state of ", whose, ", got that of another");
  const std::byte* from = bytes.data() + sizeof(header);
  for (const std::span<std::byte> part : parts) {
    if (!part.empty()) std::memcpy(part.data(), from, part.size());
    from += part.size();
  }
  return header.steps;
}

}  // namespace tsattn::stream_state
