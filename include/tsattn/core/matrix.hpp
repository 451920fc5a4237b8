#pragma once

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include <Eigen/Core>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>

namespace tsattn {

/// Eigen's view of column-major memory that it does not own. `Scalar` may be const.
template <class Scalar>
using MatrixMap =
    Eigen::Map<std::conditional_t<std::is_const_v<Scalar>,
                                  const Eigen::Matrix<std::remove_const_t<Scalar>, Eigen::Dynamic, Eigen::Dynamic>,
                                  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>>>;

/// Eigen's view of a column vector that it does not own.
template <class Scalar>
using VectorMap = Eigen::Map<
    std::conditional_t<std::is_const_v<Scalar>, const Eigen::Matrix<std::remove_const_t<Scalar>, Eigen::Dynamic, 1>,
                       Eigen::Matrix<Scalar, Eigen::Dynamic, 1>>>;

/// A matrix [rows, cols] in 64-byte-aligned memory of the library's own, column-major: element (r, c) is data()[c rows
/// + r]. `map()` is the Eigen view that all arithmetic uses; an Eigen expression can be assigned.
template <class Scalar>
class Matrix {
 public:
  Matrix() = default;

  /// Makes a matrix of zeros. Throws ShapeError if a size is negative or so large that no memory could hold it.
  Matrix(Index rows, Index cols) : rows_(rows), cols_(cols), values_(checked_size(rows, cols)) {}

  template <class Derived>
  Matrix(const Eigen::DenseBase<Derived>& values)  // implicit, as between Eigen's own types
      : Matrix(values.rows(), values.cols()) {
    map() = values;
  }
  template <class Derived>
  Matrix& operator=(const Eigen::DenseBase<Derived>& values) {
    Matrix copy(values);  // for `values` may read this matrix
    if (rows() == copy.rows() && cols() == copy.cols()) {
      std::copy_n(copy.data(), size(), data());  // where it is: somebody may hold a view
    } else {
      swap(copy);
    }
    return *this;
  }
  Matrix(const Matrix&) = default;
  Matrix(Matrix&& other) noexcept { swap(other); }  // leaves an empty matrix
  Matrix& operator=(const Matrix&) = default;
  Matrix& operator=(Matrix&& other) noexcept {
    Matrix(std::move(other)).swap(*this);
    return *this;
  }
  ~Matrix() = default;

  void swap(Matrix& other) noexcept {
    std::swap(rows_, other.rows_);
    std::swap(cols_, other.cols_);
    values_.swap(other.values_);
  }

  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  Index size() const { return values_.size(); }
  Scalar* data() { return values_.data(); }
  const Scalar* data() const { return values_.data(); }

  Scalar& operator()(Index row, Index col) { return values_.data()[col * rows_ + row]; }
  const Scalar& operator()(Index row, Index col) const { return values_.data()[col * rows_ + row]; }

  MatrixMap<Scalar> map() { return {data(), rows_, cols_}; }
  MatrixMap<const Scalar> map() const { return {data(), rows_, cols_}; }

  void fill(Scalar value) { std::fill_n(data(), size(), value); }

  /// Changes the size. The contents are unspecified afterwards; a size that was held before costs no allocation. Throws
  /// as the constructor does.
  void resize(Index rows, Index cols) {
    values_.resize(checked_size(rows, cols));
    rows_ = rows;
    cols_ = cols;
  }

 private:
  static Index checked_size(Index rows, Index cols) {
    if (rows < 0 || cols < 0) fail<ShapeError>("Matrix", "expected sizes of at least 0, got [", rows, ", ", cols, "]");
    if (rows > 0 && cols > (std::numeric_limits<Index>::max)() / static_cast<Index>(sizeof(Scalar)) / rows)
      fail<ShapeError>("Matrix", "expected a size that memory can hold, got [", rows, ", ", cols, "]");
    return rows * cols;
  }

  Index rows_ = 0;
  Index cols_ = 0;
  AlignedBuffer<Scalar> values_;
};

/// A column vector [size], in 64-byte-aligned memory of the library's own, as that of Matrix.
template <class Scalar>
class Vector {
 public:
  Vector() = default;

  /// Makes a vector of zeros. Throws ShapeError if the size is negative.
  explicit Vector(Index size) : values_(size, 1) {}

  template <class Derived>
  Vector(const Eigen::MatrixBase<Derived>& values) : values_(values) {  // implicit, as between Eigen's own types
    static_assert(Derived::ColsAtCompileTime == 1, "a Vector is made from a column");
  }
  template <class Derived>
  Vector& operator=(const Eigen::MatrixBase<Derived>& values) {
    values_ = values;
    return *this;
  }

  Index size() const { return values_.size(); }
  Scalar* data() { return values_.data(); }
  const Scalar* data() const { return values_.data(); }

  Scalar& operator()(Index i) { return values_.data()[i]; }
  const Scalar& operator()(Index i) const { return values_.data()[i]; }

  VectorMap<Scalar> map() { return {data(), size()}; }
  VectorMap<const Scalar> map() const { return {data(), size()}; }

  void fill(Scalar value) { values_.fill(value); }

  /// Changes the size. The contents are unspecified afterwards; a size that was held before costs no allocation.
  void resize(Index size) { values_.resize(size, 1); }

 private:
  Matrix<Scalar> values_;
};

}  // namespace tsattn
