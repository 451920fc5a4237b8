#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <string>
#include <string_view>

#include <tsattn/core/errors.hpp>

/// Files compressed by gzip. This header needs zlib (find_package(ZLIB), ZLIB::ZLIB).
/// Source: RFC 1952, "GZIP file format specification", 1996.
namespace tsattn {

namespace gzip_parts {

inline constexpr std::string_view kMagic = "\x1F\x8B";

/// A decompression of zlib's, which checks lengths and CRC-32 itself.
class GzipInflater {
 public:
  GzipInflater() {
    constexpr int kGzip = 16;
    if (::inflateInit2(&stream_, MAX_WBITS + kGzip) != Z_OK) throw std::bad_alloc();
  }
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;
  ~GzipInflater() { ::inflateEnd(&stream_); }

  /// Unpacks the member of a gzip file with which `packed` begins, and takes it away from there. Throws IoError.
  void append_member(std::string_view where, std::string_view& packed, std::string& unpacked) {
    constexpr std::size_t kBlock = std::size_t{1} << 18;
    constexpr std::size_t kMostInput = (std::numeric_limits<uInt>::max)();
    ::inflateReset(&stream_);
    int status = Z_OK;
    while (status != Z_STREAM_END) {
      const std::size_t before = unpacked.size();
      unpacked.resize(before + kBlock);
      const auto input = static_cast<uInt>((std::min)(packed.size(), kMostInput));
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));  // zlib only reads it
      stream_.avail_in = input;
      stream_.next_out = reinterpret_cast<Bytef*>(unpacked.data() + before);
      stream_.avail_out = static_cast<uInt>(kBlock);
      status = ::inflate(&stream_, Z_NO_FLUSH);
      packed.remove_prefix(input - stream_.avail_in);
      unpacked.resize(before + kBlock - stream_.avail_out);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status == Z_BUF_ERROR)
        fail<IoError>(where, "expected more compressed bytes, got their end; the file is cut off");
      if (status != Z_OK && status != Z_STREAM_END)
        fail<IoError>(
            where, "expected gzip, got damaged bytes: ", stream_.msg != nullptr ? stream_.msg : "zlib gives no reason");
    }
  }

 private:
  z_stream stream_{};
};

}  // namespace gzip_parts

/// Whether these are the bytes of a gzip file, as the first two of them show.
inline bool is_gzip(std::string_view bytes) { return bytes.starts_with(gzip_parts::kMagic); }

/// Unpacks what a gzip file holds, its members one after the other. Zeros may follow, which tapes leave. Throws
/// IoError, beginning with `where`, if they are cut off or damaged.
inline std::string gunzip(std::string_view where, std::string_view packed) {
  gzip_parts::GzipInflater inflater;
  std::string text;
  while (is_gzip(packed)) inflater.append_member(where, packed, text);
  if (packed.find_first_not_of('\0') != std::string_view::npos)
    fail<IoError>(where, "expected another member or the end of the gzip file, got ", packed.size(), " other bytes");
  return text;
}

}  // namespace tsattn
