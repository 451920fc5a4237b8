#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/atomic_file.hpp>

/// What the readers of binary formats read from. Sizes are known before anything is read, so that a reader can compare
/// what a file promises with what is there before it allocates.
namespace tsattn {

/// Returns a text from a file as a message can show it: in quotes, without its end if it is long, and what is not
/// printable ASCII as \x1f.
inline std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 60;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      result.append(1, c);
    } else {
      result.append("\\x").append(1, kDigits[byte / 16]).append(1, kDigits[byte % 16]);
    }
  }
  return result.append(text.size() > kMost ? "...\"" : "\"");
}

/// Who reads what: the errors of a reader begin with `[load_npy] cannot read "x.npy": `.
struct ReadContext {
  std::string where;  ///< the function
  std::string what;   ///< the file, or the part of it

  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    tsattn::fail<IoError>(where, "cannot read ", what, ": ", parts...);
  }
};

/// Bytes that can be read at any position.
class RandomAccessBytes {
 public:
  RandomAccessBytes(const RandomAccessBytes&) = delete;
  RandomAccessBytes& operator=(const RandomAccessBytes&) = delete;
  virtual ~RandomAccessBytes() = default;

  const ReadContext& context() const { return context_; }
  std::uint64_t size() const { return size_; }

  /// Fills `bytes` with what begins at `position`. Throws IoError beyond the end.
  void read(std::uint64_t position, std::span<std::byte> bytes) {
    if (position > size_ || bytes.size() > size_ - position)
      context_.fail("expected ", bytes.size(), " bytes at position ", position, ", got an end after ", size_);
    if (!bytes.empty()) fetch(position, bytes);
  }

 protected:
  RandomAccessBytes(ReadContext context, std::uint64_t size) : context_(std::move(context)), size_(size) {}

 private:
  virtual void fetch(std::uint64_t position, std::span<std::byte> bytes) = 0;

  ReadContext context_;
  std::uint64_t size_;
};

/// The bytes of a file. Its constructor throws IoError, with the system's reason, if it is no ordinary file or cannot
/// be read.
class FileBytes final : public RandomAccessBytes {
 public:
  FileBytes(std::string where, const std::filesystem::path& path)
      : FileBytes(ReadContext{std::move(where), quoted(path)}, path) {}

 private:
  FileBytes(ReadContext context, const std::filesystem::path& path)
      : RandomAccessBytes(context, size_of(context, path)) {
    errno = 0;
    // Large reads go past this buffer; it serves headers.
    in_.open(path, std::ios::binary);
    if (!in_) context.fail(atomic_file_parts::last_reason().message());
  }

  static std::string quoted(const std::filesystem::path& path) {
    std::ostringstream text;
    text << path;
    return text.str();
  }
  static std::uint64_t size_of(const ReadContext& context, const std::filesystem::path& path) {
    std::error_code reason;
    const std::uintmax_t size = std::filesystem::file_size(path, reason);
    if (reason) context.fail(reason.message());
    return size;
  }

  void fetch(std::uint64_t position, std::span<std::byte> bytes) override {
    errno = 0;
    if (position != position_) in_.seekg(static_cast<std::streamoff>(position));  // which empties the buffer
    in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (in_.eof()) context().fail("expected ", size(), " bytes, got fewer; the file has become shorter meanwhile");
    if (!in_) context().fail(atomic_file_parts::last_reason().message());
    position_ = position + bytes.size();
  }

  std::ifstream in_;
  std::uint64_t position_ = 0;  // of the stream
};

/// Bytes in memory, which must outlive it.
class MemoryBytes final : public RandomAccessBytes {
 public:
  MemoryBytes(std::string where, std::span<const std::byte> bytes)
      : RandomAccessBytes({std::move(where), "bytes in memory"}, bytes.size()), bytes_(bytes) {}

 private:
  void fetch(std::uint64_t position, std::span<std::byte> bytes) override {
    std::copy_n(bytes_.data() + position, bytes.size(), bytes.data());
  }

  std::span<const std::byte> bytes_;
};

/// Bytes that are read once, from the first to the last, and whose number is known.
class ByteSource {
 public:
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  const ReadContext& context() const { return context_; }
  std::uint64_t remaining() const { return remaining_; }

  /// Fills `bytes` with the next ones. Throws IoError if fewer remain, or if the source, at its end, finds itself
  /// damaged.
  void read(std::span<std::byte> bytes) {
    if (bytes.size() > remaining_) context_.fail("expected ", bytes.size(), " more bytes, got only ", remaining_);
    if (bytes.empty()) return;
    fetch(bytes);
    remaining_ -= bytes.size();
    if (remaining_ == 0) at_end();
  }

 protected:
  ByteSource(ReadContext context, std::uint64_t size) : context_(std::move(context)), remaining_(size) {}

 private:
  virtual void fetch(std::span<std::byte> bytes) = 0;
  virtual void at_end() {}

  ReadContext context_;
  std::uint64_t remaining_;
};

/// The `size` bytes of `bytes`, which must outlive it, that begin at `begin`.
class RangeSource final : public ByteSource {
 public:
  RangeSource(ReadContext context, RandomAccessBytes& bytes, std::uint64_t begin, std::uint64_t size)
      : ByteSource(std::move(context), size), bytes_(bytes), position_(begin) {}

 private:
  void fetch(std::span<std::byte> bytes) override {
    bytes_.read(position_, bytes);
    position_ += bytes.size();
  }

  RandomAccessBytes& bytes_;
  std::uint64_t position_;
};

}  // namespace tsattn
