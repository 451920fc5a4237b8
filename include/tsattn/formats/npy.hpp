#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <span>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/formats/array.hpp>
#include <tsattn/formats/npy_value.hpp>

/// Arrays of NumPy, in its own file format. A file's dtype is one of float32, float64, int32, int64 and bool, the C++
/// type one of float, double, std::int32_t, std::int64_t and bool.
/// Source: numpy.lib.format; NEP 1, "A simple file format for NumPy arrays".
namespace tsattn {

class ByteSource;

namespace npy_parts {

/// Throws ShapeError unless the array has as many values as its shape says.
template <NpyValue Value>
void require_writable(std::string_view where, const Array<Value>& array);

}  // namespace npy_parts

/// Writes the array of that shape whose values, in C order, begin at `values` to `out`, a binary stream, as the bytes
/// of a .npy file. Throws ShapeError if a length is negative.
template <NpyValue Value>
void write_npy(std::ostream& out, const std::vector<Index>& shape, const Value* values);

/// Writes `array` so. Throws ShapeError if its shape does not fit the number of its values.
template <NpyValue Value>
void write_npy(std::ostream& out, const Array<Value>& array);

/// Writes `values` [rows, cols] so.
template <NpyValue Scalar>
void write_npy(std::ostream& out, const Matrix<Scalar>& values);

/// Saves `values` [rows, cols] as the .npy file `path`: numpy.load gives an array of shape (rows, cols) in C order, of
/// dtype float32 or float64 (or as `Scalar` is). The file is written whole or not at all; throws as
/// write_file_atomically.
template <NpyValue Scalar>
void save_npy(const std::filesystem::path& path, const Matrix<Scalar>& values);

/// Saves `array` so. Throws ShapeError, before anything is written, if its shape does not fit the number of its values.
template <NpyValue Value>
void save_npy(const std::filesystem::path& path, const Array<Value>& array);

/// Saves the array of that shape whose values, in C order, begin at `values`.
template <NpyValue Value>
void save_npy(const std::filesystem::path& path, const std::vector<Index>& shape, const Value* values);

/// Reads all that remains in `source` as a .npy file; see load_npy.
template <NpyValue Value = double>
Array<Value> read_npy(ByteSource& source);

/// Reads the array in the bytes of a .npy file; see load_npy.
template <NpyValue Value = double>
Array<Value> read_npy(std::span<const std::byte> bytes);

/// Reads the array in the .npy file `path`, in C order whatever the file's order: any number of axes, any byte order,
/// format versions 1.0 to 3.0.
///
/// Any dtype is read as float or double, each number as the nearest one; but a finite float64 beyond the largest float
/// is an error. Integers and bools are read as std::int32_t, std::int64_t or bool if each number fits, float32 and
/// float64 never.
///
/// Throws IoError, naming the file, what was expected and what was found: no such file, no .npy file, another dtype, a
/// file that is shorter or longer than its header says (which is known before memory is allocated), a number that does
/// not fit.
template <NpyValue Value = double>
Array<Value> load_npy(const std::filesystem::path& path);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/formats/npy.inl>
#endif
