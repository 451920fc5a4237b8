#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <limits>
#include <map>
#include <new>
#include <ostream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/byte_source.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/formats/npy_header.hpp>
#include <tsattn/formats/zip_directory.hpp>

/// Named arrays in the files of numpy.savez and numpy.savez_compressed: zip archives of .npy files. This header needs
/// zlib (find_package(ZLIB), ZLIB::ZLIB), and so is not part of tsattn.hpp.
/// Source: NumPy, numpy.savez; RFC 1951, "DEFLATE Compressed Data Format", 1996; zip_directory.hpp.
namespace tsattn {

/// How the arrays of a .npz file are kept: as they are (numpy.savez) or compressed (numpy.savez_compressed).
enum class NpzCompression { stored, deflated };

namespace npz_parts {

inline constexpr std::string_view kEnding = ".npy";
inline constexpr std::size_t kBufferBytes = 65536;

/// As many bytes as one call of zlib can take.
inline uInt zlib_size(std::size_t size) {
  return static_cast<uInt>((std::min)(size, std::size_t{(std::numeric_limits<uInt>::max)()}));
}
inline std::uint32_t crc32_of(std::uint32_t crc, const void* bytes, std::size_t size) {
  return static_cast<std::uint32_t>(::crc32_z(crc, static_cast<const Bytef*>(bytes), size));
}

/// Unpacks deflated bytes, as many as it is asked for and never more.
class Inflater {
 public:
  explicit Inflater(ByteSource& packed) : packed_(packed) {
    if (::inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // < 0: no header of zlib's own
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  /// Fills `bytes`. Throws IoError if there are fewer.
  void read(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t count = inflate_some(bytes);
      bytes = bytes.subspan(count);
      if (has_ended_ && !bytes.empty())
        packed_.context().fail("expected ", bytes.size(), " more bytes after decompression, got an end");
    }
  }
  /// Throws IoError unless exactly all bytes have been unpacked.
  void require_end() {
    std::byte more{};
    while (!has_ended_)
      if (inflate_some({&more, 1}) != 0) packed_.context().fail("expected the end of the compressed bytes, got more");
    if (stream_.avail_in != 0 || packed_.remaining() != 0)
      packed_.context().fail("expected nothing after the compressed bytes, got ",
                             stream_.avail_in + packed_.remaining(), " bytes");
  }

 private:
  /// Goes on, and returns how many bytes there are now at the front of `bytes`.
  std::size_t inflate_some(std::span<std::byte> bytes) {
    if (stream_.avail_in == 0 && packed_.remaining() > 0) {
      const auto next = std::span(buffer_).first(
          static_cast<std::size_t>((std::min)(packed_.remaining(), std::uint64_t{kBufferBytes})));
      packed_.read(next);
      stream_.next_in = reinterpret_cast<Bytef*>(next.data());
      stream_.avail_in = zlib_size(next.size());
    }
    const uInt wanted = zlib_size(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream_.avail_out = wanted;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    if (status == Z_BUF_ERROR) packed_.context().fail("expected more compressed bytes, got their end");
    if (status != Z_OK && status != Z_STREAM_END)
      packed_.context().fail("expected deflated bytes, got damaged ones",
                             stream_.msg != nullptr ? std::string(": ") + stream_.msg : "");
    has_ended_ = status == Z_STREAM_END;
    return wanted - stream_.avail_out;
  }

  ByteSource& packed_;
  z_stream stream_{};
  bool has_ended_ = false;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kBufferBytes);
};

/// The unpacked bytes of an entry. At their end, throws IoError unless they have the CRC-32 of the directory.
class StoredEntry : public ByteSource {
 public:
  StoredEntry(const ReadContext& context, RandomAccessBytes& archive, const ZipEntry& entry)
      : ByteSource(context, entry.size), packed_(context, archive, entry.begin, entry.packed_size), crc_(entry.crc) {}

 protected:
  RangeSource& packed() { return packed_; }

 private:
  void fetch(std::span<std::byte> bytes) final {
    unpack(bytes);
    sum_ = crc32_of(sum_, bytes.data(), bytes.size());
  }
  void at_end() final {
    require_end();
    if (sum_ != crc_)
      context().fail(std::hex, "expected the CRC-32 0x", crc_, ", got 0x", sum_, "; the bytes are damaged");
  }

  virtual void unpack(std::span<std::byte> bytes) { packed_.read(bytes); }
  virtual void require_end() {}

  RangeSource packed_;
  std::uint32_t crc_, sum_ = 0;
};

class DeflatedEntry final : public StoredEntry {
 public:
  DeflatedEntry(const ReadContext& context, RandomAccessBytes& archive, const ZipEntry& entry)
      : StoredEntry(context, archive, entry), inflater_(packed()) {}

 private:
  void unpack(std::span<std::byte> bytes) override { inflater_.read(bytes); }
  void require_end() override { inflater_.require_end(); }

  Inflater inflater_;
};

/// Throws IoError unless `entry` can have the size that the directory says.
inline void require_possible_size(const ReadContext& context, const ZipEntry& entry) {
  if (entry.method == ZipMethod::stored && entry.size != entry.packed_size)
    context.fail("expected ", entry.packed_size, " bytes, as many as are stored, got ", entry.size,
                 " in the directory; the archive is damaged");
  constexpr std::uint64_t kMostRatio = 1032;  // of deflate: 258 bytes from 2 bits
  if (entry.method == ZipMethod::deflated && entry.size / kMostRatio > entry.packed_size)
    context.fail("expected at most ", kMostRatio, " times the ", entry.packed_size, " compressed bytes, got ",
                 entry.size, " in the directory; the archive is damaged");
}

/// The array in `entry`, whose part of the error texts is `context`.
template <NpyValue Value>
Array<Value> read_entry(const ReadContext& context, RandomAccessBytes& archive, const ZipEntry& entry) {
  require_possible_size(context, entry);
  if (entry.method == ZipMethod::stored) {
    StoredEntry source(context, archive, entry);
    return read_npy<Value>(source);
  }
  DeflatedEntry source(context, archive, entry);
  return read_npy<Value>(source);
}

template <NpyValue Value>
std::map<std::string, Array<Value>> read_npz(RandomAccessBytes& archive) {
  const ReadContext& context = archive.context();
  const std::vector<ZipEntry> entries = read_zip_directory(archive);
  std::map<std::string, Array<Value>> arrays;
  for (const ZipEntry& entry : entries) {
    if (!entry.name.ends_with(kEnding))
      context.fail("expected entries whose names end in .npy, got ", printable(entry.name));
    const std::string name = entry.name.substr(0, entry.name.size() - kEnding.size());
    const auto [place, is_new] = arrays.try_emplace(name);
    if (!is_new) context.fail("expected different names, got ", printable(name), " twice");
    place->second = read_entry<Value>({context.where, context.what + ", array " + printable(name)}, archive, entry);
  }
  return arrays;
}

/// Where the bytes of an entry go: they are counted, added to a CRC-32, and passed on as they are, or nowhere.
class EntryBuffer : public std::streambuf {
 public:
  explicit EntryBuffer(std::ostream* out) : out_(out) {}

  std::uint64_t size() const { return size_; }
  std::uint32_t crc() const { return crc_; }

 protected:
  std::ostream* out() { return out_; }

 private:
  std::streamsize xsputn(const char* bytes, std::streamsize count) final {
    if (count <= 0) return 0;
    const auto size = static_cast<std::size_t>(count);
    size_ += size;
    crc_ = crc32_of(crc_, bytes, size);
    pass_on({bytes, size});
    return count;
  }
  int_type overflow(int_type byte) final {
    if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
    const char value = traits_type::to_char_type(byte);
    xsputn(&value, 1);
    return byte;
  }
  virtual void pass_on(std::string_view bytes) {
    if (out_ != nullptr) out_->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  std::ostream* out_;
  std::uint64_t size_ = 0;
  std::uint32_t crc_ = 0;
};

/// The same, deflated.
class DeflatingBuffer final : public EntryBuffer {
 public:
  explicit DeflatingBuffer(std::ostream& out) : EntryBuffer(&out) {
    constexpr int kMemory = 8;  // zlib's default
    if (::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  DeflatingBuffer(const DeflatingBuffer&) = delete;
  DeflatingBuffer& operator=(const DeflatingBuffer&) = delete;
  ~DeflatingBuffer() override { ::deflateEnd(&stream_); }

  std::uint64_t packed_size() const { return packed_size_; }
  /// To be called once, after the last byte.
  void finish() { deflate_all(Z_FINISH); }

 private:
  void pass_on(std::string_view bytes) override {
    while (!bytes.empty()) {
      const uInt size = zlib_size(bytes.size());
      stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // zlib only reads it
      stream_.avail_in = size;
      deflate_all(Z_NO_FLUSH);
      bytes.remove_prefix(size);
    }
  }
  void deflate_all(int flush) {
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = zlib_size(buffer_.size());
      ::deflate(&stream_, flush);  // fails in no state that can be reached here
      const std::size_t count = buffer_.size() - stream_.avail_out;
      out()->write(buffer_.data(), static_cast<std::streamsize>(count));
      packed_size_ += count;
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  std::uint64_t packed_size_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kBufferBytes);
};

/// Writes a zip archive from the first byte to the last, entry by entry and then the directory. Sizes of entries have
/// zip64 fields, as numpy's, for in front of deflated bytes nobody knows how many they will be.
class ZipWriter {
 public:
  explicit ZipWriter(std::ostream& out) : out_(out) {}

  /// Adds an entry whose bytes `write(std::ostream&)` writes. Of a stored one it writes them twice, for its CRC-32
  /// stands in front of them, which programs that do not read the directory need.
  template <class Write>
  void add(const std::string& name, NpzCompression compression, const Write& write) {
    ZipEntry entry{.name = name, .begin = position_};
    if (compression == NpzCompression::stored) {
      EntryBuffer measure(nullptr);
      write_to(measure, write);
      entry.crc = measure.crc();
      entry.packed_size = entry.size = measure.size();
      put_local_header(entry);
      write(out_);
    } else {
      entry.method = ZipMethod::deflated;
      put_local_header(entry);
      DeflatingBuffer buffer(out_);
      write_to(buffer, write);
      buffer.finish();
      entry.crc = buffer.crc();
      entry.size = buffer.size();
      entry.packed_size = buffer.packed_size();
      put_descriptor(entry);
    }
    position_ += entry.packed_size;
    entries_.push_back(std::move(entry));
  }

  /// Writes the directory and its end.
  void finish() {
    using namespace zip_parts;
    const std::uint64_t begin = position_, count = entries_.size();
    for (const ZipEntry& entry : entries_) put_directory_header(entry);
    const std::uint64_t end = position_, size = end - begin;
    if (count >= kElsewhere16 || size >= kElsewhere32 || begin >= kElsewhere32) put_zip64_end(begin, size);
    const auto count16 = static_cast<std::uint16_t>((std::min)(count, std::uint64_t{kElsewhere16}));
    put(Fields()
            .add32(kEnd)
            .add16(0)  // this disk, and that of the directory
            .add16(0)
            .add16(count16)
            .add16(count16)
            .add32(at_most32(size))
            .add32(at_most32(begin))
            .add16(0));  // the comment's length
  }

 private:
  /// The fields of a record, little-endian.
  class Fields {
   public:
    Fields& add16(std::uint16_t value) { return add(value); }
    Fields& add32(std::uint32_t value) { return add(value); }
    Fields& add64(std::uint64_t value) { return add(value); }
    Fields& add(const std::string& text) {
      bytes_ += text;
      return *this;
    }
    const std::string& bytes() const { return bytes_; }

   private:
    template <class Unsigned>
    Fields& add(Unsigned value) {
      append_little_endian(bytes_, value);
      return *this;
    }

    std::string bytes_;
  };

  static constexpr std::uint16_t kVersion = 45;  // zip64
  static constexpr std::uint16_t kUnix = 3;
  static constexpr std::uint16_t kTime = 0,
                                 kDate = (1U << 5U) | 1U;  // 1980-01-01, so that equal arrays give equal files

  static std::uint32_t at_most32(std::uint64_t value) {
    return static_cast<std::uint32_t>((std::min)(value, std::uint64_t{zip_parts::kElsewhere32}));
  }
  static std::uint16_t size16(const std::string& text) { return static_cast<std::uint16_t>(text.size()); }
  static std::uint16_t flags(const ZipEntry& entry) {
    const bool is_ascii =
        std::all_of(entry.name.begin(), entry.name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return static_cast<std::uint16_t>((is_ascii ? 0 : zip_parts::kIsUtf8) |
                                      (entry.method == ZipMethod::deflated ? zip_parts::kHasDescriptor : 0));
  }

  template <class Write>
  static void write_to(EntryBuffer& buffer, const Write& write) {
    std::ostream out(&buffer);
    write(out);
  }

  void put(const Fields& fields) {
    out_ << fields.bytes();
    position_ += fields.bytes().size();
  }
  /// Version, flags, method, time and date of both headers, and the CRC-32.
  static Fields& add_common(Fields& fields, const ZipEntry& entry) {
    return fields.add16(kVersion)
        .add16(flags(entry))
        .add16(static_cast<std::uint16_t>(entry.method))
        .add16(kTime)
        .add16(kDate)
        .add32(entry.crc);
  }
  void put_local_header(const ZipEntry& entry) {
    using namespace zip_parts;
    Fields extra, fields;
    extra.add16(kZip64Field).add16(2 * sizeof(std::uint64_t)).add64(entry.size).add64(entry.packed_size);
    fields.add32(kLocalHeader);
    add_common(fields, entry).add32(kElsewhere32).add32(kElsewhere32).add16(size16(entry.name));
    put(fields.add16(size16(extra.bytes())).add(entry.name).add(extra.bytes()));
  }
  void put_descriptor(const ZipEntry& entry) {
    put(Fields().add32(zip_parts::kDescriptor).add32(entry.crc).add64(entry.packed_size).add64(entry.size));
  }
  void put_directory_header(const ZipEntry& entry) {
    using namespace zip_parts;
    constexpr std::uint32_t kPermissions = 0100644;  // an ordinary file, for those who unpack the archive
    Fields numbers, extra, fields;
    for (const std::uint64_t number : {entry.size, entry.packed_size, entry.begin})
      if (number >= kElsewhere32) numbers.add64(number);
    if (!numbers.bytes().empty()) extra.add16(kZip64Field).add16(size16(numbers.bytes())).add(numbers.bytes());
    fields.add32(kDirectoryHeader).add16((kUnix << 8U) | kVersion);
    add_common(fields, entry).add32(at_most32(entry.packed_size)).add32(at_most32(entry.size));
    fields.add16(size16(entry.name)).add16(size16(extra.bytes())).add16(0);  // no comment
    fields.add16(0).add16(0).add32(kPermissions << 16U);                     // disk, attributes
    put(fields.add32(at_most32(entry.begin)).add(entry.name).add(extra.bytes()));
  }
  void put_zip64_end(std::uint64_t begin, std::uint64_t size) {
    using namespace zip_parts;
    constexpr std::uint64_t kSize = 44;  // of what follows
    const std::uint64_t position = position_, count = entries_.size();
    put(Fields()
            .add32(kZip64End)
            .add64(kSize)
            .add16((kUnix << 8U) | kVersion)
            .add16(kVersion)
            .add32(0)  // this disk, and that of the directory
            .add32(0)
            .add64(count)
            .add64(count)
            .add64(size)
            .add64(begin));
    put(Fields().add32(kZip64Locator).add32(0).add64(position).add32(1));
  }

  std::ostream& out_;
  std::uint64_t position_ = 0;
  std::vector<ZipEntry> entries_;
};

}  // namespace npz_parts

/// Reads the arrays in the .npz file `path` by their names, which are those of its entries without ".npy". Each is read
/// as load_npy does; without `Value` that gives NamedArrays.
///
/// It reads stored and deflated entries, zip64 or not, with or without data descriptors. Throws IoError, naming the
/// file, the array, what was expected and what was found: as load_npy; if two arrays have one name; if the archive is
/// encrypted, in several parts, cut off or contradicts itself; if a CRC-32 is wrong. Never allocates more than the
/// file's bytes, or what deflate can at most have made of them, can fill.
template <NpyValue Value = double>
std::map<std::string, Array<Value>> load_npz(const std::filesystem::path& path) {
  FileBytes file("load_npz", path);
  return npz_parts::read_npz<Value>(file);
}

/// Reads the arrays in the bytes of a .npz file; see load_npz.
template <NpyValue Value = double>
std::map<std::string, Array<Value>> read_npz(std::span<const std::byte> bytes) {
  MemoryBytes memory("read_npz", bytes);
  return npz_parts::read_npz<Value>(memory);
}

/// Saves `arrays` as the .npz file `path`, which numpy.load reads. Names are UTF-8 of at most 65531 bytes. Equal arrays
/// give equal files. The file is written whole or not at all; throws as write_file_atomically, and, before anything is
/// written, ShapeError if an array's shape does not fit the number of its values, ConfigError if a name is too long or
/// has a zero byte.
template <NpyValue Value>
void save_npz(const std::filesystem::path& path, const std::map<std::string, Array<Value>>& arrays,
              NpzCompression compression = NpzCompression::stored) {
  constexpr std::size_t kLongestName = 65535 - npz_parts::kEnding.size();
  for (const auto& [name, array] : arrays) {
    if (name.size() > kLongestName)
      fail<ConfigError>("save_npz", "expected names of at most ", kLongestName, " bytes, got one of ", name.size());
    if (name.find('\0') != std::string::npos)  // where Python's names end
      fail<ConfigError>("save_npz", "expected names without zero bytes, got ", printable(name));
    npy_parts::require_writable("save_npz, array " + printable(name), array);
  }
  write_file_atomically(path, [&](std::ostream& out) {
    npz_parts::ZipWriter zip(out);
    for (const auto& [name, array] : arrays)
      zip.add(name + std::string(npz_parts::kEnding), compression,
              [&array = array](std::ostream& entry) { write_npy(entry, array); });
    zip.finish();
  });
}

}  // namespace tsattn
