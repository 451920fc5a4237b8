#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <doctest/doctest.h>

namespace tsattn::test {

/// A file of the real data beside the repository, which holds none of them; none, with a message, if it is not there.
inline std::optional<std::filesystem::path> real_file(const std::string& name) {
  const auto path = std::filesystem::path(TSATTN_TEST_VECTORS) / "../../../shared/data" / name;
  if (std::filesystem::exists(path)) return path;
  MESSAGE("skipped: there is no ../shared/data/", name);
  return std::nullopt;
}

}  // namespace tsattn::test
