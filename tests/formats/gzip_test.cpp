#include <zlib.h>

#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/gzip.hpp>

namespace {

using namespace tsattn;

/// "hello, hello", as `gzip -n9` writes it.
const std::string kHello("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x00\x51\x00", 21);

std::string hello() {
  std::string member = kHello;
  const uLong sum = ::crc32(0, reinterpret_cast<const Bytef*>("hello, hello"), 12);
  for (unsigned shift = 0; shift < 32; shift += 8) member.push_back(static_cast<char>((sum >> shift) & 0xFFU));
  return member + std::string("\x0c\0\0\0", 4);
}

TEST_CASE("members one after the other, and the zeros that tapes leave") {
  CHECK(is_gzip(hello()));
  CHECK_FALSE(is_gzip("hello"));
  CHECK(gunzip("here", hello()) == "hello, hello");
  CHECK(gunzip("here", hello() + hello() + std::string(5, '\0')) == "hello, hellohello, hello");
}

TEST_CASE("bytes that are cut off, damaged or follow") {
  const std::string whole = hello();
  CHECK_THROWS_WITH_AS(gunzip("here", whole.substr(0, whole.size() - 1)),
                       "[here] expected more compressed bytes, got their end; the file is cut off", IoError);
  std::string damaged = whole;
  damaged[22] = static_cast<char>(damaged[22] ^ 1);
  CHECK_THROWS_WITH_AS(gunzip("here", damaged), "[here] expected gzip, got damaged bytes: incorrect data check",
                       IoError);
  CHECK_THROWS_WITH_AS(gunzip("here", whole + "abc"),
                       "[here] expected another member or the end of the gzip file, got 3 other bytes", IoError);
}

}  // namespace
