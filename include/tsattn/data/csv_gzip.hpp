#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <new>
#include <string>
#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/data/csv.hpp>

/// Tables from compressed text. This header needs zlib (find_package(ZLIB), ZLIB::ZLIB), and so is not part of
/// tsattn.hpp.
/// Source: RFC 1952, "GZIP file format specification", 1996.
namespace tsattn {

namespace csv_gzip_parts {

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

/// What a gzip file holds: its members one after the other. Zeros may follow, which tapes leave. Throws IoError.
inline std::string unpacked(std::string_view where, std::string_view packed) {
  GzipInflater inflater;
  std::string text;
  while (packed.starts_with(kMagic)) inflater.append_member(where, packed, text);
  if (packed.find_first_not_of('\0') != std::string_view::npos)
    fail<IoError>(where, "expected another member or the end of the gzip file, got ", packed.size(), " other bytes");
  return text;
}

}  // namespace csv_gzip_parts

/// The table in a file of text or, as its first two bytes show, in one compressed by gzip. The text is in memory as a
/// whole. Throws as read_csv, and IoError if the compressed bytes are cut off or damaged.
inline Table read_csv_or_gzip(const std::filesystem::path& path, const CsvOptions& options = {}) {
  const std::string where = "read_csv_or_gzip " + shown_text(path.string(), std::string::npos);
  std::string text = csv_parts::read_file(where, path);
  if (text.starts_with(csv_gzip_parts::kMagic)) text = csv_gzip_parts::unpacked(where, text);
  return parse_csv(text, where, options);
}

}  // namespace tsattn
