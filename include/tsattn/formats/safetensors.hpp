#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/checksum.hpp>

/// The .safetensors format: 8 bytes with the length of the header, little-endian; the header, a JSON object
///   {"__metadata__": {"name": "text", ...}, "tensor": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
/// filled up with blanks; and the numbers of the tensors, little-endian, in C order, without gaps.
/// Source: the format's description and its reference implementation, github.com/huggingface/safetensors (0.4).
namespace tsattn {

/// Where one tensor lies in a .safetensors file.
struct TensorEntry {
  std::string name;
  std::string dtype;         ///< "F32", "F64", "F16", "BF16", "I64", ...
  std::vector<Index> shape;  ///< C order
  Index begin = 0, end = 0;  ///< bytes, from the beginning of the numbers

  /// Returns how many numbers it has.
  Index size() const;
};

/// Texts by name: `__metadata__`.
using Metadata = std::map<std::string, std::string>;

namespace safetensors_parts {

/// Begins the checksum of a file: all metadata but the checksum itself, and what the header says of the tensors.
Checksum checksum_of_header(const Metadata& metadata, std::string_view checksum_key,
                            const std::vector<TensorEntry>& tensors);

}  // namespace safetensors_parts

/// An open .safetensors file. The header is read and checked at once, the numbers when they are asked for.
class SafetensorsFile {
 public:
  /// Throws IoError, naming the file, if it cannot be read or is not well-formed: whatever it says is checked against
  /// its length before anything of that size is allocated.
  explicit SafetensorsFile(const std::filesystem::path& path);
  /// Opens a file that is in memory as these bytes; `where` stands for the file in messages.
  SafetensorsFile(std::string where, std::string bytes);

  /// Lists the tensors in the order of their numbers in the file.
  const std::vector<TensorEntry>& tensors() const { return tensors_; }
  const Metadata& metadata() const { return metadata_; }
  const std::string& where() const { return where_; }

  /// Returns the tensor with that name, or null.
  const TensorEntry* find(std::string_view name) const;

  /// The numbers `first`, ..., `first + count - 1` of a tensor, F32, F64, F16 or BF16, as S. Adds their bytes to
  /// `checksum`, if there is one. Throws IoError for another dtype or if the file cannot be read.
  template <class S>
  void read(const TensorEntry& tensor, Index first, Index count, S* to, Checksum* checksum = nullptr);

  /// Reads all numbers of a tensor in column-major order: those of shape (rows, cols), or (rows,), to a matrix [rows,
  /// cols].
  template <class S>
  void read_column_major(const TensorEntry& tensor, Index rows, Index cols, S* to, Checksum* checksum = nullptr);

  /// The integers of a tensor of dtype I64.
  std::vector<Index> read_integers(const TensorEntry& tensor, Checksum* checksum = nullptr);

  /// Adds the bytes of a tensor of any dtype to `checksum`.
  void add_to_checksum(const TensorEntry& tensor, Checksum& checksum);

  /// Reads every tensor; all of them must be F32, F64, F16 or BF16.
  NamedArrays read_all();

 private:
  void read_header();

  void require_floating_point(const TensorEntry& tensor) const;

  void seek(Index byte) { in_->seekg(data_begin_ + byte); }
  void read_bytes(char* to, Index size, Checksum* checksum);

  std::string where_;
  std::unique_ptr<std::istream> in_;
  std::int64_t data_begin_ = 0;
  std::vector<TensorEntry> tensors_;
  Metadata metadata_;
  std::vector<char> buffer_of_rows_;
};

/// What is to be written to a .safetensors file. Tensors are views: their numbers are read when the file is written.
class SafetensorsWriter {
 public:
  Metadata metadata;
  /// If not empty, the metadata under this name will be the checksum of all else: other metadata, names, dtypes,
  /// shapes and numbers.
  std::string checksum_key;

  /// Throws ConfigError if the name is taken or "__metadata__".
  template <class S>
  void add(std::string name, std::vector<Index> shape, const S* values);
  /// Adds a tensor in column-major order, which the file gets in C order.
  template <class S>
  void add(std::string name, const NamedTensor<S>& tensor);

  /// The axes that a tensor has in a file: (rows, cols), or (rows,) for a vector.
  template <class S>
  static std::vector<Index> shape_of(const NamedTensor<S>& tensor);

  /// The tensors as the file will list them, in the order of their numbers there.
  std::vector<TensorEntry> entries() const;

  /// Writes the file, whole or not at all; throws as write_file_atomically.
  void save(const std::filesystem::path& path) const;

  /// Writes the bytes of the file to a binary stream, which must be able to seek if there is a checksum.
  void write(std::ostream& out) const;

 private:
  class Sink;
  struct Tensor {
    TensorEntry entry;  // without its place
    Index bytes;
    std::function<void(const Sink&)> write;
  };

  void append(TensorEntry entry, Index bytes, std::function<void(const Sink&)> write);

  template <class S>
  static void write_in_c_order(const S* values, Index rows, Index cols, const Sink& sink);

  static std::string header(const Metadata& metadata, const std::vector<TensorEntry>& tensors);

  static constexpr std::size_t kDigits = 16;  // of a checksum

  std::vector<Tensor> tensors_;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_JSON)
#include <tsattn/formats/safetensors.inl>
#endif
