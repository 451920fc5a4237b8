#pragma once

#include <filesystem>
#include <string>

#include <tsattn/data/csv.hpp>
#include <tsattn/formats/gzip.hpp>
#include <tsattn/formats/shown_text.hpp>
#include <tsattn/formats/whole_file.hpp>

/// Tables from compressed text. This header needs zlib (find_package(ZLIB), ZLIB::ZLIB), and so is not part of
/// tsattn.hpp.
namespace tsattn {

/// The table in a file of text or, as its first two bytes show, in one compressed by gzip. The text is in memory as a
/// whole. Throws as read_csv, and IoError if the compressed bytes are cut off or damaged.
inline Table read_csv_or_gzip(const std::filesystem::path& path, const CsvOptions& options = {}) {
  const std::string where = "read_csv_or_gzip " + shown_text(path.string(), std::string::npos);
  std::string text = whole_file(where, path);
  if (is_gzip(text)) text = gunzip(where, text);
  return parse_csv(text, where, options);
}

}  // namespace tsattn
