// .npz files: archives that the library writes, and archives made by hand, sound and hostile.

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/formats/array.hpp>
#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/formats/npz.hpp>

#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace npz_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

constexpr std::uint16_t kStored = 0, kDeflated = 8;

template <class Unsigned>
std::string little_endian(Unsigned value) {
  std::string bytes;
  append_little_endian(bytes, value);
  return bytes;
}
std::string u16(std::uint64_t value) { return little_endian(static_cast<std::uint16_t>(value)); }
std::string u32(std::uint64_t value) { return little_endian(static_cast<std::uint32_t>(value)); }
std::string u64(std::uint64_t value) { return little_endian(value); }

std::uint32_t crc_of(const std::string& bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}
std::string deflated(const std::string& bytes) {
  std::string packed(::compressBound(static_cast<uLong>(bytes.size())) + 64, '\0');
  uLongf size = static_cast<uLongf>(packed.size());
  REQUIRE(::compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                      static_cast<uLong>(bytes.size()), 9) == Z_OK);
  return packed.substr(2, size - 6);  // without zlib's header and checksum
}
template <class Value>
std::string npy(const Array<Value>& array) {
  std::ostringstream out;
  write_npy(out, array);
  return out.str();
}

/// An entry of an archive made by hand: a sound one, of which a test changes what it wants.
struct Entry {
  Entry(const std::string& file_name, const std::string& bytes, std::uint16_t how = kStored)
      : name(file_name), method(how), crc(crc_of(bytes)), size(bytes.size()) {
    packed = how == kDeflated ? deflated(bytes) : bytes;
    packed_size = packed.size();
  }

  std::string name;
  std::uint16_t method, flags = 0, disk = 0;
  std::uint32_t crc;
  std::uint64_t size, packed_size;
  std::string packed;
  std::string local_extra, directory_extra, comment, descriptor;
  std::optional<std::string> local_name;
  std::optional<std::uint16_t> local_method;
  std::optional<std::uint32_t> local_crc, local_size;
  std::optional<std::uint64_t> position;
  std::uint32_t local_signature = 0x04034B50, directory_signature = 0x02014B50;
};

struct Archive {
  std::vector<Entry> entries;
  std::string before = {}, between = {}, comment = {};
  std::uint64_t part = 0, directory_part = 0;
  std::optional<std::uint64_t> count = {}, directory_size = {}, directory_begin = {};

  std::string bytes() const {
    std::string all = before;
    std::vector<std::uint64_t> positions;
    for (const Entry& e : entries) {
      positions.push_back(all.size());
      const std::string name = e.local_name.value_or(e.name);
      all += u32(e.local_signature) + u16(20) + u16(e.flags) + u16(e.local_method.value_or(e.method)) + u16(0) +
             u16(33) + u32(e.local_crc.value_or(e.crc)) +
             u32(e.local_size.value_or(static_cast<std::uint32_t>(e.packed_size))) +
             u32(e.local_size.value_or(static_cast<std::uint32_t>(e.size))) + u16(name.size()) +
             u16(e.local_extra.size()) + name + e.local_extra + e.packed + e.descriptor;
    }
    const std::uint64_t begin = all.size();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry& e = entries[i];
      all += u32(e.directory_signature) + u16(20) + u16(20) + u16(e.flags) + u16(e.method) + u16(0) + u16(33) +
             u32(e.crc) + u32(e.packed_size) + u32(e.size) + u16(e.name.size()) + u16(e.directory_extra.size()) +
             u16(e.comment.size()) + u16(e.disk) + u16(0) + u32(0) + u32(e.position.value_or(positions[i])) + e.name +
             e.directory_extra + e.comment;
    }
    const std::uint64_t size = all.size() - begin;
    all += between;
    return all + u32(0x06054B50) + u16(part) + u16(directory_part) + u16(count.value_or(entries.size())) +
           u16(count.value_or(entries.size())) + u32(directory_size.value_or(size)) +
           u32(directory_begin.value_or(begin)) + u16(comment.size()) + comment;
  }
};

const Array<double> kSmall{{2, 2}, {1, 2.5, -3, 4}};
const Array<float> kOther{{3}, {7, 8, 9}};

/// Two sound entries, "a" stored and "b" deflated.
Archive two() { return {.entries = {{"a.npy", npy(kSmall)}, {"b.npy", npy(kOther), kDeflated}}}; }

NamedArrays parse(const std::string& bytes) { return read_npz(bytes_of(bytes)); }
/// What the IoError says after the name of the function.
std::string parse_error(const Archive& archive) {
  const std::string bytes = archive.bytes();
  const std::string text = io_error([&] { parse(bytes); }), start = "[read_npz] cannot read bytes in memory";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

void check_two(const std::string& bytes) {
  const NamedArrays arrays = parse(bytes);
  REQUIRE(arrays.size() == 2);
  CHECK(arrays.at("a").shape == kSmall.shape);
  CHECK(arrays.at("a").values == kSmall.values);
  CHECK(arrays.at("b").shape == kOther.shape);
  CHECK(arrays.at("b").values == std::vector<double>{7, 8, 9});
}

template <class Value>
Array<Value> filled(const std::vector<Index>& shape) {
  Array<Value> array{shape, {}};
  Index size = 1;
  for (const Index length : shape) size *= length;
  for (Index i = 0; i < size; ++i) array.values.push_back(static_cast<Value>(i % 7 == 0 ? 0 : 3 * i - 20));
  return array;
}

TEST_CASE_TEMPLATE("arrays of every dtype come back under their names", Value, float, double, std::int32_t,
                   std::int64_t, bool) {
  const TemporaryFolder folder;
  std::map<std::string, Array<Value>> arrays;
  for (const std::string name : {"weights", "", "a b",
                                 "gr\xC3\xB6\xC3\x9F"
                                 "e",
                                 "sub/x", "a.npy", ".npy", "\x01\n\""})
    arrays[name] = filled<Value>({2, static_cast<Index>(name.size()), 3});
  arrays["single"] = filled<Value>({});
  arrays["large"] = filled<Value>({300, 500});  // more than all buffers hold
  for (const NpzCompression compression : {NpzCompression::stored, NpzCompression::deflated})
    for (const bool is_empty : {false, true}) {
      const std::map<std::string, Array<Value>> saved = is_empty ? std::map<std::string, Array<Value>>() : arrays;
      save_npz(folder / "a.npz", saved, compression);
      const std::map<std::string, Array<Value>> loaded = load_npz<Value>(folder / "a.npz");
      REQUIRE(loaded.size() == saved.size());
      for (const auto& item : saved) {
        CAPTURE(item.first);
        REQUIRE(loaded.count(item.first) == 1);
        CHECK(loaded.at(item.first).shape == item.second.shape);
        CHECK(loaded.at(item.first).values == item.second.values);
      }
      CHECK(folder.files() == 1);
    }
}

TEST_CASE("without a type, every number comes back as double") {
  const TemporaryFolder folder;
  save_npz(folder / "a.npz", std::map<std::string, Array<float>>{{"x", kOther}});
  const NamedArrays arrays = load_npz(folder / "a.npz");
  CHECK(arrays.at("x").values == std::vector<double>{7, 8, 9});
}

TEST_CASE("equal arrays give equal files, and compressed ones are smaller") {
  const TemporaryFolder folder;
  const NamedArrays arrays = {{"zeros", {{100'000}, std::vector<double>(100'000)}}};
  save_npz(folder / "a.npz", arrays, NpzCompression::deflated);
  save_npz(folder / "b.npz", arrays, NpzCompression::deflated);
  save_npz(folder / "c.npz", arrays);
  CHECK(read(folder / "a.npz") == read(folder / "b.npz"));
  CHECK(fs::file_size(folder / "a.npz") < 2000);
  CHECK(fs::file_size(folder / "c.npz") > 800'000);
  CHECK(load_npz(folder / "a.npz").at("zeros").values == arrays.at("zeros").values);
}

TEST_CASE("what stands before and after an entry, for programs that read no directory") {
  const TemporaryFolder folder;
  const std::string bytes = npy(kSmall);
  const auto header = [](std::uint16_t flags, std::uint16_t method, std::uint32_t crc, std::uint64_t size) {
    return u32(0x04034B50) + u16(45) + u16(flags) + u16(method) + u16(0) + u16(33) + u32(crc) + u32(0xFFFFFFFF) +
           u32(0xFFFFFFFF) + u16(5) + u16(20) + "a.npy" + u16(1) + u16(16) + u64(size) + u64(size);
  };
  save_npz(folder / "a.npz", NamedArrays{{"a", kSmall}});
  CHECK(read(folder / "a.npz").starts_with(header(0, kStored, crc_of(bytes), bytes.size()) + bytes + "PK\x01\x02"));

  save_npz(folder / "a.npz", NamedArrays{{"a", kSmall}}, NpzCompression::deflated);
  const std::string all = read(folder / "a.npz"), start = header(8, kDeflated, 0, 0);
  CHECK(all.starts_with(start));
  const std::size_t end = all.find("PK\x01\x02"), descriptor = end - 24;
  CHECK(all.substr(descriptor, 24) ==
        u32(0x08074B50) + u32(crc_of(bytes)) + u64(descriptor - start.size()) + u64(bytes.size()));
}

TEST_CASE("more entries than the end record can count") {
  const TemporaryFolder folder;
  for (const int count : {65534, 65536}) {
    std::map<std::string, Array<bool>> arrays;
    for (int i = 0; i < count; ++i) arrays[std::to_string(i)] = {{}, {i % 3 == 0}};
    save_npz(folder / "a.npz", arrays);
    const std::string bytes = read(folder / "a.npz");
    const bool has_zip64_end = bytes.substr(bytes.size() - 42, 4) == "PK\x06\x07";
    CHECK(has_zip64_end == (count >= 65535));
    const std::map<std::string, Array<bool>> loaded = load_npz<bool>(folder / "a.npz");
    CHECK(loaded.size() == arrays.size());
    CHECK(std::equal(loaded.begin(), loaded.end(), arrays.begin(), arrays.end(), [](const auto& a, const auto& b) {
      return a.first == b.first && a.second.values == b.second.values;
    }));
  }
}

TEST_CASE("what cannot be written is refused before anything is") {
  const TemporaryFolder folder;
  const auto save = [&](const NamedArrays& arrays) { save_npz(folder / "a.npz", arrays); };
  CHECK_THROWS_WITH_AS(save({{"a", {{1}, {1}}}, {"b", {{2, 3}, {1}}}}),
                       "[save_npz, array \"b\"] expected 6 values for the shape (2, 3), got 1", ShapeError);
  CHECK_THROWS_WITH_AS(save({{"a", {{-1}, {}}}}),
                       "[save_npz, array \"a\"] expected a shape of lengths from 0 to what memory holds, got (-1,)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(save({{std::string(65532, 'a'), {{}, {1}}}}),
                       "[save_npz] expected names of at most 65531 bytes, got one of 65532", ConfigError);
  CHECK_THROWS_WITH_AS(save({{std::string("a\0b", 3), {{}, {1}}}}),
                       "[save_npz] expected names without zero bytes, got \"a\\x00b\"", ConfigError);
  CHECK(folder.files() == 0);
  save({{std::string(65531, 'a'), {{}, {1}}}});
  CHECK(load_npz(folder / "a.npz").count(std::string(65531, 'a')) == 1);
}

TEST_CASE("archives of other writers") {
  check_two(two().bytes());
  CHECK(parse(Archive{}.bytes()).empty());

  Archive commented = two();
  commented.comment = "an archive PK\x05\x06 with a comment";
  commented.entries[0].comment = "and an entry with one";
  check_two(commented.bytes());
  commented.comment = std::string(65535, 'c');
  check_two(commented.bytes());
  commented.comment =
      std::string("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22) + '.';  // whose end is not the file's
  check_two(commented.bytes());

  Archive described = two();  // by data descriptors, with a signature and without
  for (Entry& e : described.entries) {
    e.flags = 8;
    e.local_crc = e.local_size = 0;
    e.descriptor = u32(e.crc) + u32(e.packed_size) + u32(e.size);
  }
  described.entries[0].descriptor.insert(0, "PK\x07\x08");
  check_two(described.bytes());

  Archive zip64 = two();
  zip64.entries[0].local_extra = u16(1) + u16(16) + u64(zip64.entries[0].size) + u64(zip64.entries[0].packed_size);
  zip64.entries[0].local_size = 0xFFFFFFFF;
  const std::uint64_t sizes[] = {zip64.entries[1].size, zip64.entries[1].packed_size};
  zip64.entries[1].directory_extra = u16(0xCAFE) + u16(3) + "abc" + u16(1) + u16(16) + u64(sizes[0]) + u64(sizes[1]);
  zip64.entries[1].size = zip64.entries[1].packed_size = 0xFFFFFFFF;
  check_two(zip64.bytes());
  // of the position alone
  zip64.entries[0].position = 0xFFFFFFFF;
  zip64.entries[0].directory_extra = u16(1) + u16(8) + u64(0);
  check_two(zip64.bytes());

  Archive apart = two();
  apart.before = "bytes that are nobody's";
  check_two(apart.bytes());
  std::swap(apart.entries[0], apart.entries[1]);
  check_two(apart.bytes());
}

/// The zip64 end record and its locator, for a directory that ends at `end`.
std::string zip64_end(std::uint64_t end, std::uint64_t count, std::uint64_t size) {
  return u32(0x06064B50) + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(count) + u64(count) + u64(size) +
         u64(end - size) + u32(0x07064B50) + u32(0) + u64(end) + u32(1);
}

TEST_CASE("the zip64 end record") {
  const std::string plain = two().bytes();
  const std::uint64_t end = plain.size() - 22, size = 2 * (46 + 5);
  Archive archive = two();
  archive.between = zip64_end(end, 2, size);
  archive.count = 0xFFFF;
  check_two(archive.bytes());
  archive.directory_begin = archive.directory_size = 0xFFFFFFFF;
  check_two(archive.bytes());

  const std::string damaged = "; the archive is damaged";
  const auto error = [&](const std::string& between) {
    archive.between = between;
    return parse_error(archive);
  };
  CHECK(error(zip64_end(end, 3, size)) == ": expected 3 entries, as the end record says, got 2" + damaged);
  CHECK(error(zip64_end(end, 2, size - 1)) == ": expected a header of the zip directory, got other bytes" + damaged);
  CHECK(error(zip64_end(end, 2, size).replace(48, 8, u64(~std::uint64_t{0}))) ==
        ": expected a directory that ends at position " + std::to_string(end) +
            ", got 102 bytes at position 18446744073709551615; the archive "
            "is damaged or has other bytes before it");
  CHECK(error(zip64_end(end, 2, size).replace(64, 8, u64(end - 1))) ==
        ": expected the zip64 end record at position " + std::to_string(end - 1) + damaged);
  CHECK(error(zip64_end(end, 2, size).replace(64, 8, u64(~std::uint64_t{0}))) ==
        ": expected 56 bytes at position 18446744073709551615, got an end after " + std::to_string(end + 76 + 22));
  CHECK(error(zip64_end(end, 2, size).replace(16, 4, u32(1))) == ": expected an archive in one part, got several");
}

TEST_CASE("what is wrong with an archive is told") {
  const std::string damaged = "; the archive is damaged", one_part = ": expected an archive in one part, got part ";
  Archive archive = two();
  Entry &a = archive.entries[0], &b = archive.entries[1];
  const std::uint64_t directory = archive.bytes().size() - 22 - 2 * (46 + 5);  // where it begins
  const std::string begin = std::to_string(directory), end = std::to_string(directory + 102);
  std::string expected;
  SUBCASE("another name") {
    a.name = "a.txt";
    expected = ": expected entries whose names end in .npy, got \"a.txt\"";
  }
  SUBCASE("a folder") {
    a.name = "a.npy/";
    expected = ": expected entries whose names end in .npy, got \"a.npy/\"";
  }
  SUBCASE("one name twice") {
    b.name = "a.npy";
    expected = ": expected different names, got \"a\" twice";
  }
  SUBCASE("encrypted") {
    b.flags = 1;
    expected = ": expected no encryption, got the encrypted entry \"b.npy\"";
  }
  SUBCASE("another method") {
    b.method = 14;
    expected = ": expected entries that are stored (method 0) or deflated (8), got \"b.npy\" by method 14";
  }
  SUBCASE("several parts") {
    archive.part = archive.directory_part = 1;
    expected = one_part + "2 of several";
  }
  SUBCASE("the directory in another part") {
    archive.directory_part = 1;
    expected = one_part + "1 of several";
  }
  SUBCASE("an entry in another part") {
    b.disk = 3;
    expected = one_part + "4";
  }
  SUBCASE("a wrong count") {
    archive.count = 1;
    expected = ": expected 1 entries, as the end record says, got 2" + damaged;
  }
  SUBCASE("65535 entries, it says, and there is no zip64 record") {
    archive.count = 65535;
    expected = ": expected 65535 entries, as the end record says, got 2" + damaged;
  }
  SUBCASE("a directory elsewhere") {
    archive.directory_begin = 5;
    expected = ": expected a directory that ends at position " + end + ", got 102 bytes at position 5" + damaged +
               " or has other bytes before it";
  }
  SUBCASE("a directory behind the end") {
    archive.directory_begin = 0xFFFFFFFF;
    expected = ": expected a directory that ends at position " + end + ", got 102 bytes at position 4294967295" +
               damaged + " or has other bytes before it";
  }
  SUBCASE("a directory that is longer") {
    archive.directory_size = 103;
    expected = ": expected a directory that ends at position " + end + ", got 103 bytes at position " + begin +
               damaged + " or has other bytes before it";
  }
  SUBCASE("bytes before all of it, of which the directory knows nothing") {
    archive.before = "0123";
    archive.directory_begin = directory;
    expected = ": expected a directory that ends at position " + std::to_string(directory + 106) +
               ", got 102 bytes at position " + begin + damaged + " or has other bytes before it";
  }
  SUBCASE("another thing in the directory") {
    b.directory_signature = 0;
    expected = ": expected a header of the zip directory, got other bytes" + damaged;
  }
  SUBCASE("a directory header that is cut off") {
    archive.entries.pop_back();
    archive.between = u32(0x02014B50) + "123";
    archive.directory_size = 46 + 5 + 7;
    expected = ": expected 4 more bytes of a zip header, got 3" + damaged;
  }
  SUBCASE("an extra field that is cut off") {
    b.directory_extra = u16(1) + u16(16) + "12345678";
    expected = ": expected 16 more bytes of a zip header, got 8" + damaged;
  }
  SUBCASE("a zip64 field with too few numbers") {
    b.directory_extra = u16(1) + u16(8) + u64(140);
    b.size = b.packed_size = 0xFFFFFFFF;
    expected = ": expected 8 more bytes of a zip header, got 0" + damaged;
  }
  SUBCASE("no local header") {
    b.local_signature = 0x08074B50;
    expected = ": expected the header of the entry \"b.npy\" at position 195, got another" + damaged;
  }
  SUBCASE("the local header of another") {
    b.local_name = "c.npy";
    expected = ": expected the header of the entry \"b.npy\" at position 195, got another" + damaged;
  }
  SUBCASE("another method in the local header") {
    b.local_method = kStored;
    expected = ": expected the header of the entry \"b.npy\" at position 195, got another" + damaged;
  }
  SUBCASE("an entry that reaches into the directory") {
    b.packed_size = 300;
    expected = ": expected the entry \"b.npy\" with 300 bytes at position 230 to lie before the directory, at " +
               begin + damaged;
  }
  SUBCASE("an entry that reaches into the next") {
    a.packed_size = a.size = 161;
    expected = ": expected entries apart, got \"a.npy\" and \"b.npy\" that share bytes" + damaged;
  }
  SUBCASE("two entries with the same bytes") {
    b = a;
    b.position = 0;
    expected = ": expected entries apart, got \"a.npy\" and \"a.npy\" that share bytes" + damaged;
  }
  SUBCASE("an entry in the directory") {
    b.position = directory;
    expected = ": expected the entry \"b.npy\" with 30 bytes at position " + begin +
               " to lie before the directory, at " + begin + damaged;
  }
  SUBCASE("an entry beyond 64 bits") {
    b.position = 0xFFFFFFFF;
    b.directory_extra = u16(1) + u16(8) + u64(~std::uint64_t{0});
    expected =
        ": expected the entry \"b.npy\" with 30 bytes at position 18446744073709551615 to lie before the directory, "
        "at " +
        begin + damaged;
  }
  SUBCASE("packed bytes beyond 64 bits") {
    b.packed_size = 0xFFFFFFFF;
    b.directory_extra = u16(1) + u16(8) + u64(~std::uint64_t{0} - 200);
    expected =
        ": expected the entry \"b.npy\" with 18446744073709551415 bytes at position 230 to lie before the directory, "
        "at " +
        begin + damaged;
  }
  SUBCASE("a stored entry with two sizes") {
    a.size = 159;
    expected = ", array \"a\": expected 160 bytes, as many as are stored, got 159 in the directory" + damaged;
  }
  SUBCASE("a wrong CRC-32, stored") {
    a.crc = 0x1234abcd;
    std::ostringstream sum;
    sum << std::hex << crc_of(npy(kSmall));
    expected = ", array \"a\": expected the CRC-32 0x1234abcd, got 0x" + sum.str() + "; the bytes are damaged";
  }
  SUBCASE("a wrong CRC-32, deflated") {
    b.crc = 0;
    std::ostringstream sum;
    sum << std::hex << crc_of(npy(kOther));
    expected = ", array \"b\": expected the CRC-32 0x0, got 0x" + sum.str() + "; the bytes are damaged";
  }
  SUBCASE("an array that is no .npy file") {
    a = Entry("a.npy", "numbers: 1, 2, 3");
    expected = ", array \"a\": expected a .npy file, which begins with \"\\x93NUMPY\", got \"number\"";
  }
  SUBCASE("an empty entry") {
    a = Entry("a.npy", "");
    expected = ", array \"a\": expected 8 bytes of a .npy file's magic string and version, got 0; it is cut off";
  }
  SUBCASE("an array that is larger than the directory says") {
    b = Entry("b.npy", npy(kOther).substr(0, 136), kDeflated);
    expected =
        ", array \"b\": expected the numbers of an array (3,) of float32, got only 8 bytes; it is cut off or damaged";
  }
  CHECK(parse_error(archive) == expected);
}

TEST_CASE("what is unpacked is bounded before it is") {
  const Array<float> zeros{{1'000'000}, std::vector<float>(1'000'000)};
  const std::string bytes = npy(zeros);
  Archive archive{.entries = {{"z.npy", bytes, kDeflated}}};
  Entry& z = archive.entries[0];
  CHECK(bytes.size() / z.packed_size > 900);  // nearly what deflate can give, and no error
  CHECK(parse(archive.bytes()).at("z").values == std::vector<double>(1'000'000));

  SUBCASE("a size that deflate cannot give") {
    z.size = z.packed_size * 1033 + 1;
    CHECK(parse_error(archive) == ", array \"z\": expected at most 1032 times the " + std::to_string(z.packed_size) +
                                      " compressed bytes, got " + std::to_string(z.size) +
                                      " in the directory; the archive is damaged");
    z.directory_extra = u16(1) + u16(8) + u64(~std::uint64_t{0});
    z.size = 0xFFFFFFFF;
    CHECK(parse_error(archive) ==
          ", array \"z\": expected at most 1032 times the " + std::to_string(z.packed_size) +
              " compressed bytes, got 18446744073709551615 in the directory; the archive is damaged");
  }
  SUBCASE("an array that is larger than the directory says") {
    z.size -= 4;
    CHECK(
        parse_error(archive) ==
        ", array \"z\": expected the numbers of an array (1000000,) of float32, got only 3999996 bytes; it is cut off "
        "or damaged");
  }
  SUBCASE("more compressed bytes than array and directory say") {
    archive.entries = {{"z.npy", bytes + std::string(100'000, '\0'), kDeflated}};
    archive.entries[0].size = bytes.size();
    CHECK(parse_error(archive) == ", array \"z\": expected the end of the compressed bytes, got more");
  }
  SUBCASE("fewer of them") {
    archive.entries = {{"z.npy", bytes.substr(0, bytes.size() - 4), kDeflated}};
    archive.entries[0].size = bytes.size();
    CHECK(parse_error(archive) == ", array \"z\": expected 4 more bytes after decompression, got an end");
  }
  SUBCASE("other bytes behind them") {
    z.packed += "12345";
    z.packed_size += 5;
    CHECK(parse_error(archive) == ", array \"z\": expected nothing after the compressed bytes, got 5 bytes");
  }
  SUBCASE("compressed bytes that are cut off") {
    z.packed.pop_back();
    z.packed_size -= 1;
    CHECK(parse_error(archive) == ", array \"z\": expected more compressed bytes, got their end");
  }
  SUBCASE("bytes that are not deflated") {
    z.packed[0] = '\x07';
    CHECK(parse_error(archive) == ", array \"z\": expected deflated bytes, got damaged ones: invalid block type");
  }
}

TEST_CASE("an archive that is cut off anywhere is an error") {
  const std::string bytes = two().bytes();
  check_two(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    // a vector's own memory, so that the address sanitizer sees every step too far
    const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<Index>(size));
    CHECK(io_error([&] { read_npz(std::as_bytes(std::span(part))); }) ==
          "[read_npz] cannot read bytes in memory: expected the end record of a zip archive, got none in " +
              std::to_string(size) + " bytes; the file is cut off or no .npz file");
  }
}

TEST_CASE("a byte that is changed anywhere gives the same arrays or an IoError") {
  const std::string good = two().bytes();
  std::size_t errors = 0;
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ (1U << static_cast<unsigned>(bit)));
      CAPTURE(i);
      std::map<std::string, Array<double>> arrays;
      if (io_error([&] { arrays = parse(bytes); }) != "") {
        ++errors;
        continue;
      }
      // No checksum guards the names; of the rest only what nobody reads can change, such as the time.
      REQUIRE(arrays.size() == 2);
      CHECK(arrays.begin()->second.values == kSmall.values);
      CHECK(arrays.rbegin()->second.values == std::vector<double>{7, 8, 9});
    }
  CHECK(errors > good.size() * 8 / 3 * 2);
}

TEST_CASE("a file that cannot be read is named, with the reason") {
  const TemporaryFolder folder;
  const auto error = [&] { return io_error([&] { load_npz(folder / "a.npz"); }); };
  const std::string start = "[load_npz] cannot read \"" + (folder / "a.npz").string() + '"';
  CHECK(error() == start + ": " + std::make_error_code(std::errc::no_such_file_or_directory).message());
  save_npy(folder / "a.npz", kSmall);
  CHECK(error() == start +
                       ": expected the end record of a zip archive, got none in 160 bytes; this is a .npy file, which "
                       "load_npy reads");
  const auto save = [&](const Archive& archive) {
    std::ofstream(folder / "a.npz", std::ios::binary) << archive.bytes();
  };
  Archive archive = two();
  save(archive);
  check_two(read(folder / "a.npz"));
  CHECK(error() == "");
  archive.entries[1] = Entry("b.npy", npy(Array<double>{{1}, {1e300}}), kDeflated);
  save(archive);
  CHECK(io_error([&] { load_npz<float>(folder / "a.npz"); }) ==
        start + ", array \"b\": expected values that float32 can hold, got 1e+300 as value 0 of the file's 1");
}

}  // namespace
}  // namespace npz_test
