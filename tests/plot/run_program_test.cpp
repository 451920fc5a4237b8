// Running a program. How gnuplot is run, and every way in which it can fail, is in gnuplot_test.cpp.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/plot/run_program.hpp>

#include "plot/pictures.hpp"
#include "support/temporary_folder.hpp"

#if __has_include(<sys/wait.h>)

namespace {

using namespace tsattn;
using namespace tsattn::test;
namespace fs = std::filesystem;

/// A program in `folder` that does what `commands` say.
fs::path make_program(const TemporaryFolder& folder, const std::string& name, const std::string& commands) {
  std::ofstream(folder / name) << "#!/bin/sh\n" << commands << '\n';
  fs::permissions(folder / name, fs::perms::owner_all);
  return folder / name;
}

TEST_CASE("a program is found in the folders of PATH, in their order, and nowhere else") {
  const TemporaryFolder one, other;
  make_program(one, "both", ""), make_program(other, "both", ""), make_program(other, "alone", "");
  std::ofstream(one / "alone") << "no program";
  const Path scope(one.path().string() + ':' + other.path().string());
  CHECK(find_program("both") == one / "both");
  CHECK(find_program("alone") == other / "alone");
  CHECK(!find_program("none"));
  const Path nothing("");
  CHECK(!find_program("both"));
}

TEST_CASE("it gets one argument, whatever that holds, in its folder, and all that it says comes back") {
  const TemporaryFolder bin, folder;
  const fs::path program = make_program(bin, "say", "pwd; echo \"$# $1\"; echo wrong >&2");
  const std::string said = run_program(program, kOddText, folder.path(), std::chrono::minutes(1));
  CHECK(contains(said, folder.path().filename().string()));
  CHECK(contains(said, "1 " + kOddText));
  CHECK(contains(said, "wrong"));
  CHECK(files_in(folder.path()).empty());
}

TEST_CASE("a program that fails, does not end or is none is an error") {
  const TemporaryFolder bin;
  const auto run = [&](const fs::path& program, std::chrono::milliseconds limit = std::chrono::minutes(1)) {
    run_program(program, "x", bin.path(), limit);
  };
  CHECK_THROWS_WITH_AS(run(make_program(bin, "fail", "echo because; exit 3")), doctest::Contains("because"), IoError);
  CHECK_THROWS_AS(run(bin / "none"), IoError);
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH_AS(run(make_program(bin, "wait", "exec sleep 60"), std::chrono::milliseconds(200)),
                       doctest::Contains("did not end within 200 ms"), IoError);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

}  // namespace

#endif
