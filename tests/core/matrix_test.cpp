#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>

namespace {

using namespace tsattn;

/// Element (r, c) is 10 r + c.
Matrix<double> numbered(Index rows, Index cols) {
  Matrix<double> m(rows, cols);
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c) m(r, c) = static_cast<double>(10 * r + c);
  return m;
}

bool is_numbered(const Matrix<double>& m, Index rows, Index cols) {
  if (m.rows() != rows || m.cols() != cols) return false;
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < cols; ++c)
      if (m(r, c) != static_cast<double>(10 * r + c)) return false;
  return true;
}

TEST_CASE_TEMPLATE("a new matrix or vector is zero, on a 64-byte boundary", S, float, double) {
  const Matrix<S> m(3, 5);
  CHECK(m.rows() == 3);
  CHECK(m.cols() == 5);
  CHECK(m.size() == 15);
  CHECK(m.map().isZero(0));
  CHECK(reinterpret_cast<std::uintptr_t>(m.data()) % 64 == 0);

  const Vector<S> v(7);
  CHECK(v.size() == 7);
  CHECK(v.map().isZero(0));
  CHECK(reinterpret_cast<std::uintptr_t>(v.data()) % 64 == 0);

  CHECK(Matrix<S>().size() == 0);
  CHECK(Matrix<S>(0, 4).size() == 0);
  CHECK(Matrix<S>(0, 4).cols() == 4);
  CHECK(Vector<S>().size() == 0);
}

TEST_CASE("a matrix is column-major, and so is its map") {
  Matrix<double> m(2, 3);
  for (Index i = 0; i < 6; ++i) m.data()[i] = static_cast<double>(i);
  CHECK(m(0, 0) == 0);
  CHECK(m(1, 0) == 1);
  CHECK(m(0, 1) == 2);
  CHECK(m(1, 2) == 5);
  CHECK(m.map()(1, 2) == 5);
  m.map()(0, 2) = 9;
  CHECK(std::as_const(m)(0, 2) == 9);
  CHECK(std::as_const(m).map()(0, 2) == 9);
  m.fill(4);
  CHECK((m.map().array() == 4).all());
}

TEST_CASE("a const matrix or vector shows itself read-only") {
  static_assert(!std::is_assignable_v<decltype(std::declval<const Matrix<float>&>()(0, 0)), float>);
  static_assert(!std::is_assignable_v<decltype(std::declval<const Matrix<float>&>().map()(0, 0)), float>);
  static_assert(!std::is_assignable_v<decltype(std::declval<const Vector<float>&>()(0)), float>);
  static_assert(!std::is_assignable_v<decltype(std::declval<const Vector<float>&>().map()(0)), float>);
}

TEST_CASE("copies of a matrix are copies, and assigning keeps the memory") {
  const Matrix<double> original = numbered(2, 3);
  Matrix<double> copy = original;
  copy(0, 0) = -1;
  CHECK(is_numbered(original, 2, 3));

  Matrix<double> large(4, 4);
  const double* const memory = large.data();
  large = original;
  CHECK(is_numbered(large, 2, 3));
  CHECK(large.data() == memory);

  const Matrix<double>& same = large;
  large = same;
  CHECK(is_numbered(large, 2, 3));
}

TEST_CASE("a matrix that was moved from is empty and can be used again") {
  Matrix<double> original = numbered(2, 3);
  const double* const memory = original.data();
  Matrix<double> moved = std::move(original);
  CHECK(is_numbered(moved, 2, 3));
  CHECK(moved.data() == memory);
  // Otherwise map() shows [2, 3] entries that are not there.
  CHECK(original.rows() * original.cols() == original.size());  // NOLINT(bugprone-use-after-move)

  Matrix<double> assigned(1, 1);
  assigned = std::move(moved);
  CHECK(is_numbered(assigned, 2, 3));

  original = assigned;
  CHECK(is_numbered(original, 2, 3));
  moved.resize(2, 3);  // NOLINT(bugprone-use-after-move)
  moved.fill(1);
  CHECK(moved.map().sum() == 6);
}

TEST_CASE("resizing to a size that was held before keeps the memory") {
  Matrix<double> m(6, 4);
  const double* const memory = m.data();
  for (const auto& [rows, cols] : {std::pair<Index, Index>{2, 3}, {4, 6}, {0, 9}, {24, 1}}) {
    m.resize(rows, cols);
    CHECK(m.rows() == rows);
    CHECK(m.cols() == cols);
    CHECK(m.data() == memory);
  }
  Vector<double> v(9);
  const double* const vector_memory = v.data();
  v.resize(4), v.resize(9);
  CHECK(v.size() == 9);
  CHECK(v.data() == vector_memory);
}

TEST_CASE("a matrix is made from and assigned an Eigen expression, even one that reads it") {
  const Eigen::MatrixXd values = (Eigen::MatrixXd(2, 3) << 0, 1, 2, 10, 11, 12).finished();
  CHECK(is_numbered(values, 2, 3));
  Matrix<double> m = values * 2;
  m = m.map() / 2;
  CHECK(is_numbered(m, 2, 3));
  m = m.map().transpose();
  CHECK(m.rows() == 3);
  CHECK(m(2, 1) == 12);
  m = m.map().transpose();
  CHECK(is_numbered(m, 2, 3));
  m = m.map().rightCols(2);  // the entries move within the memory that is read
  CHECK(m(0, 0) == 1);
  CHECK(m(1, 1) == 12);
  Matrix<double> square = numbered(2, 2);
  square = square.map() * square.map();  // [0 1; 10 11]^2
  CHECK(square(0, 0) == 10);
  CHECK(square(0, 1) == 11);
  CHECK(square(1, 0) == 110);
  CHECK(square(1, 1) == 131);
}

TEST_CASE("a vector is made from and assigned an Eigen expression, even one that reads it") {
  Vector<double> v = Eigen::Vector3d(1, 2, 3);
  v = v.map().reverse();
  CHECK(v(0) == 3);
  CHECK(v(2) == 1);
  v = v.map().tail(2);
  CHECK(v.size() == 2);
  CHECK(v(0) == 2);
  const Vector<double> copy = v;
  v.fill(0);
  CHECK(copy(1) == 1);
}

TEST_CASE("assigning an expression of the same size keeps the memory, which others may be looking at") {
  Matrix<double> m = numbered(2, 3);
  Vector<double> v = Eigen::Vector3d(1, 2, 3);
  const double *const matrix_memory = m.data(), *const vector_memory = v.data();
  m = m.map() * 3;
  v = v.map().reverse();
  CHECK(m.data() == matrix_memory);
  CHECK(m(1, 2) == 36);
  CHECK(v.data() == vector_memory);
  CHECK(v(0) == 3);
}

TEST_CASE("negative sizes are refused, and leave the tensor as it was") {
  CHECK_THROWS_WITH_AS(Matrix<float>(-1, 2), "[Matrix] expected sizes of at least 0, got [-1, 2]", ShapeError);
  CHECK_THROWS_WITH_AS(Matrix<float>(3, -4), "[Matrix] expected sizes of at least 0, got [3, -4]", ShapeError);
  CHECK_THROWS_AS(Vector<float>(-1), ShapeError);
  Matrix<double> m = numbered(2, 3);
  CHECK_THROWS_WITH_AS(m.resize(2, -3), "[Matrix] expected sizes of at least 0, got [2, -3]", ShapeError);
  CHECK(is_numbered(m, 2, 3));
  Vector<double> v(2);
  CHECK_THROWS_AS(v.resize(-2), ShapeError);
  CHECK(v.size() == 2);
}

TEST_CASE_TEMPLATE("sizes that no memory holds are refused before they overflow", S, float, double) {
  constexpr Index kMost = std::numeric_limits<Index>::max(), kFits = kMost / static_cast<Index>(sizeof(S));
  const auto error = [](Index rows, Index cols) {
    return "[Matrix] expected a size that memory can hold, got [" + std::to_string(rows) + ", " + std::to_string(cols) +
           "]";
  };
  // 2^32 * 2^32 and 2^62 * 4 are 0 as 64-bit integers, which would be an empty matrix of that size.
  for (const auto& [rows, cols] : {std::pair{kFits + 1, Index{1}},
                                   {Index{1}, kFits + 1},
                                   {kMost, kMost},
                                   {Index{3}, kFits / 3 + 1},
                                   {Index{1} << 32, Index{1} << 32},
                                   {Index{1} << 62, Index{4}},
                                   {Index{4}, Index{1} << 62}}) {
    CHECK_THROWS_WITH_AS((Matrix<S>(rows, cols)), error(rows, cols).c_str(), ShapeError);
    Matrix<S> m(2, 3);
    CHECK_THROWS_WITH_AS(m.resize(rows, cols), error(rows, cols).c_str(), ShapeError);
    CHECK(m.rows() == 2);
    CHECK(m.size() == 6);
  }
  CHECK_THROWS_AS(Vector<S>{kMost}, ShapeError);
  CHECK(Matrix<S>(0, kMost).size() == 0);
  CHECK(Matrix<S>(kMost, 0).size() == 0);
}

}  // namespace
