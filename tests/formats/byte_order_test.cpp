#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/formats/byte_order.hpp>

#include "support/io_error.hpp"

namespace {

using namespace tsattn;

template <class Unsigned>
Unsigned there_and_back(Unsigned value) {
  std::string bytes;
  append_little_endian(bytes, value);
  REQUIRE(bytes.size() == sizeof(Unsigned));
  return from_little_endian<Unsigned>(test::bytes_of(bytes).data());
}

TEST_CASE("the least significant byte is first, whatever the machine's order") {
  std::string bytes = "x";
  append_little_endian(bytes, std::uint32_t{0x01020384});
  append_little_endian(bytes, std::uint16_t{0x0506});
  append_little_endian(bytes, std::uint8_t{7});
  CHECK(bytes == "x\x84\x03\x02\x01\x06\x05\x07");
  const std::byte* const from = test::bytes_of(bytes).data() + 1;  // at any address
  CHECK(from_little_endian<std::uint32_t>(from) == 0x01020384);
  CHECK(from_little_endian<std::uint16_t>(from + 4) == 0x0506);
  CHECK(from_little_endian<std::uint64_t>(from - 1) == 0x0705060102038478);
}

TEST_CASE_TEMPLATE("every number comes back", Unsigned, std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t) {
  CHECK(there_and_back<Unsigned>(0) == 0);
  CHECK(there_and_back(std::numeric_limits<Unsigned>::max()) == std::numeric_limits<Unsigned>::max());
  for (int bit = 0; bit < std::numeric_limits<Unsigned>::digits; ++bit) {
    const auto power = static_cast<Unsigned>(Unsigned{1} << bit);
    CHECK(there_and_back(power) == power);
  }
}

}  // namespace
