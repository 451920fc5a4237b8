#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <locale>
#include <ostream>
#include <streambuf>
#include <string>
#include <system_error>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/atomic_file.hpp>

namespace tsattn {

namespace atomic_file_parts {

/// Throws the IoError that says which file could not be written and why.
[[noreturn]] inline void fail_to_write(const std::filesystem::path& path, const std::error_code& reason) {
  const std::filesystem::path folder = path.parent_path();
  std::error_code ignored;
  if (reason == std::errc::no_such_file_or_directory && !folder.empty() && !std::filesystem::exists(folder, ignored))
    fail<IoError>("write_file_atomically", "cannot write ", path, ": there is no folder ", folder, " (",
                  reason.message(), "); create it first");
  fail<IoError>("write_file_atomically", "cannot write ", path, ": ", reason.message());
}

TSATTN_LIBRARY_FUNCTION std::error_code last_reason() { return {errno != 0 ? errno : EIO, std::generic_category()}; }

/// Throws unless the file, which exists, may be replaced: a folder, a device or a write-protected file may not, though
/// the system would.
inline void require_replaceable(const std::filesystem::path& path, const std::filesystem::file_status& status) {
  if (std::filesystem::is_directory(status)) fail_to_write(path, std::make_error_code(std::errc::is_a_directory));
  if (!std::filesystem::is_regular_file(status))
    fail<IoError>("write_file_atomically", "cannot write ", path, ": it is no ordinary file");
#ifdef _WIN32
  const bool may_write = ::_waccess(path.c_str(), 2) == 0;
#else
  const bool may_write = ::access(path.c_str(), W_OK) == 0;
#endif
  if (!may_write) fail_to_write(path, last_reason());
}

/// A new file in a folder, removed at the end of its life unless it has replaced another.
class TemporaryFile {
 public:
  /// Throws nothing: without a file, `file()` is null and errno says why.
  explicit TemporaryFile(const std::filesystem::path& folder) {
    constexpr int kMostLeftOvers = 10000;  // of programs that were killed
    for (int i = 0; i < kMostLeftOvers; ++i) {
      path_ = folder / ("tsattn-" + std::to_string(i) + ".tmp");
      errno = 0;
      // x: fails if the file exists, so that no two writers ever share one
#ifdef _WIN32
      file_ = ::_wfopen(path_.c_str(), L"wbx");
#else
      file_ = std::fopen(path_.c_str(), "wbx");
#endif
      is_ours_ = file_ != nullptr;
      if (is_ours_ || errno != EEXIST) return;
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (file_ != nullptr) std::fclose(file_);
    std::error_code ignored;
    if (is_ours_) std::filesystem::remove(path_, ignored);
  }

  std::FILE* file() const { return file_; }
  const std::filesystem::path& path() const { return path_; }

  /// Brings everything to the disk and closes the file. False if that fails; errno says why.
  bool close() {
    errno = 0;
    bool done = std::fflush(file_) == 0;
#ifdef _WIN32
    done = done && ::_commit(::_fileno(file_)) == 0;
#else
    // A file system without fsync says EINVAL or ENOTSUP; there is nothing better to be had there.
    done = done && (::fsync(::fileno(file_)) == 0 || errno == EINVAL || errno == ENOTSUP);
#endif
    const int reason = errno;
    const bool is_closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!done) errno = reason;
    return done && is_closed;
  }

  /// Puts the closed file in the place of `target`.
  std::error_code replace(const std::filesystem::path& target) {
    std::error_code reason;
    std::filesystem::rename(path_, target, reason);
    if (!reason) is_ours_ = false;
    return reason;
  }

 private:
  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  bool is_ours_ = false;  // to be removed
};

/// What an ostream needs to write to a C file; unlike a std::filebuf it can say why a write failed.
class FileBuffer final : public std::streambuf {
 public:
  explicit FileBuffer(std::FILE* file) : file_(file) {}

  /// Why the first write that failed did so; 0 if none did.
  const std::error_code& reason() const { return reason_; }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    if (reason_ || count <= 0) return 0;  // of nothing there may be no address, which fwrite does not take
    errno = 0;
    const std::size_t written = std::fwrite(bytes, 1, static_cast<std::size_t>(count), file_);
    if (written != static_cast<std::size_t>(count)) reason_ = last_reason();
    return static_cast<std::streamsize>(written);
  }
  int_type overflow(int_type byte) override {
    if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
    const char value = traits_type::to_char_type(byte);
    return xsputn(&value, 1) == 1 ? byte : traits_type::eof();
  }
  // A writer may go back and fill in what it has learned on the way.
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    const int whence = from == std::ios_base::beg ? SEEK_SET : from == std::ios_base::cur ? SEEK_CUR : SEEK_END;
    errno = 0;
#ifdef _WIN32
    if (::_fseeki64(file_, offset, whence) == 0) return pos_type(::_ftelli64(file_));
#else
    if (::fseeko(file_, offset, whence) == 0) return pos_type(::ftello(file_));
#endif
    if (!reason_) reason_ = last_reason();  // it brings to the disk what was written before
    return pos_type(off_type(-1));
  }
  pos_type seekpos(pos_type position, std::ios_base::openmode which) override {
    return seekoff(off_type(position), std::ios_base::beg, which);
  }

 private:
  std::FILE* file_;
  std::error_code reason_;
};

TSATTN_LIBRARY_FUNCTION void write_file(const std::filesystem::path& path, const void* what,
                                        void (*write)(const void* what, std::ostream&)) {
  namespace fs = std::filesystem;
  if (path.empty()) fail_to_write(path, std::make_error_code(std::errc::no_such_file_or_directory));
  if (!path.has_filename()) fail_to_write(path, std::make_error_code(std::errc::is_a_directory));
  std::error_code ignored;
  const fs::file_status old = fs::status(path, ignored);
  const bool is_there = fs::exists(old);
  if (is_there) require_replaceable(path, old);
  fs::path target = path;
  if (is_there && fs::is_symlink(path, ignored)) {
    std::error_code reason;
    target = fs::canonical(path, reason);
    if (reason) fail_to_write(path, reason);
  }

  TemporaryFile temporary(target.parent_path());
  if (temporary.file() == nullptr) fail_to_write(path, last_reason());
  if (is_there) fs::permissions(temporary.path(), old.permissions(), ignored);

  FileBuffer buffer(temporary.file());
  std::ostream out(&buffer);
  out.imbue(std::locale::classic());
  write(what, out);
  if (buffer.reason()) fail_to_write(path, buffer.reason());
  if (!out)
    fail<IoError>("write_file_atomically", "cannot write ", path, ": what writes it has marked the stream as failed");
  if (!temporary.close()) fail_to_write(path, last_reason());
  if (const std::error_code reason = temporary.replace(target)) fail_to_write(path, reason);
}

}  // namespace atomic_file_parts

}  // namespace tsattn
