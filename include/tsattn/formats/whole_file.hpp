#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>

namespace tsattn {

/// Reads all bytes of a file, or of a pipe until it ends. Throws IoError, beginning with `where` and with the system's
/// reason, if it cannot be read.
std::string whole_file(std::string_view where, const std::filesystem::path& path);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/formats/whole_file.inl>
#endif
