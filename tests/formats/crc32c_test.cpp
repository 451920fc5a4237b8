#include <cstddef>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/formats/crc32c.hpp>

using namespace tsattn;

TEST_CASE("CRC-32C: the examples of RFC 3720, appendix B.4") {
  // The RFC prints the four bytes as they are sent, the lowest first.
  std::string rising(32, '\0'), falling(32, '\0');
  for (std::size_t i = 0; i < 32; ++i) rising[i] = falling[31 - i] = static_cast<char>(i);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(std::string(32, '\xFF')) == 0x62A8AB43);
  CHECK(crc32c(rising) == 0x46DD794E);
  CHECK(crc32c(falling) == 0x113FDB5C);
  std::string read_command(48, '\0');  // an iSCSI SCSI Read (10) Command PDU
  read_command.replace(0, 2, "\x01\xC0");
  read_command[16] = '\x14';
  read_command[22] = '\x04';
  read_command[27] = '\x14';
  read_command[31] = '\x18';
  read_command[32] = '\x28';
  read_command[40] = '\x02';
  CHECK(crc32c(read_command) == 0xD9963A56);
}

TEST_CASE("CRC-32C: the check value of the catalogue of CRC algorithms, and of nothing") {
  CHECK(crc32c("123456789") == 0xE3069283);
  CHECK(crc32c("") == 0);
}
