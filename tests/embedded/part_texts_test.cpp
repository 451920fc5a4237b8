#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/embedded/part_texts.hpp>

namespace {

namespace fs = std::filesystem;

TEST_CASE("the library holds the text of every part: if not, run scripts/embedded_part_texts") {
  const fs::path parts = fs::path(TSATTN_TEST_VECTORS) / "../../include/tsattn/embedded/parts";
  int found = 0;
  for (const fs::directory_entry& part : fs::directory_iterator(parts)) {
    CAPTURE(part.path().string());
    std::ifstream file(part.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CHECK(tsattn::embedded::part_text(part.path().stem().string()) == text);
    ++found;
  }
  CHECK(found >= 15);
  CHECK(tsattn::embedded::part_text("no_such_part").empty());
}

}  // namespace
