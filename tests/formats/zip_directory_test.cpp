// The directory of a small archive, made by hand. Whole archives, good and hostile, are in npz_test.cpp.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/byte_source.hpp>
#include <tsattn/formats/zip_directory.hpp>

#include "support/io_error.hpp"

namespace {

using namespace tsattn;
using test::bytes_of, test::io_error;

/// Numbers one behind the other.
class Bytes {
 public:
  Bytes& u16(std::uint64_t value) { return append(static_cast<std::uint16_t>(value)); }
  Bytes& u32(std::uint64_t value) { return append(static_cast<std::uint32_t>(value)); }
  Bytes& text(const std::string& value) {
    bytes_ += value;
    return *this;
  }
  operator const std::string&() const { return bytes_; }

 private:
  template <class Unsigned>
  Bytes& append(Unsigned value) {
    append_little_endian(bytes_, value);
    return *this;
  }
  std::string bytes_;
};

struct Entry {
  std::string name, packed;
  std::uint64_t method = 0, size = 0, flags = 0;
};

std::string archive_of(const std::vector<Entry>& entries, const std::string& comment = "") {
  std::string file, directory;
  for (const Entry& e : entries) {
    const std::size_t begin = file.size();
    file += Bytes()
                .u32(0x04034B50)
                .u16(20)
                .u16(e.flags)
                .u16(e.method)
                .u32(0)
                .u32(7)
                .u32(e.packed.size())
                .u32(e.size)
                .u16(e.name.size())
                .u16(0)
                .text(e.name)
                .text(e.packed);
    directory += Bytes()
                     .u32(0x02014B50)
                     .u32(0)
                     .u16(e.flags)
                     .u16(e.method)
                     .u32(0)
                     .u32(7)
                     .u32(e.packed.size())
                     .u32(e.size)
                     .u16(e.name.size())
                     .u16(0)
                     .u16(0)
                     .u16(0)
                     .u16(0)
                     .u32(0)
                     .u32(begin)
                     .text(e.name);
  }
  const std::size_t begin = file.size();
  return file + directory +
         std::string(Bytes()
                         .u32(0x06054B50)
                         .u16(0)
                         .u16(0)
                         .u16(entries.size())
                         .u16(entries.size())
                         .u32(directory.size())
                         .u32(begin)
                         .u16(comment.size())
                         .text(comment));
}

std::vector<ZipEntry> entries_of(const std::string& archive) {
  MemoryBytes memory("read", bytes_of(archive));
  return read_zip_directory(memory);
}

std::string error_of(const std::string& archive) {
  return io_error([&] { entries_of(archive); });
}

TEST_CASE("entries are listed with where their bytes are") {
  const std::string archive = archive_of({{"a.npy", "12345", 0, 5}, {"b", "xyz", 8, 100}}, "PK comment");
  const std::vector<ZipEntry> entries = entries_of(archive);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].name == "a.npy");
  CHECK(entries[0].method == ZipMethod::stored);
  CHECK(entries[0].size == 5);
  CHECK(archive.substr(entries[0].begin, entries[0].packed_size) == "12345");
  CHECK(entries[1].name == "b");
  CHECK(entries[1].method == ZipMethod::deflated);
  CHECK(entries[1].size == 100);
  CHECK(entries[1].crc == 7);
  CHECK(archive.substr(entries[1].begin, entries[1].packed_size) == "xyz");
  CHECK(entries_of(archive_of({})).empty());
}

TEST_CASE("what is no archive, or one of another kind, is told") {
  CHECK(error_of("") ==
        "[read] cannot read bytes in memory: expected the end record of a zip archive, got none in 0 bytes; the file "
        "is cut off or no .npz file");
  CHECK(error_of("\x93NUMPY and so on").ends_with("; this is a .npy file, which load_npy reads"));
  CHECK(error_of(archive_of({{"a", "1", 12, 1}}))
            .ends_with("expected entries that are stored (method 0) or deflated (8), got \"a\" by method 12"));
  CHECK(error_of(archive_of({{"a", "1", 0, 1, 1}})).ends_with("expected no encryption, got the encrypted entry \"a\""));
}

TEST_CASE("a directory that lies about its file is refused") {
  const std::string good = archive_of({{"a", "12", 0, 2}, {"b", "34", 0, 2}});
  CHECK(error_of(good) == "");
  CHECK(error_of("junk" + good).ends_with("has other bytes before it"));
  std::string other = good;
  other[30] = 'c';  // the name in the local header of a
  CHECK(error_of(other).ends_with("the header of the entry \"a\" at position 0, got another; the archive is damaged"));
  other = good;
  other[other.size() - 14] = other[other.size() - 12] = 3;  // the number of entries
  CHECK(error_of(other).ends_with("expected 3 entries, as the end record says, got 2; the archive is damaged"));
  for (std::size_t size = 0; size < good.size(); ++size) CHECK(error_of(good.substr(0, size)) != "");
}

TEST_CASE("entries that share bytes, as those of a zip bomb, are refused") {
  std::string archive = archive_of({{"a", "12", 0, 2}, {"a", "34", 0, 2}});
  const std::size_t second = archive.rfind("PK\x01\x02");
  archive[second + 42] = 0;  // the second entry begins where the first does
  CHECK(error_of(archive).ends_with(
      "expected entries apart, got \"a\" and \"a\" that share bytes; the archive is damaged"));
}

}  // namespace
