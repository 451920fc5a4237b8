#include <fstream>
#include <ios>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/whole_file.hpp>

#include "support/temporary_folder.hpp"

namespace {

using namespace tsattn;

TEST_CASE("all bytes of a file, of more than one block too") {
  const test::TemporaryFolder folder;
  std::string bytes("a\0b\r\n", 5);
  for (int i = 0; i < 21; ++i) bytes += bytes;  // 10 MiB
  std::ofstream(folder / "f", std::ios::binary) << bytes;
  CHECK(whole_file("here", folder / "f") == bytes);
  std::ofstream(folder / "empty", std::ios::binary).flush();
  CHECK(whole_file("here", folder / "empty").empty());
}

TEST_CASE("what cannot be read is an error with the system's reason") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(whole_file("here", folder / "none"), "[here] cannot read the file: No such file or directory",
                       IoError);
  CHECK_THROWS_AS(whole_file("here", folder.path()), IoError);
}

}  // namespace
