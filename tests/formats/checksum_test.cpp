#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/formats/checksum.hpp>

namespace {

using namespace tsattn;

std::string checksum(const std::string& bytes) {
  Checksum sum;
  sum.add(bytes.data(), bytes.size());
  return sum.text();
}

std::string random_bytes(std::size_t size) {
  Random random(size);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.bits() >> 56U);
  return bytes;
}

std::string with_flipped(std::string bytes, std::initializer_list<std::size_t> bits) {
  for (const std::size_t bit : bits) bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

/// The definition in docs/model_file.md, word by word of bytes that are filled up with zeros.
std::string checksum_by_definition(std::string bytes) {
  constexpr std::uint64_t kStart = 0xCBF29CE484222325, kOdd = 0x9E3779B97F4A7C15;
  const auto step = [](std::uint64_t sum, std::uint64_t word) {
    const std::uint64_t product = (sum ^ word) * kOdd;
    return (product << 29) | (product >> 35);
  };
  const std::uint64_t length = bytes.size();
  while (bytes.size() % 64 != 0) bytes += '\0';
  std::array<std::uint64_t, 8> lanes{};
  for (std::uint64_t i = 0; i < 8; ++i) lanes[i] = kStart + i;
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 8; i-- > 0;) word = word * 256 + static_cast<unsigned char>(bytes[at + i]);
    lanes[at / 8 % 8] = step(lanes[at / 8 % 8], word);
  }
  std::uint64_t sum = kStart ^ length;
  for (const std::uint64_t lane : lanes) sum = step(sum, lane);
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(sum >> shift) & 15];
  return digits;
}

TEST_CASE("the checksum is the one that is documented, for every length") {
  for (std::size_t size = 0; size < 300; ++size)
    CHECK(checksum(random_bytes(size)) == checksum_by_definition(random_bytes(size)));
  CHECK(checksum(random_bytes(100'003)) == checksum_by_definition(random_bytes(100'003)));
}

TEST_CASE("files hold checksums, so these may never change") {
  CHECK(checksum("") == "afea29d8a58670d3");
  CHECK(checksum("a") == "63075a9c62f22607");
  CHECK(checksum("The quick brown fox jumps over the lazy dog, and then it does the same once more.") ==
        "30b3e77198f6ba39");
}

TEST_CASE("the pieces in which bytes come do not matter") {
  const std::string bytes = random_bytes(1000), expected = checksum(bytes);
  for (const std::size_t piece : {1U, 7U, 8U, 63U, 64U, 65U, 128U, 999U}) {
    Checksum sum;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      sum.add(bytes.data() + at, std::min(piece, bytes.size() - at));
      sum.add(nullptr, 0);
    }
    CHECK(sum.text() == expected);
    CHECK(sum.text() == expected);  // asking changes nothing
  }
}

TEST_CASE("every changed bit, zeros at the end, swapped words and any two changed signs change it") {
  const std::string bytes = random_bytes(200), expected = checksum(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) CHECK(checksum(with_flipped(bytes, {bit})) != expected);
  for (std::size_t zeros = 1; zeros < 130; ++zeros) CHECK(checksum(bytes + std::string(zeros, '\0')) != expected);
  for (std::size_t a = 0; a + 8 <= bytes.size(); a += 8)
    for (std::size_t b = a + 8; b + 8 <= bytes.size(); b += 8) {
      std::string swapped = bytes;
      std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(a),
                       swapped.begin() + static_cast<std::ptrdiff_t>(a) + 8,
                       swapped.begin() + static_cast<std::ptrdiff_t>(b));
      CHECK(checksum(swapped) != expected);
    }
  for (const std::size_t width : {16U, 32U, 64U})  // of a number, whose sign is its last bit
    for (std::size_t a = width - 1; a < 8 * bytes.size(); a += width)
      for (std::size_t b = a + width; b < 8 * bytes.size(); b += width)
        CHECK(checksum(with_flipped(bytes, {a, b})) != expected);
}

}  // namespace
