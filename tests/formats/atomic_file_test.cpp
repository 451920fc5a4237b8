#include <filesystem>
#include <fstream>
#include <ios>
#include <locale>
#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>

#ifndef _WIN32
#include <signal.h>
#include <sys/resource.h>
#endif

#include <doctest/doctest.h>

#include <tsattn/formats/atomic_file.hpp>

#include "support/io_error.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;
using test::io_error, test::read, test::TemporaryFolder;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  write_file_atomically(path, [&](std::ostream& out) { out << text; });
}

TEST_CASE("a file is written, and another in its place, and nothing else stays") {
  const TemporaryFolder folder;
  write(folder / "file", "one");
  CHECK(read(folder / "file") == "one");
  write(folder / "file", std::string("a\0\n\xFF", 4));
  CHECK(read(folder / "file") == std::string("a\0\n\xFF", 4));
  write(folder / "empty", "");
  CHECK(read(folder / "empty").empty());
  CHECK(folder.files() == 2);
}

TEST_CASE("while it is written, the file that was there is there") {
  const TemporaryFolder folder;
  write(folder / "file", "old");
  write_file_atomically(folder / "file", [&](std::ostream& out) {
    out << "new" << std::flush;
    CHECK(read(folder / "file") == "old");
  });
  CHECK(read(folder / "file") == "new");
}

TEST_CASE("what fails on the way leaves the old file, and none of its own") {
  const TemporaryFolder folder;
  write(folder / "file", "old");
  const auto throws = [](std::ostream& out) {
    out << "half";
    throw std::runtime_error("no more");
  };
  CHECK_THROWS_WITH_AS(write_file_atomically(folder / "file", throws), "no more", std::runtime_error);
  CHECK_THROWS_AS(write_file_atomically(folder / "other", throws), std::runtime_error);
  const std::string error = io_error(
      [&] { write_file_atomically(folder / "file", [](std::ostream& out) { out.setstate(std::ios::failbit); }); });
  CHECK(error.ends_with("file\": what writes it has marked the stream as failed"));
  CHECK(read(folder / "file") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("numbers are those of the C locale, whatever the global one is") {
  struct Comma final : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };
  const TemporaryFolder folder;
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  write_file_atomically(folder / "file", [](std::ostream& out) { out << 1234.5 << ' ' << 1000000; });
  std::locale::global(before);
  CHECK(read(folder / "file") == "1234.5 1000000");
}

TEST_CASE("a writer may go back and fill in what it has learned on the way") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "file", [](std::ostream& out) {
    out << "size=? abc";
    const auto end = out.tellp();
    out.seekp(5);
    out << 3;
    out.seekp(end);
    out << 'd';
  });
  CHECK(read(folder / "file") == "size=3 abcd");
}

TEST_CASE("paths that cannot be written are refused with the reason") {
  const TemporaryFolder folder;
  const std::string missing = io_error([&] { write(folder / "none" / "file", ""); });
  CHECK(missing.find("there is no folder") != std::string::npos);
  CHECK(missing.ends_with("create it first"));
  CHECK(io_error([&] { write(folder.path(), ""); }).ends_with(": Is a directory"));
  CHECK(io_error([&] { write(folder.path() / "", ""); }).ends_with(": Is a directory"));
  CHECK(io_error([] { write("", ""); }).starts_with("[write_file_atomically] cannot write \"\": "));
  std::error_code ignored;
  if (fs::is_character_file("/dev/null", ignored))
    CHECK(io_error([] { write("/dev/null", ""); }) ==
          "[write_file_atomically] cannot write \"/dev/null\": it is no ordinary file");
  CHECK(folder.files() == 0);
}

#ifndef _WIN32
TEST_CASE("a disk that takes no more is an error with the system's reason, and leaves the old file") {
  const TemporaryFolder folder;
  write(folder / "file", "old");
  // As a full disk, for this process alone: no file may be larger than 1000 bytes.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{1000, before.rlim_max};
  auto* const signal_before = ::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string error = io_error([&] { write(folder / "file", std::string(100'000, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, signal_before);
  CHECK(error.ends_with("file\": File too large"));
  CHECK(read(folder / "file") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("permissions stay, and a link is followed") {
  const TemporaryFolder folder;
  write(folder / "file", "old");
  fs::permissions(folder / "file", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink(folder / "file", folder / "link");
  write(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(read(folder / "file") == "new");
  CHECK(fs::status(folder / "file").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(folder.files() == 2);
}
#endif

TEST_CASE("two files are written at a time, in one folder") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "one", [&](std::ostream& out) {
    out << "1";
    write(folder / "other", "2");
    out << "1";
  });
  CHECK(read(folder / "one") == "11");
  CHECK(read(folder / "other") == "2");
  CHECK(folder.files() == 2);
}

}  // namespace
