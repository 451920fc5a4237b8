#include <zlib.h>

#include <cstddef>
#include <fstream>
#include <ios>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/data/csv_gzip.hpp>

#include "support/io_error.hpp"
#include "support/real_data.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;

std::string gzipped(const std::string& text) {
  z_stream stream{};
  REQUIRE(::deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

/// A file of these bytes, whose name says nothing of what they are.
class BytesInFile {
 public:
  Table read(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary) << bytes;
    return read_csv_or_gzip(path_);
  }
  std::string error_of(const std::string& bytes) const {
    const std::string text = io_error([&] { read(bytes); }), start = "[read_csv_or_gzip \"" + path_.string() + "\"] ";
    REQUIRE(text.starts_with(start));
    return text.substr(start.size());
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "table";
};

}  // namespace

TEST_CASE("read_csv_or_gzip: text as it is, compressed, and in several members") {
  const BytesInFile file;
  const std::string text = "a,b\n1,2\n3,4\n";
  for (const std::string& bytes : {text, gzipped(text), gzipped("a,b\n1,") + gzipped("") + gzipped("2\n3,4\n"),
                                   gzipped(text) + std::string(5, '\0')}) {
    const Table table = file.read(bytes);
    CHECK(table.rows() == 2);
    CHECK(table.column("b")(1) == 4);
  }
}

TEST_CASE("read_csv_or_gzip: more than one block") {
  const BytesInFile file;
  std::string text = "a,b\n";
  while (text.size() < 2'000'000) text += std::to_string(text.size()) + ",2\n";
  const Table table = file.read(gzipped(text));
  const Table same = parse_csv(text);
  CHECK(table.rows() == same.rows());
  CHECK(table.column("a") == same.column("a"));
}

TEST_CASE("read_csv_or_gzip: files that are cut off or damaged") {
  const BytesInFile file;
  const std::string packed = gzipped("a,b\n1,2\n3,4\n");
  const std::string cut_off = "expected more compressed bytes, got their end; the file is cut off";
  for (std::size_t size = 2; size < packed.size(); ++size) {
    CAPTURE(size);
    CHECK(file.error_of(packed.substr(0, size)) == cut_off);
  }
  CHECK(file.error_of(packed + packed.substr(0, 9)) == cut_off);
  std::string damaged = packed;
  damaged[packed.size() - 8] = static_cast<char>(damaged[packed.size() - 8] ^ 1);
  CHECK(file.error_of(damaged) == "expected gzip, got damaged bytes: incorrect data check");  // the CRC-32
  damaged = packed;
  damaged[packed.size() - 1] = 1;
  CHECK(file.error_of(damaged) == "expected gzip, got damaged bytes: incorrect length check");
  damaged = packed;
  damaged[2] = 7;
  CHECK(file.error_of(damaged) == "expected gzip, got damaged bytes: unknown compression method");
  CHECK(file.error_of(packed + "abc") == "expected another member or the end of the gzip file, got 3 other bytes");
}

TEST_CASE("read_csv_or_gzip: errors of what is inside") {
  const BytesInFile file;
  CHECK_THROWS_AS(file.read(gzipped("")), DataError);
  CHECK_THROWS_AS(file.read(gzipped("a\nx\n")), DataError);
  CHECK(io_error([] { read_csv_or_gzip("no such file"); }) ==
        "[read_csv_or_gzip \"no such file\"] cannot read the file: No such file or directory");
}

TEST_CASE("read_csv_or_gzip: the weather of Jena in 2020") {
  const auto path = real_file("weather.csv.gz");
  if (!path) return;
  const Table table = read_csv_or_gzip(*path, {.missing_markers = {"-9999"}});
  CHECK(table.rows() == 52696);
  CHECK(table.columns() == 21);
  CHECK(text_of(table.times.front()) == "2020-01-01 00:10:00");
  CHECK(table.column("wv (m/s)").array().isNaN().count() == 1);
  CHECK(table.column("OT")(52695) == 436.5);
}
