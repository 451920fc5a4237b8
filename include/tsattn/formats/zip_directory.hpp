#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/byte_source.hpp>

/// What a .zip archive holds, read from the directory at its end.
/// Source: PKWARE, ".ZIP File Format Specification" (APPNOTE), version 6.3.10, 2022; the numbers of sections are its.
namespace tsattn {

/// How the bytes of an entry are kept. (4.4.5)
enum class ZipMethod : std::uint16_t { stored = 0, deflated = 8 };

struct ZipEntry {
  std::string name;
  ZipMethod method = ZipMethod::stored;
  std::uint32_t crc = 0;          ///< CRC-32 of its bytes
  std::uint64_t packed_size = 0;  ///< how many bytes it has in the archive
  std::uint64_t size = 0;         ///< and how many unpacked
  std::uint64_t begin = 0;        ///< where its packed bytes begin
};

namespace zip_parts {

inline constexpr std::uint32_t kLocalHeader = 0x04034B50, kDescriptor = 0x08074B50, kDirectoryHeader = 0x02014B50,
                               kEnd = 0x06054B50, kZip64End = 0x06064B50, kZip64Locator = 0x07064B50;
inline constexpr std::uint16_t kZip64Field = 1;
inline constexpr std::uint16_t kIsEncrypted = 1U << 0U, kHasDescriptor = 1U << 3U, kIsUtf8 = 1U << 11U;
/// In the place of a number that does not fit: it is in a zip64 field.
inline constexpr std::uint16_t kElsewhere16 = 0xFFFF;
inline constexpr std::uint32_t kElsewhere32 = 0xFFFFFFFF;

/// Takes fields off the front of some bytes, which it does not own; throws IoError where they end too early.
class FieldReader {
 public:
  FieldReader(std::span<const std::byte> bytes, const ReadContext& context) : bytes_(bytes), context_(context) {}

  template <std::unsigned_integral Unsigned>
  Unsigned next() {
    return from_little_endian<Unsigned>(take(sizeof(Unsigned)).data());
  }
  std::uint16_t next16() { return next<std::uint16_t>(); }
  std::uint32_t next32() { return next<std::uint32_t>(); }
  std::uint64_t next64() { return next<std::uint64_t>(); }

  std::span<const std::byte> take(std::size_t count) {
    if (count > bytes_.size())
      context_.fail("expected ", count, " more bytes of a zip header, got ", bytes_.size(), "; the archive is damaged");
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  std::string text(std::size_t count) {
    const auto bytes = take(count);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
  const ReadContext& context_;
};

/// `Size` bytes of the archive, to be taken field by field.
template <std::size_t Size>
struct Record {
  Record(RandomAccessBytes& archive, std::uint64_t position) { archive.read(position, bytes); }

  std::array<std::byte, Size> bytes{};
};

/// Where the directory lies.
struct Directory {
  std::uint64_t begin = 0, size = 0, entries = 0;
};

/// Where the end record (4.3.16) begins, which is the last thing in the file but for a comment of up to 65535 bytes.
inline std::uint64_t find_end_record(RandomAccessBytes& archive) {
  constexpr std::size_t kSize = 22, kLongest = kSize + 65535;
  std::vector<std::byte> tail((std::min)(archive.size(), std::uint64_t{kLongest}));
  archive.read(archive.size() - tail.size(), tail);
  for (std::size_t comment = 0; comment + kSize <= tail.size(); ++comment) {
    const std::byte* const record = tail.data() + (tail.size() - kSize - comment);
    if (from_little_endian<std::uint32_t>(record) == kEnd && from_little_endian<std::uint16_t>(record + 20) == comment)
      return archive.size() - kSize - comment;
  }
  constexpr std::string_view kNpy = "\x93NUMPY";
  std::array<char, kNpy.size()> start{};
  archive.read(0, std::as_writable_bytes(std::span(start).first((std::min)(tail.size(), start.size()))));
  archive.context().fail("expected the end record of a zip archive, got none in ", archive.size(), " bytes; ",
                         std::string_view(start.data(), start.size()) == kNpy
                             ? "this is a .npy file, which load_npy reads"
                             : "the file is cut off or no .npz file");
}

/// Finds the directory by the end record and, if there is one, by its zip64 counterpart (4.3.14, 4.3.15).
inline Directory find_directory(RandomAccessBytes& archive) {
  const ReadContext& context = archive.context();
  std::uint64_t end = find_end_record(archive);
  const Record<22> end_record(archive, end);
  FieldReader fields(end_record.bytes, context);
  fields.next32();
  const std::uint16_t disk = fields.next16(), directory_disk = fields.next16();
  const std::uint16_t entries_on_disk = fields.next16(), entries = fields.next16();
  const std::uint32_t size = fields.next32(), begin = fields.next32();
  const bool is_zip64 = entries == kElsewhere16 || size == kElsewhere32 || begin == kElsewhere32;
  if (disk != directory_disk || entries_on_disk != entries || (disk != 0 && !(is_zip64 && disk == kElsewhere16)))
    context.fail("expected an archive in one part, got part ", disk + 1, " of several");
  Directory directory{begin, size, entries};

  constexpr std::size_t kLocatorSize = 20, kZip64EndSize = 56;
  if (is_zip64 && end >= kLocatorSize) {
    const Record<kLocatorSize> locator_record(archive, end - kLocatorSize);
    FieldReader locator(locator_record.bytes, context);
    if (locator.next32() == kZip64Locator) {  // otherwise there are 65535 entries, indeed
      locator.next32();                       // the disk
      const std::uint64_t position = locator.next64();
      const Record<kZip64EndSize> zip64_record(archive, position);
      FieldReader zip64(zip64_record.bytes, context);
      if (zip64.next32() != kZip64End || position > end - kLocatorSize)
        context.fail("expected the zip64 end record at position ", position, "; the archive is damaged");
      zip64.take(12);  // its own size, versions
      if (zip64.next32() != 0 || zip64.next32() != 0) context.fail("expected an archive in one part, got several");
      zip64.next64();  // entries on this disk
      directory.entries = zip64.next64();
      directory.size = zip64.next64();
      directory.begin = zip64.next64();
      end = position;
    }
  }
  if (directory.begin > end || directory.size != end - directory.begin)
    context.fail("expected a directory that ends at position ", end, ", got ", directory.size, " bytes at position ",
                 directory.begin, "; the archive is damaged or has other bytes before it");
  return directory;
}

/// Puts the numbers of a zip64 field (4.5.3) in the place of those that are said to be there, in the order given.
inline void read_extra_fields(FieldReader extra, std::span<std::uint64_t* const> numbers, const ReadContext& context) {
  while (!extra.is_empty()) {
    const std::uint16_t kind = extra.next16(), size = extra.next16();
    FieldReader field(extra.take(size), context);
    if (kind != kZip64Field) continue;
    for (std::uint64_t* const number : numbers)
      if (*number == kElsewhere32) *number = field.next64();
    return;
  }
}

/// Reads the next header of the directory (4.3.12). `begin` of the entry is where its local header is.
inline ZipEntry read_directory_header(FieldReader& fields, const ReadContext& context) {
  if (fields.next32() != kDirectoryHeader)
    context.fail("expected a header of the zip directory, got other bytes; the archive is damaged");
  ZipEntry entry;
  fields.next32();  // versions
  const std::uint16_t flags = fields.next16(), method = fields.next16();
  fields.next32();  // time and date
  entry.crc = fields.next32();
  entry.packed_size = fields.next32();
  entry.size = fields.next32();
  const std::uint16_t name_size = fields.next16(), extra_size = fields.next16(), comment_size = fields.next16();
  const std::uint16_t disk = fields.next16();
  fields.take(6);  // attributes
  entry.begin = fields.next32();
  entry.name = fields.text(name_size);
  std::uint64_t* const numbers[] = {&entry.size, &entry.packed_size, &entry.begin};
  read_extra_fields(FieldReader(fields.take(extra_size), context), numbers, context);
  fields.take(comment_size);

  if ((flags & kIsEncrypted) != 0)
    context.fail("expected no encryption, got the encrypted entry ", printable(entry.name));
  entry.method = static_cast<ZipMethod>(method);
  if (entry.method != ZipMethod::stored && entry.method != ZipMethod::deflated)
    context.fail("expected entries that are stored (method 0) or deflated (8), got ", printable(entry.name),
                 " by method ", method);
  if (disk != 0 && disk != kElsewhere16) context.fail("expected an archive in one part, got part ", disk + 1);
  return entry;
}

/// Reads the local header (4.3.7) at `entry.begin` and moves `entry.begin` behind it. `end` is that of all entries.
inline void skip_local_header(RandomAccessBytes& archive, std::uint64_t end, ZipEntry& entry) {
  constexpr std::size_t kSize = 30;
  const ReadContext& context = archive.context();
  const auto require_space = [&](std::uint64_t size) {
    if (entry.begin > end || size > end - entry.begin)
      context.fail("expected the entry ", printable(entry.name), " with ", size, " bytes at position ", entry.begin,
                   " to lie before the directory, at ", end, "; the archive is damaged");
  };
  require_space(kSize);
  const Record<kSize> record(archive, entry.begin);
  FieldReader fields(record.bytes, context);
  const bool is_header = fields.next32() == kLocalHeader;
  fields.take(4);  // version, flags
  const bool is_same_method = fields.next16() == static_cast<std::uint16_t>(entry.method);
  fields.take(16);  // time, date, and what the directory says too
  const std::size_t name_size = fields.next16(), extra_size = fields.next16();
  std::string name(name_size, '\0');
  require_space(kSize + name_size + extra_size);
  archive.read(entry.begin + kSize, std::as_writable_bytes(std::span(name)));
  if (!is_header || !is_same_method || name != entry.name)
    context.fail("expected the header of the entry ", printable(entry.name), " at position ", entry.begin,
                 ", got another; the archive is damaged");
  entry.begin += kSize + name_size + extra_size;
  require_space(entry.packed_size);
}

/// A range of the archive's bytes, and whose it is.
struct Extent {
  std::uint64_t begin = 0, end = 0;
  std::string_view name;
};

/// Throws IoError if two entries share bytes, as those of some zip bombs do.
inline void require_disjoint(std::vector<Extent> extents, const ReadContext& context) {
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < extents.size(); ++i)
    if (extents[i - 1].end > extents[i].begin)
      context.fail("expected entries apart, got ", printable(extents[i - 1].name), " and ", printable(extents[i].name),
                   " that share bytes; the archive is damaged");
}

}  // namespace zip_parts

/// The entries of a zip archive: stored or deflated, in one part, not encrypted, each with bytes of its own, which lie
/// in the archive. Sizes and CRC-32 are what the directory says; whoever reads an entry checks them. Throws IoError.
inline std::vector<ZipEntry> read_zip_directory(RandomAccessBytes& archive) {
  using namespace zip_parts;
  const ReadContext& context = archive.context();
  const Directory directory = find_directory(archive);
  std::vector<std::byte> bytes(static_cast<std::size_t>(directory.size));
  archive.read(directory.begin, bytes);

  std::vector<ZipEntry> entries;
  FieldReader fields(bytes, context);
  while (!fields.is_empty()) entries.push_back(read_directory_header(fields, context));
  if (entries.size() != directory.entries)
    context.fail("expected ", directory.entries, " entries, as the end record says, got ", entries.size(),
                 "; the archive is damaged");

  std::vector<Extent> extents;
  for (ZipEntry& entry : entries) {
    const std::uint64_t header = entry.begin;
    skip_local_header(archive, directory.begin, entry);
    extents.push_back({header, entry.begin + entry.packed_size, entry.name});
  }
  require_disjoint(std::move(extents), context);
  return entries;
}

}  // namespace tsattn
