#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/io/atomic_file.hpp>

/// Arrays for NumPy, in its own file format.
/// Source: numpy.lib.format, "NEP 1: A simple file format for NumPy arrays".
namespace tsattn {

namespace npy_parts {

/// What stands before the numbers, format version 1.0: magic string, version, length of the text, and the text (a
/// Python dictionary) filled up with blanks and a newline so that the numbers start at a multiple of 64 bytes.
template <class Scalar>
std::string header(Index rows, Index cols) {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>,
                "npy files are written from float or double");
  static_assert(std::endian::native == std::endian::little || std::endian::native == std::endian::big);
  constexpr char kByteOrder = std::endian::native == std::endian::little ? '<' : '>';
  constexpr std::size_t kPrefix = 10, kAlignment = 64;

  std::string text = "{'descr': '";
  text.append(1, kByteOrder).append(1, 'f').append(std::to_string(sizeof(Scalar)));
  text += "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " + std::to_string(cols) + "), }";
  const std::size_t unpadded = kPrefix + text.size() + 1;
  text.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ').append(1, '\n');

  const auto byte = [](std::size_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  std::string prefix = "\x93NUMPY";
  prefix.append(1, '\1').append(1, '\0').append(1, byte(text.size() % 256)).append(1, byte(text.size() / 256));
  return prefix + text;
}

}  // namespace npy_parts

/// Writes `values` [rows, cols] to `out`, a binary stream, as the bytes of a .npy file.
template <class Scalar>
void write_npy(std::ostream& out, const Matrix<Scalar>& values) {
  out << npy_parts::header<Scalar>(values.rows(), values.cols());
  // The matrix is column-major and the file row by row: some rows at a time are turned in a buffer.
  constexpr Index kBufferSize = 8192;
  const Index rows_at_once = (std::max)(Index{1}, kBufferSize / (std::max)(Index{1}, values.cols()));
  std::vector<Scalar> buffer;
  for (Index begin = 0; begin < values.rows(); begin += rows_at_once) {
    const Index end = (std::min)(begin + rows_at_once, values.rows());
    buffer.clear();
    for (Index row = begin; row < end; ++row)
      for (Index col = 0; col < values.cols(); ++col) buffer.push_back(values(row, col));
    out.write(reinterpret_cast<const char*>(buffer.data()),
              static_cast<std::streamsize>(buffer.size() * sizeof(Scalar)));
  }
}

/// Saves `values` [rows, cols], float or double, as the .npy file `path`: numpy.load gives an array of shape (rows,
/// cols) and dtype float32 or float64, in C order. The file is written whole or not at all; throws as
/// write_file_atomically.
template <class Scalar>
void save_npy(const std::filesystem::path& path, const Matrix<Scalar>& values) {
  write_file_atomically(path, [&](std::ostream& out) { write_npy(out, values); });
}

}  // namespace tsattn
