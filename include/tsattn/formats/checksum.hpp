#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace tsattn {

/// A checksum against accidents (not against an adversary) that is as fast as memory: eight lanes of 64-bit words, in
/// each h = rotate((h ^ word) * odd, 29), a step of FNV-1a (Fowler, Noll & Vo 1991) and a rotation. A product leaves a
/// change of the highest bit where it is, and the rotation takes it to one where no number has its sign: so two changed
/// signs cannot cancel, as they would without it, or by 32 where numbers have 32 bits. Every step is one-to-one, so
/// bytes that differ in one word never have the same checksum; others do so with a chance of about 2^-64.
class Checksum {
 public:
  /// Adds `size` bytes. Whatever the pieces, the same bytes in the same order give the same sum.
  void add(const void* bytes, std::size_t size) {
    if (size == 0) return;  // of nothing there may be no address, which memcpy does not take
    const auto* from = static_cast<const unsigned char*>(bytes);
    length_ += size;
    if (pending_ > 0) {
      const std::size_t missing = kBlock - pending_, taken = size < missing ? size : missing;
      std::memcpy(block_.data() + pending_, from, taken);
      pending_ += taken, from += taken, size -= taken;
      if (pending_ < kBlock) return;
      mix(block_.data());
      pending_ = 0;
    }
    for (; size >= kBlock; from += kBlock, size -= kBlock) mix(from);
    if (size > 0) std::memcpy(block_.data(), from, size);
    pending_ = size;
  }

  /// Returns the sum of all that was added, as 16 hexadecimal digits.
  std::string text() const {
    Checksum last = *this;
    if (last.pending_ > 0) {
      std::memset(last.block_.data() + last.pending_, 0, kBlock - last.pending_);
      last.mix(last.block_.data());
    }
    std::uint64_t sum = kStart ^ last.length_;
    for (const std::uint64_t lane : last.lanes_) sum = std::rotl((sum ^ lane) * kOdd, kRotation);
    std::string digits(16, '0');
    for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = "0123456789abcdef"[(sum >> (60 - 4 * i)) & 15U];
    return digits;
  }

 private:
  static constexpr std::size_t kLanes = 8, kBlock = kLanes * sizeof(std::uint64_t);
  static constexpr std::uint64_t kStart = 0xCBF29CE484222325U, kOdd = 0x9E3779B97F4A7C15U;
  static constexpr int kRotation = 29;

  void mix(const unsigned char* block) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::uint64_t word = 0;
      std::memcpy(&word, block + lane * sizeof(word), sizeof(word));
      if constexpr (std::endian::native == std::endian::big) word = reversed(word);
      lanes_[lane] = std::rotl((lanes_[lane] ^ word) * kOdd, kRotation);
    }
  }
  static constexpr std::uint64_t reversed(std::uint64_t word) {
    std::uint64_t result = 0;
    for (int i = 0; i < 8; ++i) result = (result << 8U) | ((word >> (8 * i)) & 0xFFU);
    return result;
  }

  std::array<std::uint64_t, kLanes> lanes_{kStart,     kStart + 1, kStart + 2, kStart + 3,
                                           kStart + 4, kStart + 5, kStart + 6, kStart + 7};
  std::array<unsigned char, kBlock> block_{};
  std::size_t pending_ = 0;  // bytes of the block that are filled
  std::uint64_t length_ = 0;
};

}  // namespace tsattn
