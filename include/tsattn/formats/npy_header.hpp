#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/byte_order.hpp>
#include <tsattn/formats/byte_source.hpp>
#include <tsattn/formats/npy_value.hpp>

/// What stands before the numbers of a .npy file: magic string, format version, the length of a text, and the text, a
/// Python dictionary such as "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", filled up with blanks.
/// Source: numpy.lib.format; NEP 1, "A simple file format for NumPy arrays"; versions 1.0, 2.0 and 3.0.
namespace tsattn {

/// The types of the numbers in a file, by NumPy's names; a boolean is one byte, 0 or 1.
enum class NpyType { float32, float64, int32, int64, boolean };

struct NpyHeader {
  NpyType type = NpyType::float32;
  bool is_reversed = false;  ///< the bytes of each number are in the order that is not this machine's
  bool fortran_order = false;
  std::vector<Index> shape;
};

namespace npy_parts {

inline constexpr std::string_view kMagic = "\x93NUMPY";
inline constexpr std::size_t kMostAxes = 64;        // of NumPy 2
inline constexpr std::size_t kLongestText = 65535;  // what version 1.0 can hold, and far more than 64 axes need

static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
inline constexpr char kNativeOrder = std::endian::native == std::endian::little ? '<' : '>';

struct TypeFacts {
  std::string_view name, code;
  std::size_t bytes;
};
constexpr TypeFacts facts(NpyType type) {
  constexpr TypeFacts kFacts[] = {
      {"float32", "f4", 4}, {"float64", "f8", 8}, {"int32", "i4", 4}, {"int64", "i8", 8}, {"bool", "b1", 1}};
  return kFacts[static_cast<std::size_t>(type)];
}

template <NpyValue Value>
constexpr NpyType type_of() {
  if constexpr (std::is_same_v<Value, float>) return NpyType::float32;
  if constexpr (std::is_same_v<Value, double>) return NpyType::float64;
  if constexpr (std::is_same_v<Value, std::int32_t>) return NpyType::int32;
  if constexpr (std::is_same_v<Value, std::int64_t>) return NpyType::int64;
  if constexpr (std::is_same_v<Value, bool>) return NpyType::boolean;
}

/// How many values an array of that shape has. Nothing if a length is negative or, as NumPy sees it, the array would be
/// too large: the lengths other than 0 make more than an Index of bytes.
inline std::optional<std::size_t> value_count(const std::vector<Index>& shape, std::size_t bytes_of_value) {
  constexpr auto kMost = static_cast<std::size_t>((std::numeric_limits<Index>::max)());
  std::size_t bytes = bytes_of_value;
  bool is_empty = false;
  for (const Index length : shape) {
    if (length < 0) return std::nullopt;
    is_empty = is_empty || length == 0;
    if (length == 0) continue;
    if (static_cast<std::size_t>(length) > kMost / bytes) return std::nullopt;
    bytes *= static_cast<std::size_t>(length);
  }
  return is_empty ? 0 : bytes / bytes_of_value;
}

/// Reads the part of Python that numpy.save writes: a dictionary of these three keys, in any order.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const ReadContext& context) : text_(text), context_(context) {}

  NpyHeader parse() {
    constexpr std::string_view kKeys[] = {"descr", "fortran_order", "shape"};
    std::array<bool, std::size(kKeys)> is_there{};
    expect('{');
    while (!take('}')) {
      const std::size_t begin = position_;
      const std::string_view name = string("a key");
      const auto key = static_cast<std::size_t>(std::find(std::begin(kKeys), std::end(kKeys), name) - kKeys);
      if (key == std::size(kKeys) || is_there[key]) {
        position_ = begin;
        fail_here("the keys 'descr', 'fortran_order' and 'shape', each once,");
      }
      is_there[key] = true;
      expect(':');
      if (key == 0) parse_type();
      if (key == 1) header_.fortran_order = truth();
      if (key == 2) header_.shape = shape();
      if (take(',')) continue;
      expect('}');
      break;
    }
    skip_blanks();
    if (position_ != text_.size()) fail_here("only blanks");
    for (std::size_t key = 0; key < is_there.size(); ++key)
      if (!is_there[key]) context_.fail("expected the key '", kKeys[key], "' in the header, got ", printable(text_));
    return header_;
  }

 private:
  [[noreturn]] void fail_here(std::string_view expected) const {
    const std::string_view rest = text_.substr(position_);
    context_.fail("expected ", expected, " at position ", position_, " of the header, got ",
                  rest.empty() ? "its end" : printable(rest));
  }

  void skip_blanks() { position_ = (std::min)(text_.find_first_not_of(" \t\r\n", position_), text_.size()); }

  /// Skips blanks, and `c` if it is next.
  bool take(char c) {
    skip_blanks();
    if (position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.substr(position_).starts_with(word)) return false;
    position_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail_here(std::string("'") + c + '\'');
  }

  std::string_view string(std::string_view expected) {
    const char quote = take('\'') ? '\'' : take('"') ? '"' : '\0';
    const std::size_t end = quote != '\0' ? text_.find(quote, position_) : std::string_view::npos;
    if (end == std::string_view::npos) fail_here(expected);
    const std::string_view value = text_.substr(position_, end - position_);
    if (value.find('\\') != std::string_view::npos) fail_here(expected);
    position_ = end + 1;
    return value;
  }

  bool truth() {
    if (take("True")) return true;
    if (!take("False")) fail_here("True or False");
    return false;
  }

  Index length() {
    skip_blanks();
    const std::size_t end = (std::min)(text_.find_first_not_of("0123456789", position_), text_.size());
    const std::string_view digits = text_.substr(position_, end - position_);
    Index value = 0;
    const bool is_number = !digits.empty() && (digits[0] != '0' || digits.size() == 1);
    if (!is_number || std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc())
      fail_here("a length of at least 0");
    position_ = end;
    return value;
  }

  std::vector<Index> shape() {
    std::vector<Index> lengths;
    expect('(');
    while (!take(')')) {
      if (lengths.size() == kMostAxes) fail_here("at most 64 lengths");
      lengths.push_back(length());
      if (take(',')) continue;
      if (lengths.size() == 1) fail_here("','");  // (3) is no tuple, but the number 3
      expect(')');
      break;
    }
    return lengths;
  }

  void parse_type() {
    skip_blanks();
    const std::string_view rest = text_.substr(position_);
    if (rest.starts_with('[')) fail_of_type("a structured one, " + printable(rest));
    const std::string_view descr = string("a dtype");
    const bool has_order = !descr.empty() && std::string_view("<>=|").find(descr[0]) != std::string_view::npos;
    for (const NpyType type : {NpyType::float32, NpyType::float64, NpyType::int32, NpyType::int64, NpyType::boolean}) {
      if (descr.substr(has_order ? 1 : 0) != facts(type).code) continue;
      header_.type = type;
      header_.is_reversed = descr[0] == (kNativeOrder == '<' ? '>' : '<') && facts(type).bytes > 1;
      return;
    }
    fail_of_type(printable(descr));
  }
  [[noreturn]] void fail_of_type(const std::string& found) const {
    context_.fail("expected an array of dtype float32, float64, int32, int64 or bool, got ", found,
                  "; numpy.save(..., x.astype('float32')) writes one");
  }

  std::string_view text_;
  const ReadContext& context_;
  std::size_t position_ = 0;
  NpyHeader header_;
};

/// Throws IoError unless `count` bytes, which are `part`, remain.
inline void require_remaining(const ByteSource& source, std::size_t count, std::string_view part) {
  if (source.remaining() < count)
    source.context().fail("expected ", count, " bytes of ", part, ", got ", source.remaining(), "; it is cut off");
}

}  // namespace npy_parts

/// Reads the header of a .npy file and leaves `source` where the numbers begin. Throws IoError if it is none, is
/// damaged, or tells of an array that the library does not read.
inline NpyHeader read_npy_header(ByteSource& source) {
  using namespace npy_parts;
  const ReadContext& context = source.context();
  std::array<std::byte, kMagic.size() + 2> start{};
  require_remaining(source, start.size(), "a .npy file's magic string and version");
  source.read(start);
  const std::string_view magic(reinterpret_cast<const char*>(start.data()), kMagic.size());
  if (magic != kMagic)
    context.fail("expected a .npy file, which begins with ", printable(kMagic), ", got ", printable(magic),
                 magic.starts_with("PK") ? "; load_npz reads such a file" : "");
  const int major = std::to_integer<int>(start[kMagic.size()]), minor = std::to_integer<int>(start[kMagic.size() + 1]);
  if (major < 1 || major > 3 || minor != 0)
    context.fail("expected version 1.0, 2.0 or 3.0 of the .npy format, got ", major, '.', minor);

  std::array<std::byte, sizeof(std::uint32_t)> length_bytes{};
  const auto used = std::span(length_bytes).first(major == 1 ? sizeof(std::uint16_t) : sizeof(std::uint32_t));
  require_remaining(source, used.size(), "the header's length");
  source.read(used);
  const std::size_t length = from_little_endian<std::uint32_t>(length_bytes.data());  // the upper bytes are 0
  if (length > kLongestText) context.fail("expected a header of at most ", kLongestText, " bytes, got ", length);
  require_remaining(source, length, "the header");
  std::string text(length, ' ');
  source.read(std::as_writable_bytes(std::span(text)));
  return HeaderParser(text, context).parse();
}

/// What stands before the numbers, in C order and this machine's byte order, of an array of type `type`: format version
/// 1.0, filled up so that the numbers begin at a multiple of 64 bytes. At most 64 axes, none negative.
inline std::string npy_header(NpyType type, const std::vector<Index>& shape) {
  constexpr std::size_t kPrefix = npy_parts::kMagic.size() + 4, kAlignment = 64;
  const npy_parts::TypeFacts facts = npy_parts::facts(type);
  std::string text = "{'descr': '";
  text.append(1, facts.bytes == 1 ? '|' : npy_parts::kNativeOrder).append(facts.code);
  text.append("', 'fortran_order': False, 'shape': ").append(shape_text(shape)).append(", }");
  const std::size_t unpadded = kPrefix + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ').append(1, '\n');

  std::string header(npy_parts::kMagic);
  header.append(1, '\1').append(1, '\0');
  append_little_endian(header, static_cast<std::uint16_t>(text.size()));
  return header + text;
}

}  // namespace tsattn
