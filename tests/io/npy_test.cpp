// .npy files, and the whole-or-nothing writing of files that they share with the library's other formats.

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <locale>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/io/atomic_file.hpp>
#include <tsattn/io/npy.hpp>

#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// What the IoError of `call` says; "" if there is none.
template <class Call>
std::string io_error(const Call& call) {
  try {
    call();
  } catch (const IoError& error) {
    return error.what();
  }
  return "";
}

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

}  // namespace
