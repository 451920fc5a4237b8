#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <system_error>
#include <type_traits>

#include <tsattn/core/compiled.hpp>

namespace tsattn {

namespace atomic_file_parts {

/// The operating system's reason for what has just failed.
std::error_code last_reason();

/// write_file_atomically with a function that is given `what` to write.
void write_file(const std::filesystem::path& path, const void* what, void (*write)(const void* what, std::ostream&));

}  // namespace atomic_file_parts

/// Writes a whole file: `write(std::ostream&)` writes its bytes, numbers in the "C" locale whatever the global one is.
///
/// The bytes go to a temporary file in the same folder, which is brought to the disk and then renamed, in one step, to
/// `path`. So a failure at any moment (a full disk, an exception from `write`, the end of the program) leaves the file
/// that was there before, or the whole new one. An existing file keeps its permissions; a link is followed.
///
/// Throws IoError, naming the file and the system's reason, if a step fails, the folder does not exist, or `path` is a
/// folder, a device or write-protected. What `write` throws goes on to the caller. Either way no temporary file stays.
template <class Write>
void write_file_atomically(const std::filesystem::path& path, Write&& write) {
  using Function = std::remove_reference_t<Write>;
  atomic_file_parts::write_file(path, std::addressof(write), [](const void* what, std::ostream& out) {
    (*static_cast<Function*>(const_cast<void*>(what)))(out);
  });
}

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/formats/atomic_file.inl>
#endif
