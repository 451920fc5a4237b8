#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <ios>
#include <system_error>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/whole_file.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION std::string whole_file(std::string_view where, const std::filesystem::path& path) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  const auto fail_to_read = [&] {
    const std::error_code reason(errno, std::generic_category());
    fail<IoError>(where, "cannot read the file: ", errno == 0 ? "unknown reason" : reason.message());
  };
  std::string bytes;
  std::error_code has_no_size;  // a pipe, which can be read
  const std::uintmax_t size = std::filesystem::file_size(path, has_no_size);
  if (!has_no_size) bytes.reserve(static_cast<std::size_t>(size) + kBlock);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) fail_to_read();
  while (in) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kBlock);
    in.read(bytes.data() + before, static_cast<std::streamsize>(kBlock));
    bytes.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) fail_to_read();
  return bytes;
}

}  // namespace tsattn
