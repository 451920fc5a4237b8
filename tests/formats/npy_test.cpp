// .npy files, and the whole-or-nothing writing of files that they share with the library's other formats.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <locale>
#include <ostream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/formats/npy_header.hpp>

#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace npy_test {
namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// element (r, c) = 10 r + c + 0.5
template <class S>
Matrix<S> numbered(Index rows, Index cols) {
  Matrix<S> values(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) values(r, c) = static_cast<S>(10 * r + c) + S(0.5);
  return values;
}

/// The numbers of a .npy file of version 1.0, row by row; `text` is its header.
template <class S>
std::vector<S> numbers(const std::string& bytes, std::string& text) {
  REQUIRE(bytes.size() >= 10);
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t length = byte(8) + 256 * byte(9);
  REQUIRE(bytes.size() >= 10 + length);
  text = bytes.substr(10, length);
  std::vector<S> values((bytes.size() - 10 - length) / sizeof(S));
  if (!values.empty()) std::memcpy(values.data(), bytes.data() + 10 + length, values.size() * sizeof(S));
  return values;
}

TEST_CASE("a .npy file is, byte for byte, what numpy.save writes") {
  if constexpr (std::endian::native != std::endian::little) return;
  const TemporaryFolder folder;
  Matrix<float> values(2, 3);
  for (Index r = 0; r < 2; ++r)
    for (Index c = 0; c < 3; ++c) values(r, c) = static_cast<float>(3 * r + c);
  save_npy(folder / "a.npy", values);
  // numpy 1.24.2: numpy.save of numpy.arange(6, dtype='<f4').reshape(2, 3)
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  const std::string expected = std::string("\x93NUMPY\x01\x00v\x00", 10) + dictionary + std::string(58, ' ') + '\n' +
                               std::string("\0\0\0\0\0\0\x80?\0\0\0@\0\0@@\0\0\x80@\0\0\xa0@", 24);
  CHECK(read(folder / "a.npy") == expected);
  CHECK(folder.files() == 1);
}

TEST_CASE_TEMPLATE("values of every shape come back row by row behind a header of whole 64 bytes", S, float, double) {
  const TemporaryFolder folder;
  const std::string order = std::endian::native == std::endian::little ? "<" : ">";
  for (const Index rows : {0, 1, 2, 7, 300})
    for (const Index cols : {0, 1, 3, 64, 9000}) {
      CAPTURE(rows);
      CAPTURE(cols);
      save_npy(folder / "a.npy", numbered<S>(rows, cols));
      const std::string bytes = read(folder / "a.npy");
      std::string text;
      const std::vector<S> values = numbers<S>(bytes, text);
      CHECK((text.size() + 10) % 64 == 0);
      CHECK(text.back() == '\n');
      CHECK(text.starts_with("{'descr': '" + order + "f" + std::to_string(sizeof(S)) +
                             "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                             std::to_string(cols) + "), }"));
      REQUIRE(static_cast<Index>(values.size()) == rows * cols);
      Index wrong = 0;
      for (Index i = 0; i < rows * cols; ++i)
        wrong += values[static_cast<std::size_t>(i)] != static_cast<S>(10 * (i / cols) + i % cols) + S(0.5);
      CHECK(wrong == 0);
    }
}

TEST_CASE("numpy.load reads the files") {
  std::string python;
  for (const char* const candidate : {"python3", "/usr/bin/python3"})
    if (python.empty() && std::system((std::string(candidate) + " -c 'import numpy' >/dev/null 2>&1").c_str()) == 0)
      python = candidate;
  if (python.empty()) {
    MESSAGE("skipped: there is no python3 with numpy");
    return;
  }
  const TemporaryFolder folder;
  save_npy(folder / "float.npy", numbered<float>(5, 3));
  save_npy(folder / "double.npy", numbered<double>(3, 9));
  save_npy(folder / "empty.npy", numbered<double>(0, 4));
  write(folder / "read.py",
        "import numpy, os, sys\n"
        "for name, shape, dtype in (('float', (5, 3), 'float32'), ('double', (3, 9), 'float64'), ('empty', (0, 4), "
        "'float64')):\n"
        "    a = numpy.load(os.path.join(os.path.dirname(sys.argv[0]), name + '.npy'))\n"
        "    assert a.shape == shape and a.dtype == dtype and a.flags.c_contiguous, (a.shape, a.dtype)\n"
        "    assert (a == numpy.fromfunction(lambda r, c: 10 * r + c + 0.5, shape)).all(), a\n");
  CHECK(std::system((python + " '" + (folder / "read.py").string() + "'").c_str()) == 0);
}

TEST_CASE("a file replaces the one before") {
  const TemporaryFolder folder;
  save_npy(folder / "a.npy", numbered<double>(100, 100));
  save_npy(folder / "a.npy", numbered<float>(1, 1));
  CHECK(read(folder / "a.npy").size() == 128 + 4);
  CHECK(folder.files() == 1);
}

TEST_CASE("what cannot be written is named, with the reason") {
  const TemporaryFolder folder;
  const Matrix<float> values(1, 1);
  SUBCASE("no such folder") {
    const std::string text = io_error([&] { save_npy(folder / "none/a.npy", values); });
    CHECK(contains(text, "a.npy"));
    CHECK(contains(text, "there is no folder"));
    CHECK(contains(text, std::make_error_code(std::errc::no_such_file_or_directory).message()));
    CHECK(folder.files() == 0);
  }
  SUBCASE("the target is a folder") {
    fs::create_directory(folder / "a.npy");
    for (const char* const name : {"a.npy", "a.npy/"}) {
      const std::string text = io_error([&] { save_npy(folder / name, values); });
      CHECK(contains(text, "a.npy"));
      CHECK(contains(text, std::make_error_code(std::errc::is_a_directory).message()));
    }
    CHECK(folder.files() == 1);
  }
  SUBCASE("the folder is a file") {
    write(folder / "file", "old");
    CHECK(contains(io_error([&] { save_npy(folder / "file/a.npy", values); }),
                   std::make_error_code(std::errc::not_a_directory).message()));
    CHECK(read(folder / "file") == "old");
  }
  SUBCASE("no name at all") {
    CHECK(io_error([&] { save_npy("", values); }) != "");
  }
#if __has_include(<sys/resource.h>)
  SUBCASE("a pipe, as a device, is not replaced by a file") {  // never try this with a real device: root may replace it
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(contains(io_error([&] { save_npy(folder / "pipe", values); }), "no ordinary file"));
    CHECK(fs::is_fifo(folder / "pipe"));
    CHECK(folder.files() == 1);
  }
  SUBCASE("a write-protected file") {
    write(folder / "a.npy", "old");
    fs::permissions(folder / "a.npy", fs::perms::owner_read);
    if (::geteuid() == 0) {
      MESSAGE("skipped: root may write everything");
    } else {
      CHECK(contains(io_error([&] { save_npy(folder / "a.npy", values); }),
                     std::make_error_code(std::errc::permission_denied).message()));
      CHECK(read(folder / "a.npy") == "old");
    }
  }
  SUBCASE("a write-protected folder") {
    fs::create_directory(folder / "sub");
    write(folder / "sub/a.npy", "old");
    fs::permissions(folder / "sub", fs::perms::owner_read | fs::perms::owner_exec);
    if (::geteuid() == 0) {
      MESSAGE("skipped: root may write everything");
    } else {
      CHECK(contains(io_error([&] { save_npy(folder / "sub/a.npy", values); }),
                     std::make_error_code(std::errc::permission_denied).message()));
      CHECK(read(folder / "sub/a.npy") == "old");
    }
    fs::permissions(folder / "sub", fs::perms::owner_all);
  }
#endif
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a write that fails half-way leaves the old file") {
  // A limit on the size of files acts as a full disk does, and on root, too.
  const TemporaryFolder folder;
  write(folder / "a.npy", "old");
  const Matrix<double> large = numbered<double>(1000, 100), small(1, 1);  // one fails when written, one when flushed
  rlimit old_limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  auto* const old_handler = ::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t size : {rlim_t{0}, rlim_t{100}, rlim_t{100000}})
    for (const Matrix<double>* const values : {&large, &small}) {
      if (values == &small && size > 128) continue;
      rlimit limit = old_limit;
      limit.rlim_cur = size;
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
      const std::string text = io_error([&] { save_npy(folder / "a.npy", *values); });
      REQUIRE(::setrlimit(RLIMIT_FSIZE, &old_limit) == 0);
      CHECK(contains(text, "a.npy"));
      CHECK(contains(text, std::make_error_code(std::errc::file_too_large).message()));
      CHECK(read(folder / "a.npy") == "old");
      CHECK(folder.files() == 1);
    }
  ::signal(SIGXFSZ, old_handler);
}

TEST_CASE("the permissions of a file stay, and a link is followed") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "sub");
  write(folder / "sub/a", "old");
  fs::permissions(folder / "sub/a", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("sub/a", folder / "link");
  write_file_atomically(folder / "link", [](std::ostream& out) { out << "new"; });
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read(folder / "sub/a") == "new");
  CHECK(fs::status(folder / "sub/a").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}
#endif

TEST_CASE("an exception of what writes the file goes on, and the old file stays") {
  const TemporaryFolder folder;
  write(folder / "a", "old");
  const auto write_half = [&] {
    write_file_atomically(folder / "a", [](std::ostream& out) {
      out << "half of the new one" << std::flush;
      throw std::runtime_error("no more");
    });
  };
  CHECK_THROWS_WITH_AS(write_half(), "no more", std::runtime_error);
  CHECK(io_error([&] {
          write_file_atomically(folder / "a", [](std::ostream& out) { out.setstate(std::ios::failbit); });
        }) != "");
  CHECK(read(folder / "a") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("two files can be written at the same time, and one that a dead program left is not touched") {
  const TemporaryFolder folder;
  write(folder / "tsattn-0.tmp", "left");
  write_file_atomically(folder / "a", [&](std::ostream& outer) {
    outer << "first";
    write_file_atomically(folder / "a", [&](std::ostream& inner) { inner << "second"; });
    CHECK(read(folder / "a") == "second");
    outer << " and last";
  });
  CHECK(read(folder / "a") == "first and last");
  CHECK(read(folder / "tsattn-0.tmp") == "left");
  CHECK(folder.files() == 2);
}

TEST_CASE("numbers are written in the C locale") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const TemporaryFolder folder;
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
  write_file_atomically(folder / "a", [](std::ostream& out) { out << 12345 << ' ' << 0.5; });
  save_npy(folder / "b", Matrix<float>(1000, 2));
  std::locale::global(old);
  CHECK(read(folder / "a") == "12345 0.5");
  CHECK(contains(read(folder / "b"), "(1000, 2)"));
}

// Reading, and arrays of every dtype and rank.

constexpr bool kIsLittle = std::endian::native == std::endian::little;

/// The bytes of a .npy file; its header is `dictionary` as it stands.
std::string npy(const std::string& dictionary, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes.append(1, static_cast<char>(version)).append(1, '\0');
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes.append(1, static_cast<char>(dictionary.size() >> (8 * i)));
  return bytes + dictionary + data;
}
std::string dictionary(const std::string& descr, bool fortran_order, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") + ", 'shape': " + shape +
         ", }  \n";
}

/// The bytes of the numbers, in this machine's order or, if `descr` begins with the other one's sign, in that.
template <class Stored>
std::string data_of(const std::string& descr, const std::vector<Stored>& values) {
  std::string data;
  for (const Stored value : values) {
    char bytes[sizeof(Stored)];
    std::memcpy(bytes, &value, sizeof(Stored));
    if (descr[0] == (kIsLittle ? '>' : '<')) std::reverse(bytes, bytes + sizeof(Stored));
    data.append(bytes, sizeof(Stored));
  }
  return data;
}

template <class Value>
Array<Value> parse(const std::string& bytes) {
  return read_npy<Value>(bytes_of(bytes));
}
/// What the IoError says after the name of the function and of what it reads.
template <class Value>
std::string parse_error(const std::string& bytes) {
  const std::string text = io_error([&] { parse<Value>(bytes); }), start = "[read_npy] cannot read bytes in memory: ";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

template <class Value>
Array<Value> filled(const std::vector<Index>& shape) {
  Array<Value> array{shape, {}};
  Index size = 1;
  for (const Index length : shape) size *= length;
  for (Index i = 0; i < size; ++i) array.values.push_back(static_cast<Value>(i % 7 == 0 ? 0 : 3 * i - 20));
  return array;
}
/// Values whose bits a sloppy reader would change.
template <class Value>
std::vector<Value> special_values() {
  using Limits = std::numeric_limits<Value>;
  if constexpr (std::is_same_v<Value, bool>) {
    return {false, true, true};
  } else if constexpr (std::is_integral_v<Value>) {
    return {(Limits::min)(), -1, 0, 1, (Limits::max)()};
  } else {
    return {-Limits::infinity(),  (Limits::lowest)(), Value(-0.0),
            Limits::denorm_min(), Value(0.1),         Limits::quiet_NaN()};
  }
}
template <class Value>
bool same_bits(const std::vector<Value>& a, const std::vector<Value>& b) {
  if constexpr (std::is_same_v<Value, bool>) {
    return a == b;
  } else {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0);
  }
}

TEST_CASE_TEMPLATE("arrays of every dtype and rank come back as they were", Value, float, double, std::int32_t,
                   std::int64_t, bool) {
  const TemporaryFolder folder;
  const auto check = [&](const Array<Value>& array) {
    CAPTURE(shape_text(array.shape));
    save_npy(folder / "a.npy", array);
    const Array<Value> loaded = load_npy<Value>(folder / "a.npy");
    CHECK(loaded.shape == array.shape);
    CHECK(same_bits(loaded.values, array.values));
    if constexpr (!std::is_same_v<Value, bool>) {
      save_npy(folder / "b.npy", array.shape, array.values.data());
      CHECK(read(folder / "b.npy") == read(folder / "a.npy"));
    }
  };
  const std::vector<std::vector<Index>> shapes = {{},        {1},       {5},          {0},          {2, 3},
                                                  {3, 0},    {0, 3},    {0, 0},       {4, 1, 2},    {2, 0, 3},
                                                  {2, 3, 4}, {0, 0, 0}, {2, 3, 1, 5}, {1, 1, 1, 1}, {300, 500}};
  for (const std::vector<Index>& shape : shapes) check(filled<Value>(shape));
  const std::vector<Value> special = special_values<Value>();
  check({{static_cast<Index>(special.size())}, special});
}

TEST_CASE("a bool from a pointer is a byte, 0 or 1") {
  const TemporaryFolder folder;
  const bool values[] = {true, false, true};
  save_npy(folder / "a.npy", {3, 1}, values);
  CHECK(read(folder / "a.npy").substr(128) == std::string("\1\0\1", 3));
  CHECK(load_npy<bool>(folder / "a.npy").values == std::vector<bool>{true, false, true});
}

TEST_CASE("the header of every dtype") {
  const auto text = [](NpyType type, const std::vector<Index>& shape) { return npy_header(type, shape).substr(10); };
  const std::string order = kIsLittle ? "<" : ">";
  CHECK(text(NpyType::float32, {}).starts_with("{'descr': '" + order + "f4', 'fortran_order': False, 'shape': (), }"));
  CHECK(
      text(NpyType::float64, {5}).starts_with("{'descr': '" + order + "f8', 'fortran_order': False, 'shape': (5,), }"));
  CHECK(text(NpyType::int32, {0}).starts_with("{'descr': '" + order + "i4', 'fortran_order': False, 'shape': (0,), }"));
  CHECK(text(NpyType::int64, {1, 2})
            .starts_with("{'descr': '" + order + "i8', 'fortran_order': False, 'shape': (1, 2), }"));
  CHECK(
      text(NpyType::boolean, {9, 8, 7}).starts_with("{'descr': '|b1', 'fortran_order': False, 'shape': (9, 8, 7), }"));
  const std::string longest = npy_header(NpyType::int64, std::vector<Index>(64, 0));
  CHECK(longest.size() % 64 == 0);
  CHECK(parse<double>(longest).shape == std::vector<Index>(64, 0));
}

TEST_CASE_TEMPLATE("every version, byte order and axis order is read", Stored, float, double, std::int32_t,
                   std::int64_t) {
  const std::string code = (std::is_integral_v<Stored> ? "i" : "f") + std::to_string(sizeof(Stored));
  const std::vector<Stored> c_order = {1, 2, 3, 4, 5, 6}, fortran_order = {1, 4, 2, 5, 3, 6};
  for (const int version : {1, 2, 3})
    for (const std::string order : {"<", ">", "=", "|", ""}) {
      CAPTURE(version);
      CAPTURE(order);
      const std::string descr = order + code;
      const auto as = [&]<class Value>(Value) {
        for (const bool is_fortran : {false, true}) {
          const std::string data = data_of(descr, is_fortran ? fortran_order : c_order);
          const Array<Value> array = parse<Value>(npy(dictionary(descr, is_fortran, "(2, 3)"), data, version));
          CHECK(array.shape == std::vector<Index>{2, 3});
          CHECK(array.values == std::vector<Value>{1, 2, 3, 4, 5, 6});
        }
      };
      as(float());
      as(double());
      if constexpr (std::is_integral_v<Stored>) {
        as(std::int32_t());
        as(std::int64_t());
      }
    }
}

TEST_CASE("big-endian numbers, byte by byte") {
  CHECK(parse<float>(npy(dictionary(">f4", false, "()"), std::string("\xC0\x20\0\0", 4))).values[0] == -2.5F);
  CHECK(parse<std::int32_t>(npy(dictionary(">i4", false, "()"), "\x01\x02\x03\x04")).values[0] == 0x01020304);
  CHECK(parse<std::int32_t>(npy(dictionary("<i4", false, "()"), "\x01\x02\x03\x04")).values[0] == 0x04030201);
  CHECK(parse<bool>(npy(dictionary(">b1", false, "(2,)"), std::string("\1\0", 2))).values ==
        std::vector<bool>{true, false});
}

TEST_CASE("Fortran order of any rank becomes C order") {
  for (const std::vector<Index>& shape :
       {std::vector<Index>{}, {4}, {0}, {3, 4}, {3, 0, 2}, {2, 3, 4}, {5, 1, 3}, {2, 3, 1, 4}, {123, 7, 31}}) {
    const Array<double> expected = filled<double>(shape);
    std::vector<double> file(expected.values.size());
    for (std::size_t place = 0; place < file.size(); ++place) {  // the definitions of both orders
      std::vector<Index> index(shape.size());
      Index rest = static_cast<Index>(place);
      for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) index[axis] = rest % shape[axis];
      Index fortran_place = 0;
      for (std::size_t axis = shape.size(); axis-- > 0;) fortran_place = fortran_place * shape[axis] + index[axis];
      file[static_cast<std::size_t>(fortran_place)] = expected.values[place];
    }
    CAPTURE(shape_text(shape));
    const Array<double> array = parse<double>(npy(dictionary("=f8", true, shape_text(shape)), data_of("=f8", file)));
    CHECK(array.shape == shape);
    CHECK(array.values == expected.values);
  }
}

TEST_CASE("numbers become float or double, each the nearest one") {
  const auto file = [](const std::string& descr, const auto& values) {
    return npy(dictionary(descr, false, "(" + std::to_string(values.size()) + ",)"), data_of(descr, values));
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr float kMostFloat = (std::numeric_limits<float>::max)();
  const std::vector<double> doubles = {0.1, -kInfinity, static_cast<double>(kMostFloat), 1e-60, -1e-60};
  const std::vector<float> floats = parse<float>(file("=f8", doubles)).values;
  CHECK(floats == std::vector<float>{0.1F, -std::numeric_limits<float>::infinity(), kMostFloat, 0.0F, -0.0F});
  CHECK(std::signbit(floats[4]));
  CHECK(std::isnan(parse<float>(file("=f8", std::vector<double>{std::nan("")})).values[0]));
  CHECK(parse<double>(file("=f4", std::vector<float>{0.1F})).values[0] == static_cast<double>(0.1F));
  const std::vector<std::int64_t> large = {(std::int64_t{1} << 53) + 1, (std::numeric_limits<std::int64_t>::min)()};
  CHECK(parse<double>(file("=i8", large)).values == std::vector<double>{9007199254740992.0, -9223372036854775808.0});
  CHECK(parse<float>(file("=i4", std::vector<std::int32_t>{16777217})).values[0] == 16777216.0F);
  const std::string truths = npy(dictionary("|b1", false, "(2,)"), std::string("\1\0", 2));
  CHECK(parse<float>(truths).values == std::vector<float>{1, 0});
  CHECK(parse<double>(truths).values == std::vector<double>{1, 0});
  CHECK(parse<std::int32_t>(truths).values == std::vector<std::int32_t>{1, 0});
  CHECK(parse<std::int64_t>(truths).values == std::vector<std::int64_t>{1, 0});
  CHECK(parse<bool>(file("=i8", std::vector<std::int64_t>{0, 1})).values == std::vector<bool>{false, true});

  // more of them than the buffer holds
  std::vector<double> many(100'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i) / 8;
  const std::vector<float> converted = parse<float>(file(">f8", many)).values;
  CHECK(std::equal(converted.begin(), converted.end(), many.begin(), many.end(),
                   [](float a, double b) { return static_cast<double>(a) == b; }));
}

TEST_CASE("numbers that do not fit are no numbers") {
  const auto file = [](const std::string& descr, const auto& values) {
    return npy(dictionary(descr, false, "(" + std::to_string(values.size()) + ",)"), data_of(descr, values));
  };
  CHECK(parse_error<float>(file("=f8", std::vector<double>{1, 2, -1e39})) ==
        "expected values that float32 can hold, got -1e+39 as value 2 of the file's 3");
  CHECK(parse_error<std::int32_t>(file("=i8", std::vector<std::int64_t>{0, 2147483648})) ==
        "expected values that int32 can hold, got 2147483648 as value 1 of the file's 2");
  CHECK(parse_error<std::int32_t>(file("=i8", std::vector<std::int64_t>{-2147483649})) ==
        "expected values that int32 can hold, got -2147483649 as value 0 of the file's 1");
  CHECK(parse_error<bool>(file("=i4", std::vector<std::int32_t>{0, -1})) ==
        "expected values that bool can hold, got -1 as value 1 of the file's 2");
  // no bool of NumPy's is another byte; read as an integer it is none either
  const std::string two = npy(dictionary("|b1", false, "()"), "\x02");
  CHECK(parse_error<bool>(two) == "expected values that bool can hold, got 2 as value 0 of the file's 1");
  CHECK(parse_error<double>(two) == "expected values that float64 can hold, got 2 as value 0 of the file's 1");
  CHECK(parse_error<std::int64_t>(file("=f4", std::vector<float>{1})) ==
        "expected an array of dtype int32, int64 or bool to read as int64, got float32; read it as float or double");
  CHECK(parse_error<bool>(file("=f8", std::vector<double>{1})) ==
        "expected an array of dtype int32, int64 or bool to read as bool, got float64; read it as float or double");
}

TEST_CASE("all spellings of the header that Python and this format allow") {
  const std::string data = data_of("=f4", std::vector<float>{1, 2, 3});
  for (const char* const text :
       {"{'descr': '=f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr':'=f4','fortran_order':False,'shape':(3,)}", "{'shape': (3,), 'descr': '=f4', 'fortran_order': True}",
        "{\"fortran_order\": True, \"shape\": (3,), 'descr': \"=f4\"}",
        " \t\r\n{ 'descr' : '=f4' , 'fortran_order' : False , 'shape' : ( 3 , ) , } \n \n",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (1, 3), }",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (3,1)}",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (1, 3, 1,), }"}) {
    CAPTURE(text);
    CHECK(parse<double>(npy(text, data)).values == std::vector<double>{1, 2, 3});
  }
}

TEST_CASE("a header that is wrong is told apart") {
  const auto error = [](const std::string& text) { return parse_error<float>(npy(text, std::string(4, '\0'))); };
  const auto of_shape = [&](const std::string& shape) { return error(dictionary("=f4", false, shape)); };
  const auto of_type = [&](const std::string& descr) { return error(dictionary(descr, false, "()")); };
  const std::string mend = "; numpy.save(..., x.astype('float32')) writes one",
                    types = "expected an array of dtype float32, float64, int32, int64 or bool, got ";
  for (const std::string descr :
       {"<f2", "<c8", "<u4", "|i1", "|u1", "<f16", "|O", "<U3", "|S4", "<M8[s]", "", "<", "<f44", "<<f4", "?"}) {
    CAPTURE(descr);
    CHECK(of_type(descr) == types + '"' + descr + '"' + mend);
  }
  CHECK(error("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}") ==
        types + "a structured one, \"[('a', '<f4')], 'fortran_order': False, 'shape': ()}\"" + mend);
  CHECK(of_type("<f4\x1b[2J\xff") == types + "\"<f4\\x1b[2J\\xff\"" + mend);

  CHECK(error("") == "expected '{' at position 0 of the header, got its end");
  CHECK(error("   ") == "expected '{' at position 3 of the header, got its end");
  CHECK(error("('descr', '<f4')") == "expected '{' at position 0 of the header, got \"('descr', '<f4')\"");
  CHECK(error("{}") == "expected the key 'descr' in the header, got \"{}\"");
  CHECK(error("{'descr': '<f4', 'shape': ()}") ==
        "expected the key 'fortran_order' in the header, got \"{'descr': '<f4', 'shape': ()}\"");
  CHECK(error("{'descr': '<f4', 'fortran_order': True}") ==
        "expected the key 'shape' in the header, got \"{'descr': '<f4', 'fortran_order': True}\"");
  const std::string keys = "expected the keys 'descr', 'fortran_order' and 'shape', each once, at position ";
  CHECK(error("{'descr': '<f4', 'descr': '<f8'}") == keys + "17 of the header, got \"'descr': '<f8'}\"");
  CHECK(error("{'dtype': '<f4'}") == keys + "1 of the header, got \"'dtype': '<f4'}\"");
  CHECK(error("{descr: '<f4'}") == "expected a key at position 1 of the header, got \"descr: '<f4'}\"");
  CHECK(error("{'descr': <f4}") == "expected a dtype at position 10 of the header, got \"<f4}\"");
  CHECK(error("{'descr': '<f4}") == "expected a dtype at position 11 of the header, got \"<f4}\"");
  CHECK(error("{'descr': '<\\x664'}") == "expected a dtype at position 11 of the header, got \"<\\x664'}\"");
  CHECK(error("{'descr' '<f4'}") == "expected ':' at position 9 of the header, got \"'<f4'}\"");
  CHECK(error("{'fortran_order': 0}") == "expected True or False at position 18 of the header, got \"0}\"");
  CHECK(error("{'fortran_order': Truethful}") == "expected '}' at position 22 of the header, got \"thful}\"");
  CHECK(error("{'descr': '<f4'; }") == "expected '}' at position 15 of the header, got \"; }\"");
  CHECK(error("{,}") == "expected a key at position 1 of the header, got \",}\"");
  CHECK(error(dictionary("<f4", false, "()") + "x") == "expected only blanks at position 58 of the header, got \"x\"");

  const std::string here = " at position 50 of the header, got ", after = " at position 51 of the header, got ";
  CHECK(of_shape("3") == "expected '('" + here + "\"3, }  \\x0a\"");
  CHECK(of_shape("[3]") == "expected '('" + here + "\"[3], }  \\x0a\"");
  CHECK(of_shape("(-1,)") == "expected a length of at least 0" + after + "\"-1,), }  \\x0a\"");
  CHECK(of_shape("(+1,)") == "expected a length of at least 0" + after + "\"+1,), }  \\x0a\"");
  CHECK(of_shape("(01,)") == "expected a length of at least 0" + after + "\"01,), }  \\x0a\"");
  CHECK(of_shape("(,)") == "expected a length of at least 0" + after + "\",), }  \\x0a\"");
  CHECK(of_shape("(9223372036854775808,)") ==
        "expected a length of at least 0" + after + "\"9223372036854775808,), }  \\x0a\"");
  CHECK(of_shape("(1)") == "expected ',' at position 52 of the header, got \"), }  \\x0a\"");
  CHECK(of_shape("(1.0,)") == "expected ',' at position 52 of the header, got \".0,), }  \\x0a\"");
  CHECK(of_shape("(1, 1 1)") == "expected ')' at position 56 of the header, got \"1), }  \\x0a\"");
  CHECK(of_shape("(1L,)") == "expected ',' at position 52 of the header, got \"L,), }  \\x0a\"");
  std::string ones = "(";
  for (int i = 0; i < 65; ++i) ones += "1,";
  CHECK(of_shape(ones + ")") == "expected at most 64 lengths at position 179 of the header, got \"1,), }  \\x0a\"");
}

TEST_CASE("sizes are compared with the file's before anything is allocated") {
  const auto error = [](const std::string& shape, std::size_t bytes, const std::string& descr = "=f4") {
    return parse_error<float>(npy(dictionary(descr, false, shape), std::string(bytes, '\0')));
  };
  CHECK(error("(2, 3)", 23) ==
        "expected the numbers of an array (2, 3) of float32, got only 23 bytes; it is cut off or damaged");
  CHECK(error("(2, 3)", 25) ==
        "expected 24 bytes, which an array (2, 3) of float32 has, got 25; only one array can be read");
  CHECK(error("(0, 3)", 1) ==
        "expected 0 bytes, which an array (0, 3) of float32 has, got 1; only one array can be read");
  CHECK(error("()", 0) == "expected the numbers of an array () of float32, got only 0 bytes; it is cut off or damaged");
  // Products beyond 64 bits, some of which are 0, 4 or 8 when they have wrapped around.
  for (const std::string shape :
       {"(9223372036854775807,)", "(4294967296, 4294967296)", "(2147483648, 2147483648, 4)", "(4611686018427387905,)",
        "(2, 2, 4611686018427387904)", "(1099511627776,)", "(9223372036854775807, 9223372036854775807)",
        "(0, 4294967296, 4294967296)", "(4294967296, 4294967296, 0)"})
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{4}, std::size_t{8}}) {
      CAPTURE(shape);
      CHECK(error(shape, bytes) == "expected the numbers of an array " + shape + " of float32, got only " +
                                       std::to_string(bytes) + " bytes; it is cut off or damaged");
    }
  CHECK(parse<float>(npy(dictionary("=f4", true, "(0, 4294967296)"), "")).values.empty());

  const std::string good = npy(dictionary("=f4", false, "()"), "abcd");
  std::string bad = good;
  bad[9] = '\x01';
  CHECK(parse_error<float>(bad) == "expected 314 bytes of the header, got 62; it is cut off");
  CHECK(parse_error<float>(npy(dictionary("=f4", false, "()"), "abcd", 2).replace(10, 2, "\xff\xff")) ==
        "expected a header of at most 65535 bytes, got 4294901818");
}

TEST_CASE("what is no .npy file is named") {
  CHECK(parse_error<float>("") == "expected 8 bytes of a .npy file's magic string and version, got 0; it is cut off");
  CHECK(parse_error<float>("\x93NUMPY\x01") ==
        "expected 8 bytes of a .npy file's magic string and version, got 7; it is cut off");
  CHECK(parse_error<float>(std::string("\x93NUMPY\x01\0\x10", 9)) ==
        "expected 2 bytes of the header's length, got 1; it is cut off");
  CHECK(parse_error<float>(std::string("\x93NUMPY\x02\0\x10\0\0", 11)) ==
        "expected 4 bytes of the header's length, got 3; it is cut off");
  CHECK(parse_error<float>("a,b,c\n1,2,3\n") ==
        "expected a .npy file, which begins with \"\\x93NUMPY\", got \"a,b,c\\x0a\"");
  CHECK(
      parse_error<float>(std::string("PK\x03\x04\x2d\0\0\0", 8)) ==
      "expected a .npy file, which begins with \"\\x93NUMPY\", got \"PK\\x03\\x04-\\x00\"; load_npz reads such a file");
  for (const std::string& version : {std::string("\0\0", 2), std::string("\4\0", 2), std::string("\1\1", 2)})
    CHECK(parse_error<float>("\x93NUMPY" + version + "1234") ==
          "expected version 1.0, 2.0 or 3.0 of the .npy format, got " + std::to_string(version[0]) + '.' +
              std::to_string(version[1]));
}

TEST_CASE("a file that cannot be read is named, with the reason") {
  const TemporaryFolder folder;
  const auto error = [&](const fs::path& path) { return io_error([&] { load_npy<float>(path); }); };
  const auto reason = [](std::errc code) { return std::make_error_code(code).message(); };
  const std::string start = "[load_npy] cannot read ", path = '"' + (folder / "a.npy").string() + '"';
  CHECK(error(folder / "a.npy") == start + path + ": " + reason(std::errc::no_such_file_or_directory));
  CHECK(error("") == start + "\"\": " + reason(std::errc::no_such_file_or_directory));
  write(folder / "a.npy", "no numbers");
  CHECK(error(folder / "a.npy") ==
        start + path + ": expected a .npy file, which begins with \"\\x93NUMPY\", got \"no num\"");
  CHECK(error(folder / "a.npy/b") ==
        start + '"' + (folder / "a.npy/b").string() + "\": " + reason(std::errc::not_a_directory));
  CHECK(error(folder.path()) == start + '"' + folder.path().string() + "\": " + reason(std::errc::is_a_directory));
#if __has_include(<sys/resource.h>)
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);  // opening it would wait for a writer
  CHECK(error(folder / "pipe").starts_with(start + '"' + (folder / "pipe").string() + "\": "));
  fs::permissions(folder / "a.npy", fs::perms::none);
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may read everything");
  } else {
    CHECK(error(folder / "a.npy") == start + path + ": " + reason(std::errc::permission_denied));
  }
#endif
}

TEST_CASE("a file that is cut off anywhere, or longer, is an error") {
  const TemporaryFolder folder;
  const auto check = [&](const std::string& bytes) {
    REQUIRE(parse_error<double>(bytes) == "");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      // a vector's own memory, so that the address sanitizer sees every step too far
      const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<Index>(size));
      CHECK(io_error([&] { read_npy(std::as_bytes(std::span(part))); }) != "");
      write(folder / "a.npy", bytes.substr(0, size));
      CHECK(io_error([&] { load_npy(folder / "a.npy"); }) != "");
    }
    CHECK(parse_error<double>(bytes + '\0') != "");
    write(folder / "a.npy", bytes + '\n');
    CHECK(io_error([&] { load_npy(folder / "a.npy"); }) != "");
  };
  check(npy(dictionary("=f8", false, "(2,)"), std::string(16, '\1')));
  check(npy(dictionary(">f4", true, "(2, 1)"), std::string(8, '\1'), 2));
  check(npy(dictionary("|b1", false, "(0,)"), "", 3));
}

TEST_CASE("a byte that is changed anywhere gives an array or an IoError, and nothing else") {
  const std::string good = npy(dictionary(">i4", true, "(2, 1)"), std::string(8, '\1'), 2);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (int value = 0; value < 256; ++value) {
      std::string bytes = good;
      bytes[i] = static_cast<char>(value);
      CHECK_NOTHROW(parse_error<double>(bytes));
      CHECK_NOTHROW(parse_error<std::int32_t>(bytes));
    }
}

TEST_CASE("an array whose shape does not fit its values is not written") {
  const TemporaryFolder folder;
  const auto save = [&](const std::vector<Index>& shape, std::size_t size) {
    save_npy(folder / "a.npy", Array<float>{shape, std::vector<float>(size)});
  };
  CHECK_THROWS_WITH_AS(save({2, 3}, 5), "[save_npy] expected 6 values for the shape (2, 3), got 5", ShapeError);
  CHECK_THROWS_WITH_AS(save({}, 0), "[save_npy] expected 1 values for the shape (), got 0", ShapeError);
  CHECK_THROWS_WITH_AS(save({-1, 0}, 0),
                       "[save_npy] expected a shape of lengths from 0 to what memory holds, got (-1, 0)", ShapeError);
  CHECK_THROWS_WITH_AS(save({-1, -1}, 1),
                       "[save_npy] expected a shape of lengths from 0 to what memory holds, got (-1, -1)", ShapeError);
  constexpr Index kMost = (std::numeric_limits<Index>::max)();
  CHECK_THROWS_WITH_AS(save({kMost, kMost}, 1), doctest::Contains("to what memory holds, got ("), ShapeError);
  CHECK_THROWS_WITH_AS(save(std::vector<Index>(65, 1), 1),
                       "[save_npy] expected at most 64 axes, which is what NumPy reads, got 65", ShapeError);
  const float value = 1;
  CHECK_THROWS_WITH_AS(save_npy(folder / "a.npy", {-1}, &value),
                       "[save_npy] expected a shape of lengths from 0 to what memory holds, got (-1,)", ShapeError);
  std::ostringstream out;
  CHECK_THROWS_WITH_AS(write_npy(out, Array<bool>{{2}, {true}}),
                       "[write_npy] expected 2 values for the shape (2,), got 1", ShapeError);
  CHECK(out.str().empty());
  CHECK(folder.files() == 0);
}

}  // namespace
}  // namespace npy_test
