// The bytes of event files. read_tensorboard.py reads whole files back with a reader of its own.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/event_file.hpp>

using namespace tsattn;
using namespace std::string_literals;

namespace {

/// The data of a record whose lengths fit.
std::string data_of(const std::string& record) {
  REQUIRE(record.size() >= 16);
  REQUIRE(from_little_endian<std::uint64_t>(std::as_bytes(std::span(record)).data()) == record.size() - 16);
  return record.substr(12, record.size() - 16);
}

}  // namespace

TEST_CASE("a record: length, its masked CRC, data, their masked CRC") {
  const std::string zeros(32, '\0');
  const std::string record = event_record(zeros);
  REQUIRE(record.size() == 8 + 4 + 32 + 4);
  CHECK(record.substr(0, 8) == "\x20\0\0\0\0\0\0\0"s);
  CHECK(record.substr(12, 32) == zeros);
  // 0x8A9136AA is the CRC of 32 zeros (RFC 3720, B.4)
  const std::uint32_t rotated = (0x8A9136AAU >> 15) | (0x8A9136AAU << 17);
  CHECK(from_little_endian<std::uint32_t>(std::as_bytes(std::span(record)).data() + 44) == rotated + 0xA282EAD8U);
}

TEST_CASE("records that others publish: those in the tests of tensorboard_logger (TeamHG-Memex, 2016)") {
  CHECK(version_record(256.5) ==
        "\x18\0\0\0\0\0\0\0\xA3\x7FK\""s
        "\t\0\0\0\0\0\x08p@\x1A\rbrain.Event:2"s
        "\xBC\x98!+"s);
  const std::array scalar{EventScalar{"v/1", 1.5}};
  CHECK(scalars_record(256.5, 1, scalar) ==
        "\x19\0\0\0\0\0\0\0\x8B\xF1\x08("s
        "\t\0\0\0\0\0\x08p@\x10\x01*\x0C\n\n\n\x03v/1\x15\0\0\xC0?"s
        ",\xEC\xC0\x87"s);
}

TEST_CASE("numbers at a step: varints of one byte and of several") {
  const std::array scalars{EventScalar{"a", 0.5}, EventScalar{"bc", -2}};
  const std::string summary = "\x0A\x08\x0A\x01"s + "a" + "\x15\0\0\0\x3F\x0A\x09\x0A\x02"s + "bc" + "\x15\0\0\0\xC0"s;
  CHECK(data_of(scalars_record(1.5, 5, scalars)) == "\x09\0\0\0\0\0\0\xF8\x3F\x10\x05\x2A\x15"s + summary);
  CHECK(data_of(scalars_record(1.5, 300, scalars)) == "\x09\0\0\0\0\0\0\xF8\x3F\x10\xAC\x02\x2A\x15"s + summary);
}
