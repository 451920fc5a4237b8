#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <istream>
#include <limits>
#include <map>
#include <memory>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/checksum.hpp>
#include <tsattn/formats/safetensors.hpp>
#include <tsattn/formats/strict_json.hpp>

namespace tsattn {

TSATTN_JSON_FUNCTION Index TensorEntry::size() const {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;  // whatever the other lengths
  Index size = 1;
  for (const Index length : shape) size *= length;
  return size;
}

namespace safetensors_parts {

/// The reference implementation reads no longer header either.
inline constexpr std::uint64_t kLongestHeader = 100'000'000;

/// Bytes of one number; 0 for a type that the format does not know.
inline Index bytes_of(std::string_view dtype) {
  constexpr std::pair<std::string_view, Index> kTypes[] = {
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},  {"I32", 4},     {"I16", 2},    {"I8", 1},
      {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};
  for (const auto& [name, bytes] : kTypes)
    if (name == dtype) return bytes;
  return 0;
}

template <class S>
constexpr std::string_view dtype_of() {
  static_assert(std::is_same_v<S, float> || std::is_same_v<S, double> || std::is_same_v<S, Index>);
  return std::is_same_v<S, float> ? "F32" : std::is_same_v<S, double> ? "F64" : "I64";
}

/// The number whose little-endian bytes begin at `from`.
template <class Number>
Number little_endian(const char* from) {
  std::array<char, sizeof(Number)> bytes;
  std::memcpy(bytes.data(), from, sizeof(Number));
  if constexpr (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<Number>(bytes);
}

/// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
inline float float_of_half(std::uint16_t bits) {
  const float sign = (bits & 0x8000U) != 0 ? -1.0F : 1.0F;
  const int exponent = (bits >> 10U) & 0x1F, fraction = bits & 0x3FF;
  if (exponent == 31)
    return fraction == 0 ? sign * std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

/// bfloat16: the upper half of a binary32.
inline float float_of_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

/// `count` numbers of type `dtype`, one of the floating-point types, from their bytes.
template <class S>
void convert(std::string_view dtype, const char* from, Index count, S* to) {
  const auto each = [&](Index bytes, auto&& number) {
    for (Index i = 0; i < count; ++i) to[i] = static_cast<S>(number(from + i * bytes));
  };
  if (dtype == "F32") return each(4, little_endian<float>);
  if (dtype == "F64") return each(8, little_endian<double>);
  if (dtype == "F16") return each(2, [](const char* at) { return float_of_half(little_endian<std::uint16_t>(at)); });
  each(2, [](const char* at) { return float_of_bfloat16(little_endian<std::uint16_t>(at)); });
}

inline void sort_by_place(std::vector<TensorEntry>& tensors) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
}

/// Checks and reads the header's entries.
class HeaderReader {
 public:
  HeaderReader(std::string where, Index data_size) : where_(std::move(where)), data_size_(data_size) {}

  /// Throws IoError, naming the tensor, unless the header is well-formed and the tensors lie one after the other, in
  /// some order, from the first to the last byte.
  void read(std::string_view text, std::vector<TensorEntry>& tensors, Metadata& metadata) const {
    if (text.substr(0, 1) != "{") fail<IoError>(where_, "expected a header that begins with {, got another one");
    const nlohmann::json header = parse_strict_json(where_, text, /*most_levels=*/3);
    for (const auto& [name, value] : header.items()) {
      if (name == "__metadata__") {
        read_metadata(value, metadata);
      } else {
        tensors.push_back(entry(name, value));
      }
    }
    sort_by_place(tensors);
    Index end = 0;
    for (const TensorEntry& tensor : tensors) {
      if (tensor.begin != end)
        fail<IoError>(where_, "expected the tensor \"", tensor.name, "\" to begin at byte ", end,
                      " of the data, where the one before ends, got byte ", tensor.begin);
      end = tensor.end;
    }
    if (end != data_size_)
      fail<IoError>(where_, "expected ", end, " bytes of data, which the tensors take, got ", data_size_,
                    data_size_ < end ? "; the file is cut off" : "");
  }

 private:
  void read_metadata(const nlohmann::json& value, Metadata& metadata) const {
    if (!value.is_object()) fail<IoError>(where_, "expected an object as __metadata__, got ", value.type_name());
    for (const auto& [name, text] : value.items()) {
      if (!text.is_string())
        fail<IoError>(where_, "expected a text as \"", name, "\" of __metadata__, got ", text.type_name());
      metadata.emplace(name, text.get<std::string>());
    }
  }

  TensorEntry entry(const std::string& name, const nlohmann::json& value) const {
    const std::string what = "the tensor \"" + name + '"';
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets"))
      fail<IoError>(where_, "expected ", what, " with dtype, shape and data_offsets, got ", excerpt(value));
    TensorEntry tensor;
    tensor.name = name;
    if (value["dtype"].is_string()) tensor.dtype = value["dtype"].get<std::string>();
    const Index bytes = bytes_of(tensor.dtype);
    if (bytes == 0)
      fail<IoError>(where_, "expected a dtype of the format in ", what, ", got ", excerpt(value["dtype"]));
    tensor.shape = integers(what, "shape", value["shape"]);
    const std::vector<Index> offsets = integers(what, "data_offsets", value["data_offsets"]);
    if (offsets.size() != 2) fail<IoError>(where_, "expected two data_offsets of ", what, ", got ", offsets.size());
    tensor.begin = offsets[0], tensor.end = offsets[1];
    if (tensor.begin > tensor.end || tensor.end > data_size_)
      fail<IoError>(where_, "expected data_offsets of ", what, " from 0 to ", data_size_, ", got ", tensor.begin,
                    " to ", tensor.end, "; the file is cut off or damaged");
    if (bytes_of_shape(tensor.shape, bytes) != tensor.end - tensor.begin)
      fail<IoError>(where_, "expected as many bytes of ", what, " as its dtype ", tensor.dtype, " and shape ",
                    shape_text(tensor.shape), " need, got ", tensor.end - tensor.begin);
    return tensor;
  }

  /// Bytes of a tensor, or -1 if that is more than an Index holds.
  static Index bytes_of_shape(const std::vector<Index>& shape, Index bytes) {
    for (const Index length : shape) {
      if (length == 0) return 0;
      if (bytes > (std::numeric_limits<Index>::max)() / length) bytes = -1;
      if (bytes > 0) bytes *= length;
    }
    return bytes;
  }

  std::vector<Index> integers(const std::string& what, std::string_view field, const nlohmann::json& list) const {
    std::vector<Index> values;
    bool is_good = list.is_array();
    for (std::size_t i = 0; is_good && i < list.size(); ++i) {
      is_good = is_integer(list[i], 0);
      if (is_good) values.push_back(list[i].get<Index>());
    }
    if (!is_good)
      fail<IoError>(where_, "expected integers of at least 0 as ", field, " of ", what, ", got ", excerpt(list));
    return values;
  }

  std::string where_;
  Index data_size_;
};

TSATTN_JSON_FUNCTION Checksum checksum_of_header(const Metadata& metadata, std::string_view checksum_key,
                                                 const std::vector<TensorEntry>& tensors) {
  Checksum sum;
  const auto add = [&](std::string_view text) { sum.add(text.data(), text.size()), sum.add("", 1); };
  for (const auto& [name, text] : metadata)
    if (name != checksum_key) add(name), add(text);
  for (const TensorEntry& tensor : tensors) add(tensor.name), add(tensor.dtype), add(shape_text(tensor.shape));
  return sum;
}

}  // namespace safetensors_parts

TSATTN_JSON_FUNCTION SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : where_("safetensors, " + path.string()) {
  std::error_code reason;
  const std::filesystem::file_status status = std::filesystem::status(path, reason);
  if (!std::filesystem::exists(status)) fail<IoError>(where_, "cannot open the file: there is none");
  if (!std::filesystem::is_regular_file(status))  // opening a pipe would wait for a writer
    fail<IoError>(where_, "cannot open the file: it is no ordinary file");
  auto file = std::make_unique<std::ifstream>();
  file->rdbuf()->pubsetbuf(nullptr, 0);  // numbers go straight to where they belong
  file->open(path, std::ios::binary);
  if (!*file) fail<IoError>(where_, "cannot open the file: it cannot be read");
  in_ = std::move(file);
  read_header();
}

TSATTN_JSON_FUNCTION SafetensorsFile::SafetensorsFile(std::string where, std::string bytes)
    : where_(std::move(where)), in_(std::make_unique<std::istringstream>(std::move(bytes))) {
  read_header();
}

TSATTN_JSON_FUNCTION const TensorEntry* SafetensorsFile::find(std::string_view name) const {
  for (const TensorEntry& tensor : tensors_)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

template <class S>
void SafetensorsFile::read(const TensorEntry& tensor, Index first, Index count, S* to, Checksum* checksum) {
  using namespace safetensors_parts;
  require_floating_point(tensor);
  const Index bytes = bytes_of(tensor.dtype);
  seek(tensor.begin + first * bytes);
  if (std::endian::native == std::endian::little && tensor.dtype == dtype_of<S>()) {
    read_bytes(reinterpret_cast<char*>(to), count * bytes, checksum);
    return;
  }
  constexpr Index kBufferSize = 8192;
  std::array<char, kBufferSize * 8> buffer;
  for (Index begin = 0; begin < count; begin += kBufferSize) {
    const Index size = (std::min)(kBufferSize, count - begin);
    read_bytes(buffer.data(), size * bytes, checksum);
    convert(tensor.dtype, buffer.data(), size, to + begin);
  }
}

template <class S>
void SafetensorsFile::read_column_major(const TensorEntry& tensor, Index rows, Index cols, S* to, Checksum* checksum) {
  if (rows <= 1 || cols <= 1) return read(tensor, 0, rows * cols, to, checksum);
  // Some rows at a time, a megabyte of them, are turned in tiles of a cache line each way.
  constexpr Index kBufferSize = 262144, kTile = 16;
  const Index rows_at_once = std::clamp<Index>(kBufferSize / cols / kTile * kTile, 1, rows);
  buffer_of_rows_.resize(static_cast<std::size_t>(rows_at_once * cols) * sizeof(S));
  S* buffer = reinterpret_cast<S*>(buffer_of_rows_.data());
  for (Index begin = 0; begin < rows; begin += rows_at_once) {
    const Index count = (std::min)(rows_at_once, rows - begin);
    read(tensor, begin * cols, count * cols, buffer, checksum);
    for (Index col = 0; col < cols; col += kTile)
      for (Index row = 0; row < count; row += kTile)
        for (Index c = col; c < (std::min)(col + kTile, cols); ++c)
          for (Index r = row; r < (std::min)(row + kTile, count); ++r) to[c * rows + begin + r] = buffer[r * cols + c];
  }
}

TSATTN_JSON_FUNCTION std::vector<Index> SafetensorsFile::read_integers(const TensorEntry& tensor, Checksum* checksum) {
  if (tensor.dtype != "I64")
    fail<IoError>(where_, "expected the tensor \"", tensor.name, "\" as I64, got ", tensor.dtype);
  std::vector<Index> values(static_cast<std::size_t>(tensor.size()));
  seek(tensor.begin);
  read_bytes(reinterpret_cast<char*>(values.data()), tensor.end - tensor.begin, checksum);
  if constexpr (std::endian::native == std::endian::big)
    for (Index& value : values) value = safetensors_parts::little_endian<Index>(reinterpret_cast<char*>(&value));
  return values;
}

TSATTN_JSON_FUNCTION void SafetensorsFile::add_to_checksum(const TensorEntry& tensor, Checksum& checksum) {
  std::array<char, 65536> buffer;
  seek(tensor.begin);
  for (Index left = tensor.end - tensor.begin; left > 0; left -= static_cast<Index>(buffer.size()))
    read_bytes(buffer.data(), (std::min)(left, static_cast<Index>(buffer.size())), &checksum);
}

TSATTN_JSON_FUNCTION NamedArrays SafetensorsFile::read_all() {
  NamedArrays arrays;
  for (const TensorEntry& tensor : tensors_) {
    Array<double>& array = arrays[tensor.name];
    array.shape = tensor.shape;
    require_floating_point(tensor);
    array.values.resize(static_cast<std::size_t>(tensor.size()));
    read(tensor, 0, tensor.size(), array.values.data());
  }
  return arrays;
}

TSATTN_JSON_FUNCTION void SafetensorsFile::read_header() {
  in_->seekg(0, std::ios::end);
  const auto file_size = static_cast<std::int64_t>(in_->tellg());
  in_->seekg(0);
  if (!*in_) fail<IoError>(where_, "cannot read the file");
  std::array<char, 8> prefix;
  if (file_size < 8 || !in_->read(prefix.data(), prefix.size()))
    fail<IoError>(where_, "expected at least the 8 bytes of the header's length, got ", file_size, " bytes");
  const auto length = safetensors_parts::little_endian<std::uint64_t>(prefix.data());
  if (length > safetensors_parts::kLongestHeader || length > static_cast<std::uint64_t>(file_size - 8))
    fail<IoError>(where_, "expected a header of at most ",
                  (std::min)(static_cast<std::uint64_t>(file_size - 8), safetensors_parts::kLongestHeader),
                  " bytes, got the length ", length, "; this is no .safetensors file, or it is cut off");
  std::string header(static_cast<std::size_t>(length), '\0');
  if (!in_->read(header.data(), static_cast<std::streamsize>(length))) fail<IoError>(where_, "cannot read the header");
  data_begin_ = 8 + static_cast<std::int64_t>(length);
  safetensors_parts::HeaderReader(where_, static_cast<Index>(file_size - data_begin_))
      .read(header, tensors_, metadata_);
}

TSATTN_JSON_FUNCTION void SafetensorsFile::require_floating_point(const TensorEntry& tensor) const {
  for (const std::string_view dtype : {"F32", "F64", "F16", "BF16"})
    if (tensor.dtype == dtype) return;
  fail<IoError>(where_, "expected the tensor \"", tensor.name, "\" as F32, F64, F16 or BF16, got ", tensor.dtype);
}

TSATTN_JSON_FUNCTION void SafetensorsFile::read_bytes(char* to, Index size, Checksum* checksum) {
  if (!in_->read(to, size)) fail<IoError>(where_, "cannot read the numbers; was the file changed meanwhile?");
  if (checksum != nullptr) checksum->add(to, static_cast<std::size_t>(size));
}

/// Takes numbers as the little-endian bytes of the file.
class SafetensorsWriter::Sink {
 public:
  explicit Sink(std::function<void(const char*, std::size_t)> take) : take_(std::move(take)) {}
  template <class S>
  void operator()(const S* values, Index count) const {
    if constexpr (std::endian::native == std::endian::little) {
      take_(reinterpret_cast<const char*>(values), static_cast<std::size_t>(count) * sizeof(S));
    } else {
      for (Index i = 0; i < count; ++i) {
        const S value = safetensors_parts::little_endian<S>(reinterpret_cast<const char*>(values + i));
        take_(reinterpret_cast<const char*>(&value), sizeof(S));
      }
    }
  }

 private:
  std::function<void(const char*, std::size_t)> take_;
};
template <class S>
void SafetensorsWriter::add(std::string name, std::vector<Index> shape, const S* values) {
  TensorEntry entry{std::move(name), std::string(safetensors_parts::dtype_of<S>()), std::move(shape)};
  const Index size = entry.size();
  append(std::move(entry), size * static_cast<Index>(sizeof(S)),
         [values, size](const Sink& sink) { sink(values, size); });
}

template <class S>
void SafetensorsWriter::add(std::string name, const NamedTensor<S>& tensor) {
  using Value = std::remove_const_t<S>;
  if (tensor.rows <= 1 || tensor.cols <= 1)
    return add<Value>(std::move(name), shape_of(tensor), static_cast<const Value*>(tensor.data));
  append({std::move(name), std::string(safetensors_parts::dtype_of<Value>()), shape_of(tensor)},
         tensor.size() * static_cast<Index>(sizeof(Value)),
         [tensor](const Sink& sink) { write_in_c_order<Value>(tensor.data, tensor.rows, tensor.cols, sink); });
}

template <class S>
std::vector<Index> SafetensorsWriter::shape_of(const NamedTensor<S>& tensor) {
  if (tensor.is_vector) return {tensor.rows};
  return {tensor.rows, tensor.cols};
}

TSATTN_JSON_FUNCTION std::vector<TensorEntry> SafetensorsWriter::entries() const {
  std::vector<TensorEntry> entries;
  Index begin = 0;
  for (const Tensor& tensor : tensors_) {
    entries.push_back(tensor.entry);
    entries.back().begin = begin;
    entries.back().end = begin += tensor.bytes;
  }
  safetensors_parts::sort_by_place(entries);
  return entries;
}

TSATTN_JSON_FUNCTION void SafetensorsWriter::save(const std::filesystem::path& path) const {
  write_file_atomically(path, [&](std::ostream& out) { write(out); });
}

TSATTN_JSON_FUNCTION void SafetensorsWriter::write(std::ostream& out) const {
  Metadata all = metadata;
  if (!checksum_key.empty()) all[checksum_key] = std::string(kDigits, '0');
  const std::vector<TensorEntry> tensors = entries();
  Checksum sum = safetensors_parts::checksum_of_header(all, checksum_key, tensors);
  const std::string text = header(all, tensors);
  const std::ostream::pos_type begin = out.tellp();
  std::array<char, 8> prefix;
  for (std::size_t i = 0; i < prefix.size(); ++i)
    prefix[i] = static_cast<char>((static_cast<std::uint64_t>(text.size()) >> (8 * i)) & 0xFFU);
  out.write(prefix.data(), prefix.size());
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  for (const Tensor& tensor : tensors_)
    tensor.write(Sink([&](const char* bytes, std::size_t size) {
      out.write(bytes, static_cast<std::streamsize>(size));
      if (!checksum_key.empty()) sum.add(bytes, size);
    }));
  if (checksum_key.empty()) return;
  // Only now is the checksum known: its digits are written over the zeros, which begin where the header with other
  // digits differs.
  all[checksum_key] = std::string(kDigits, '1');
  const auto zeros = std::mismatch(text.begin(), text.end(), header(all, tensors).begin()).first - text.begin();
  const std::ostream::pos_type end = out.tellp();
  out.seekp(begin + static_cast<std::streamoff>(prefix.size()) + static_cast<std::streamoff>(zeros));
  out << sum.text();
  out.seekp(end);
}

TSATTN_JSON_FUNCTION void SafetensorsWriter::append(TensorEntry entry, Index bytes,
                                                    std::function<void(const Sink&)> write) {
  const auto same_name = [&](const Tensor& tensor) { return tensor.entry.name == entry.name; };
  if (entry.name == "__metadata__" || std::any_of(tensors_.begin(), tensors_.end(), same_name))
    fail<ConfigError>("SafetensorsWriter", "expected a name of its own for every tensor, got \"", entry.name,
                      "\" again");
  tensors_.push_back({std::move(entry), bytes, std::move(write)});
}

template <class S>
void SafetensorsWriter::write_in_c_order(const S* values, Index rows, Index cols, const Sink& sink) {
  constexpr Index kBufferSize = 262144, kTile = 16;
  const Index rows_at_once = std::clamp<Index>(kBufferSize / cols / kTile * kTile, 1, rows);
  std::vector<S> buffer(static_cast<std::size_t>(rows_at_once * cols));
  for (Index begin = 0; begin < rows; begin += rows_at_once) {
    const Index count = (std::min)(rows_at_once, rows - begin);
    for (Index col = 0; col < cols; col += kTile)
      for (Index row = 0; row < count; row += kTile)
        for (Index r = row; r < (std::min)(row + kTile, count); ++r)
          for (Index c = col; c < (std::min)(col + kTile, cols); ++c)
            buffer[static_cast<std::size_t>(r * cols + c)] = values[c * rows + begin + r];
    sink(buffer.data(), count * cols);
  }
}

TSATTN_JSON_FUNCTION std::string SafetensorsWriter::header(const Metadata& metadata,
                                                           const std::vector<TensorEntry>& tensors) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  for (const TensorEntry& tensor : tensors)
    json[tensor.name] = {
        {"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {tensor.begin, tensor.end}}};
  try {
    std::string text = json.dump();
    constexpr std::size_t kAlignment = 8;  // of the numbers in the file, as the reference implementation aligns them
    return text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  } catch (const nlohmann::json::exception& error) {
    fail<IoError>("SafetensorsWriter", "expected names and metadata in UTF-8: ", error.what());
  }
}

#if defined(TSATTN_COMPILED_JSON)
#define TSATTN_SAFETENSORS_INSTANCES(S)                                                              \
  template void SafetensorsFile::read(const TensorEntry&, Index, Index, S*, Checksum*);              \
  template void SafetensorsFile::read_column_major(const TensorEntry&, Index, Index, S*, Checksum*); \
  template void SafetensorsWriter::add(std::string, std::vector<Index>, const S*);                   \
  template void SafetensorsWriter::add(std::string, const NamedTensor<S>&);                          \
  template void SafetensorsWriter::add(std::string, const NamedTensor<const S>&);                    \
  template std::vector<Index> SafetensorsWriter::shape_of(const NamedTensor<S>&);                    \
  template std::vector<Index> SafetensorsWriter::shape_of(const NamedTensor<const S>&)
TSATTN_SAFETENSORS_INSTANCES(float);
TSATTN_SAFETENSORS_INSTANCES(double);
#undef TSATTN_SAFETENSORS_INSTANCES
template void SafetensorsWriter::add(std::string, std::vector<Index>, const Index*);
#endif

}  // namespace tsattn
