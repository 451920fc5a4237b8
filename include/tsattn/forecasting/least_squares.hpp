#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>

namespace tsattn {

/// A problem of least squares: the W [n, m] that makes |X W - B| smallest, for equations [X B] that come a block at a
/// time. Kept is only the triangle R of X = Q R, with Q^T B beside it, so memory does not grow with the equations.
/// Source: Golub & Van Loan 2013, "Matrix Computations", 4th edition, sections 5.2 and 6.5; Demmel, Grigori, Hoemmen &
/// Langou 2012, "Communication-optimal parallel and sequential QR and LU factorizations".
///
/// Normal equations take half the time, 0.08 s instead of 0.17 s for 12,000 windows of 96 + 96 steps on one core. But
/// windows of a smooth series are nearly the same ones over and over, and the condition, which is large, is squared: of
/// two sines with noise of 1e-6 the weights were off by 3e-3 of their norm, not by 4e-10.
class LeastSquares {
 public:
  /// n unknowns, m right sides.
  LeastSquares(Index unknowns, Index right_sides) : rows_(unknowns + right_sides, unknowns) {}

  /// Adds one equation [x_1 ... x_n b_1 ... b_m] for each row of `equations`, whose memory is used up: a Householder
  /// reflection for each unknown takes its column into R.
  void add(Matrix<double>& equations);

  /// W^T [m, n]; where several W are equally good, that of the least norm. With equations X W = B whose rows x_i are
  /// orthogonal to each other it is the sum of x_i b_i^T / |x_i|^2. The |x_i| are then the singular values of X; those
  /// that rounding alone could have made are left out, as numpy.linalg.lstsq does.
  Matrix<double> solution() &&;

 private:
  Index unknowns() const { return rows_.cols(); }
  Index right_sides() const { return rows_.rows() - rows_.cols(); }
  VectorMap<const double> left(Index i) const { return {&rows_(0, i), unknowns()}; }

  /// Rotates pairs of equations, which changes no solution, until the rows of R are orthogonal to each other: one-sided
  /// Jacobi rotations (Hestenes 1958, "Inversion of matrices by biorthogonalization and related results"; Golub & Van
  /// Loan, section 8.6.3). A sweep over all pairs squares what is left, so a few do. Rows of at most `cut` of the
  /// longest one are left alone.
  void make_rows_orthogonal(double cut);

  /// Makes the rows i and j orthogonal, whose squared lengths are a and b. False if they were.
  bool rotate(Index i, Index j, double& a, double& b);

  Matrix<double> rows_;  // [n + m, n], column j is row j of [R, Q^T B]: what is added up lies side by side
  Index count_ = 0;      // of equations
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/forecasting/least_squares.inl>
#endif
