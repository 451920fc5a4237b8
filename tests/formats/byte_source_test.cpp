#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/formats/byte_source.hpp>

#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace byte_source_test {

namespace {

using namespace tsattn;
using test::bytes_of, test::io_error, test::TemporaryFolder;

/// `size` bytes from `position` of what can be read anywhere.
std::string at(RandomAccessBytes& bytes, std::uint64_t position, std::size_t size) {
  std::string text(size, '?');
  bytes.read(position, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string next(ByteSource& source, std::size_t size) {
  std::string text(size, '?');
  source.read(std::as_writable_bytes(std::span(text)));
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST_CASE("a text that is shown is ASCII, in quotes, and short") {
  CHECK(printable("a b~") == "\"a b~\"");
  CHECK(printable(std::string("\n\0\x7F\xC3", 4)) == "\"\\x0a\\x00\\x7f\\xc3\"");
  CHECK(printable(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
  CHECK(printable(std::string(61, 'x')) == '"' + std::string(60, 'x') + "...\"");
}

TEST_CASE("an error says who reads what") {
  const ReadContext context{"load_npy", "\"x.npy\""};
  CHECK(io_error([&] { context.fail("expected ", 3, " bytes"); }) ==
        "[load_npy] cannot read \"x.npy\": expected 3 bytes");
}

TEST_CASE("bytes of a file and bytes in memory are read at any position, in any order") {
  const TemporaryFolder folder;
  write(folder / "digits", "0123456789");
  FileBytes file("reader", folder / "digits");
  const std::string digits = "0123456789";
  MemoryBytes memory("reader", bytes_of(digits));
  for (RandomAccessBytes* const bytes :
       {static_cast<RandomAccessBytes*>(&file), static_cast<RandomAccessBytes*>(&memory)}) {
    CHECK(bytes->size() == 10);
    CHECK(at(*bytes, 7, 3) == "789");
    CHECK(at(*bytes, 0, 2) == "01");
    CHECK(at(*bytes, 2, 2) == "23");  // where the last one ended
    CHECK(at(*bytes, 0, 10) == digits);
    CHECK(at(*bytes, 10, 0).empty());
    const std::string error = io_error([&] { at(*bytes, 8, 3); });
    CHECK(error.ends_with(": expected 3 bytes at position 8, got an end after 10"));
    CHECK(io_error([&] { at(*bytes, 11, 0); }) != "");
    CHECK(io_error([&] { at(*bytes, std::numeric_limits<std::uint64_t>::max(), 2); }) != "");  // no sum overflows
    CHECK(at(*bytes, 3, 1) == "3");  // after an error as before
  }
  CHECK(memory.context().what == "bytes in memory");
  CHECK(io_error([&] { at(memory, 8, 3); }).starts_with("[reader] cannot read bytes in memory: "));
}

TEST_CASE("files that cannot be read are named, with the reason") {
  const TemporaryFolder folder;
  const std::string missing = io_error([&] { FileBytes("reader", folder / "none"); });
  CHECK(missing.starts_with("[reader] cannot read \""));
  CHECK(missing.ends_with("none\": No such file or directory"));
  CHECK(io_error([&] { FileBytes("reader", folder.path()); }) != "");
}

TEST_CASE("a file that becomes shorter while it is open is an error") {
  const TemporaryFolder folder;
  const std::string many(100'000, 'x');  // more than any buffer
  write(folder / "file", many);
  FileBytes file("reader", folder / "file");
  CHECK(at(file, 0, 1) == "x");
  std::filesystem::resize_file(folder / "file", 10);
  CHECK(io_error([&] {
          at(file, 90'000, 10);
        }).ends_with(": expected 100000 bytes, got fewer; the file has become shorter meanwhile"));
}

TEST_CASE("a range of bytes is read once, from its first to its last") {
  const std::string digits = "0123456789";
  MemoryBytes memory("reader", bytes_of(digits));
  RangeSource source({"reader", "the middle"}, memory, 3, 5);
  CHECK(source.remaining() == 5);
  CHECK(next(source, 2) == "34");
  CHECK(next(source, 0).empty());
  CHECK(source.remaining() == 3);
  CHECK(io_error([&] { next(source, 4); }) == "[reader] cannot read the middle: expected 4 more bytes, got only 3");
  CHECK(next(source, 3) == "567");  // what was refused was not taken
  CHECK(source.remaining() == 0);
  CHECK(io_error([&] { next(source, 1); }) != "");
}

/// Counts what it is asked for.
class CountingSource final : public ByteSource {
 public:
  int fetches = 0, ends = 0;
  CountingSource() : ByteSource({"reader", "nothing"}, 4) {}

 private:
  void fetch(std::span<std::byte>) override { ++fetches; }
  void at_end() override { ++ends; }
};

TEST_CASE("a source looks at itself once, at its end, and is not asked for nothing") {
  CountingSource source;
  next(source, 0), next(source, 3);
  CHECK(source.fetches == 1);
  CHECK(source.ends == 0);
  next(source, 1), next(source, 0);
  CHECK(source.fetches == 2);
  CHECK(source.ends == 1);
}

}  // namespace

}  // namespace byte_source_test
