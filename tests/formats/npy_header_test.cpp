// The text before the numbers. Whole files, good and bad, are in npy_test.cpp.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/formats/byte_source.hpp>
#include <tsattn/formats/npy_header.hpp>

#include "support/io_error.hpp"

namespace {

using namespace tsattn;
using test::bytes_of, test::io_error;

NpyHeader header_of(const std::string& file) {
  MemoryBytes memory("read", bytes_of(file));
  RangeSource source({"read", "it"}, memory, 0, file.size());
  return read_npy_header(source);
}

/// A file of version 1.0 with that dictionary.
std::string file_of(const std::string& text) {
  std::string file("\x93NUMPY\x01\x00", 8);
  append_little_endian(file, static_cast<std::uint16_t>(text.size()));
  return file + text;
}

TEST_CASE("every header that is written is read, and the numbers begin at a multiple of 64 bytes") {
  for (const NpyType type : {NpyType::float32, NpyType::float64, NpyType::int32, NpyType::int64, NpyType::boolean})
    for (const std::vector<Index>& shape :
         {std::vector<Index>{}, {0}, {7}, {2, 3}, {123456789, 1, 1}, std::vector<Index>(64, 1)}) {
      const std::string written = npy_header(type, shape);
      CAPTURE(written);
      CHECK(written.size() % 64 == 0);
      CHECK(written.back() == '\n');
      const std::string file = written + "numbers";
      MemoryBytes memory("read", bytes_of(file));
      RangeSource source({"read", "it"}, memory, 0, file.size());
      const NpyHeader header = read_npy_header(source);
      CHECK(header.type == type);
      CHECK(header.shape == shape);
      CHECK(!header.is_reversed);
      CHECK(!header.fortran_order);
      CHECK(source.remaining() == 7);
    }
}

TEST_CASE("a header is Python: keys in any order, either quote, blanks, with or without a last comma") {
  const NpyHeader header = header_of(file_of("{ \"shape\":(3,) ,'fortran_order' : True, 'descr': 'f8'}  \n"));
  CHECK(header.type == NpyType::float64);
  CHECK(header.fortran_order);
  CHECK(header.shape == std::vector<Index>{3});
}

TEST_CASE("numbers in the other byte order are told apart; of one byte there is no other") {
  const char other = npy_parts::kNativeOrder == '<' ? '>' : '<';
  const auto of = [](const std::string& descr) {
    return header_of(file_of("{'descr': '" + descr + "', 'fortran_order': False, 'shape': ()}"));
  };
  CHECK(of(std::string(1, other) + "f4").is_reversed);
  CHECK(!of(std::string(1, npy_parts::kNativeOrder) + "f4").is_reversed);
  CHECK(!of("=f4").is_reversed);
  CHECK(!of(std::string(1, other) + "b1").is_reversed);
}

TEST_CASE("what is wrong with a header is told") {
  const auto error = [](const std::string& text) { return io_error([&] { header_of(file_of(text)); }); };
  CHECK(error("{'descr': '<f2', 'fortran_order': False, 'shape': ()}") ==
        "[read] cannot read it: expected an array of dtype float32, float64, int32, int64 or bool, got \"<f2\"; "
        "numpy.save(..., x.astype('float32')) writes one");
  CHECK(error("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}") ==
        "[read] cannot read it: expected ',' at position 52 of the header, got \")}\"");
  CHECK(error("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}") ==
        "[read] cannot read it: expected True or False at position 34 of the header, got \"0, 'shape': ()}\"");
  CHECK(error("{'descr': '<f4', 'shape': ()}") ==
        "[read] cannot read it: expected the key 'fortran_order' in the header, got \"{'descr': '<f4', 'shape': ()}\"");
  CHECK(error("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}").find("a length of at least 0") !=
        std::string::npos);
  CHECK(error("{'descr': '<f4', 'descr': '<f4'}").find("each once") != std::string::npos);
  CHECK(error("").ends_with("expected '{' at position 0 of the header, got its end"));
}

TEST_CASE("what is no .npy file is told") {
  CHECK(io_error([] { header_of("PK\x03\x04 an archive"); }).ends_with("; load_npz reads such a file"));
  CHECK(io_error([] { header_of("\x93NUMP"); }).ends_with("; it is cut off"));
  CHECK(io_error([] {
          header_of(std::string("\x93NUMPY\x04\x00\x00\x00", 10));
        }).ends_with("expected version 1.0, 2.0 or 3.0 of the .npy format, got 4.0"));
}

TEST_CASE("the number of values of a shape, and none for more bytes than memory has") {
  using npy_parts::value_count;
  CHECK(value_count({}, 8) == 1);
  CHECK(value_count({2, 3}, 8) == 6);
  CHECK(value_count({2, 0, 3}, 8) == 0);
  CHECK(!value_count({-1}, 8));
  CHECK(!value_count({Index{1} << 60}, 8));
  CHECK(value_count({(Index{1} << 60) - 1}, 8) == (std::size_t{1} << 60) - 1);
  CHECK(!value_count({Index{1} << 40, Index{1} << 40, 0}, 4));  // NumPy refuses it too, though it is empty
}

}  // namespace
