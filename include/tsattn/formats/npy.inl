#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/atomic_file.hpp>
#include <tsattn/formats/byte_source.hpp>
#include <tsattn/formats/npy.hpp>
#include <tsattn/formats/npy_header.hpp>
#include <tsattn/formats/npy_value.hpp>

namespace tsattn {

namespace npy_parts {

/// Numbers that are converted go through a buffer of so many bytes, which stays in the cache.
inline constexpr std::size_t kBufferBytes = 65536;

/// Throws ShapeError unless an array can have that shape; returns how many values it has.
inline std::size_t require_writable(std::string_view where, const std::vector<Index>& shape, std::size_t bytes) {
  if (shape.size() > kMostAxes)
    fail<ShapeError>(where, "expected at most ", kMostAxes, " axes, which is what NumPy reads, got ", shape.size());
  const std::optional<std::size_t> count = value_count(shape, bytes);
  if (!count)
    fail<ShapeError>(where, "expected a shape of lengths from 0 to what memory holds, got ", shape_text(shape));
  return *count;
}
template <NpyValue Value>
void require_writable(std::string_view where, const Array<Value>& array) {
  const std::size_t count = require_writable(where, array.shape, sizeof(Value));
  if (array.values.size() != count)
    fail<ShapeError>(where, "expected ", count, " values for the shape ", shape_text(array.shape), ", got ",
                     array.values.size());
}

template <class Value>
void write_values(std::ostream& out, const Value* values, std::size_t count) {
  out.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(Value)));
}

template <NpyValue Value>
void write_values(std::ostream& out, const std::vector<Value>& values) {
  if constexpr (std::is_same_v<Value, bool>) {  // whose vector holds bits
    std::vector<char> buffer;
    for (std::size_t begin = 0; begin < values.size(); begin += buffer.size()) {
      const auto first = values.begin() + static_cast<Index>(begin);
      buffer.assign(first, first + static_cast<Index>((std::min)(kBufferBytes, values.size() - begin)));
      write_values(out, buffer.data(), buffer.size());
    }
  } else {
    write_values(out, values.data(), values.size());
  }
}

/// Of an array in Fortran order (the first index runs fastest), value by value, the place that each has in C order.
class FortranOrder {
 public:
  explicit FortranOrder(const std::vector<Index>& shape)
      : shape_(shape), strides_(shape.size(), 1), position_(shape.size(), 0) {
    for (std::size_t axis = shape.size(); axis-- > 1;) strides_[axis - 1] = strides_[axis] * shape[axis];
  }

  std::size_t next() {
    const Index place = place_;
    for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
      place_ += strides_[axis];
      if (++position_[axis] < shape_[axis]) break;
      place_ -= strides_[axis] * shape_[axis];
      position_[axis] = 0;
    }
    return static_cast<std::size_t>(place);
  }

 private:
  const std::vector<Index>& shape_;
  std::vector<Index> strides_, position_;
  Index place_ = 0;
};

/// Whether `Value` may be read from a file of numbers `Stored`; a bool is stored as std::uint8_t.
template <NpyValue Value, class Stored>
constexpr bool is_readable_from() {
  return std::is_floating_point_v<Value> || std::is_integral_v<Stored>;
}

/// `stored` as a `Value`; nothing if it has no such value. A float or double is the nearest one.
template <NpyValue Value, class Stored>
std::optional<Value> converted(Stored stored) {
  if constexpr (std::is_same_v<Stored, std::uint8_t> || std::is_same_v<Value, bool>) {
    if (stored != 0 && stored != 1) return std::nullopt;
  } else if constexpr (std::is_same_v<Stored, double> && std::is_same_v<Value, float>) {
    constexpr double kMostFloat = (std::numeric_limits<float>::max)(), kMost = (std::numeric_limits<double>::max)();
    if (std::abs(stored) > kMostFloat && std::abs(stored) <= kMost) return std::nullopt;
  } else if constexpr (std::is_integral_v<Value>) {
    if (!std::in_range<Value>(stored)) return std::nullopt;
  }
  return static_cast<Value>(stored);
}

/// Reads numbers of the type `Stored`, one after the other, into `values`, which has the header's shape.
template <class Stored, NpyValue Value>
void read_converted(ByteSource& source, const NpyHeader& header, std::vector<Value>& values) {
  std::vector<std::byte> buffer((std::min)(values.size() * sizeof(Stored), kBufferBytes));
  std::optional<FortranOrder> fortran_order;
  if (header.fortran_order) fortran_order.emplace(header.shape);
  for (std::size_t i = 0; i < values.size();) {
    const std::size_t count = (std::min)(buffer.size() / sizeof(Stored), values.size() - i);
    source.read(std::span(buffer).first(count * sizeof(Stored)));
    for (std::byte* bytes = buffer.data(); bytes != buffer.data() + count * sizeof(Stored); bytes += sizeof(Stored)) {
      if (header.is_reversed) std::reverse(bytes, bytes + sizeof(Stored));
      Stored stored{};
      std::memcpy(&stored, bytes, sizeof(Stored));
      const std::optional<Value> value = converted<Value>(stored);
      if (!value)
        source.context().fail("expected values that ", facts(type_of<Value>()).name, " can hold, got ", +stored,
                              " as value ", i, " of the file's ", values.size());
      values[fortran_order ? fortran_order->next() : i] = *value;
      ++i;
    }
  }
}

template <class Stored, NpyValue Value>
void read_values(ByteSource& source, const NpyHeader& header, std::vector<Value>& values) {
  if constexpr (std::is_same_v<Stored, Value>) {
    if (!header.is_reversed && !header.fortran_order) return source.read(std::as_writable_bytes(std::span(values)));
  }
  if constexpr (is_readable_from<Value, Stored>()) read_converted<Stored>(source, header, values);
}

/// Throws IoError unless the numbers that the header tells of are what remains, and a `Value` can be made of them.
/// Returns how many they are.
template <NpyValue Value>
std::size_t require_readable(const ByteSource& source, const NpyHeader& header) {
  const TypeFacts type = facts(header.type);
  const bool is_floating = header.type == NpyType::float32 || header.type == NpyType::float64;
  if (is_floating && !std::is_floating_point_v<Value>)
    source.context().fail("expected an array of dtype int32, int64 or bool to read as ", facts(type_of<Value>()).name,
                          ", got ", type.name, "; read it as float or double");
  const std::optional<std::size_t> count = value_count(header.shape, type.bytes);
  if (!count || *count * type.bytes > source.remaining())
    source.context().fail("expected the numbers of an array ", shape_text(header.shape), " of ", type.name,
                          ", got only ", source.remaining(), " bytes; it is cut off or damaged");
  if (*count * type.bytes < source.remaining())
    source.context().fail("expected ", *count * type.bytes, " bytes, which an array ", shape_text(header.shape), " of ",
                          type.name, " has, got ", source.remaining(), "; only one array can be read");
  return *count;
}

}  // namespace npy_parts

template <NpyValue Value>
void write_npy(std::ostream& out, const std::vector<Index>& shape, const Value* values) {
  const std::size_t count = npy_parts::require_writable("write_npy", shape, sizeof(Value));
  out << npy_header(npy_parts::type_of<Value>(), shape);
  npy_parts::write_values(out, values, count);
}

template <NpyValue Value>
void write_npy(std::ostream& out, const Array<Value>& array) {
  npy_parts::require_writable("write_npy", array);
  out << npy_header(npy_parts::type_of<Value>(), array.shape);
  npy_parts::write_values(out, array.values);
}

template <NpyValue Scalar>
void write_npy(std::ostream& out, const Matrix<Scalar>& values) {
  out << npy_header(npy_parts::type_of<Scalar>(), {values.rows(), values.cols()});
  // The matrix is column-major and the file row by row: some rows at a time are turned in a buffer.
  constexpr Index kBufferSize = 8192;
  const Index rows_at_once = (std::max)(Index{1}, kBufferSize / (std::max)(Index{1}, values.cols()));
  std::vector<Scalar> buffer;
  for (Index begin = 0; begin < values.rows(); begin += rows_at_once) {
    const Index end = (std::min)(begin + rows_at_once, values.rows());
    buffer.clear();
    for (Index row = begin; row < end; ++row)
      for (Index col = 0; col < values.cols(); ++col) buffer.push_back(values(row, col));
    npy_parts::write_values(out, buffer);
  }
}

template <NpyValue Scalar>
void save_npy(const std::filesystem::path& path, const Matrix<Scalar>& values) {
  write_file_atomically(path, [&](std::ostream& out) { write_npy(out, values); });
}

template <NpyValue Value>
void save_npy(const std::filesystem::path& path, const Array<Value>& array) {
  npy_parts::require_writable("save_npy", array);
  write_file_atomically(path, [&](std::ostream& out) { write_npy(out, array); });
}

template <NpyValue Value>
void save_npy(const std::filesystem::path& path, const std::vector<Index>& shape, const Value* values) {
  npy_parts::require_writable("save_npy", shape, sizeof(Value));
  write_file_atomically(path, [&](std::ostream& out) { write_npy(out, shape, values); });
}

template <NpyValue Value>
Array<Value> read_npy(ByteSource& source) {
  const NpyHeader header = read_npy_header(source);
  Array<Value> array{header.shape, {}};
  array.values.resize(npy_parts::require_readable<Value>(source, header));
  switch (header.type) {
    case NpyType::float32:
      npy_parts::read_values<float>(source, header, array.values);
      break;
    case NpyType::float64:
      npy_parts::read_values<double>(source, header, array.values);
      break;
    case NpyType::int32:
      npy_parts::read_values<std::int32_t>(source, header, array.values);
      break;
    case NpyType::int64:
      npy_parts::read_values<std::int64_t>(source, header, array.values);
      break;
    case NpyType::boolean:
      npy_parts::read_values<std::uint8_t>(source, header, array.values);
      break;
  }
  return array;
}

template <NpyValue Value>
Array<Value> read_npy(std::span<const std::byte> bytes) {
  MemoryBytes memory("read_npy", bytes);
  RangeSource source(memory.context(), memory, 0, memory.size());
  return read_npy<Value>(source);
}

template <NpyValue Value>
Array<Value> load_npy(const std::filesystem::path& path) {
  FileBytes file("load_npy", path);
  RangeSource source(file.context(), file, 0, file.size());
  return read_npy<Value>(source);
}

#if defined(TSATTN_COMPILED_LIBRARY)
#define TSATTN_NPY_INSTANCES(Value)                                                              \
  template void npy_parts::require_writable(std::string_view, const Array<Value>&);              \
  template void write_npy(std::ostream&, const std::vector<Index>&, const Value*);               \
  template void write_npy(std::ostream&, const Array<Value>&);                                   \
  template void write_npy(std::ostream&, const Matrix<Value>&);                                  \
  template void save_npy(const std::filesystem::path&, const Matrix<Value>&);                    \
  template void save_npy(const std::filesystem::path&, const Array<Value>&);                     \
  template void save_npy(const std::filesystem::path&, const std::vector<Index>&, const Value*); \
  template Array<Value> read_npy<Value>(ByteSource&);                                            \
  template Array<Value> read_npy<Value>(std::span<const std::byte>);                             \
  template Array<Value> load_npy<Value>(const std::filesystem::path&)
TSATTN_NPY_INSTANCES(float);
TSATTN_NPY_INSTANCES(double);
TSATTN_NPY_INSTANCES(std::int32_t);
TSATTN_NPY_INSTANCES(std::int64_t);
TSATTN_NPY_INSTANCES(bool);
#undef TSATTN_NPY_INSTANCES
#endif

}  // namespace tsattn
