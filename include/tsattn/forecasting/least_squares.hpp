#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

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
  void add(Matrix<double>& equations) {
    count_ += equations.rows();
    for (Index j = 0; j < rows_.cols(); ++j) {
      const VectorMap<const double> v(&equations(0, j), equations.rows());
      const double below = v.squaredNorm();
      if (below < (std::numeric_limits<double>::min)()) continue;
      // The reflection along (v_0, v) that makes (r_jj, v) to (diagonal, 0); the sign lets nothing cancel in v_0.
      double* const row = &rows_(0, j);
      const double diagonal = -std::copysign(std::sqrt(row[j] * row[j] + below), row[j]);
      const double v_0 = row[j] - diagonal;
      const double factor = -1 / (diagonal * v_0);  // 2 / (v_0^2 + v . v)
      row[j] = diagonal;
      for (Index k = j + 1; k < rows_.rows(); ++k) {
        VectorMap<double> column(&equations(0, k), equations.rows());
        const double along = factor * (v_0 * row[k] + v.dot(column));
        row[k] -= along * v_0;
        column -= along * v;
      }
    }
  }

  /// W^T [m, n]; where several W are equally good, that of the least norm. With equations X W = B whose rows x_i are
  /// orthogonal to each other it is the sum of x_i b_i^T / |x_i|^2. The |x_i| are then the singular values of X; those
  /// that rounding alone could have made are left out, as numpy.linalg.lstsq does.
  Matrix<double> solution() && {
    const double cut = std::numeric_limits<double>::epsilon() * static_cast<double>((std::max)(count_, unknowns()));
    make_rows_orthogonal(cut);
    double longest = 0;
    for (Index i = 0; i < unknowns(); ++i) longest = (std::max)(longest, left(i).norm());
    Matrix<double> solution(right_sides(), unknowns());
    for (Index i = 0; i < unknowns(); ++i) {
      const double length = left(i).norm();
      if (length <= cut * longest) continue;
      const VectorMap<const double> right(&rows_(unknowns(), i), right_sides());
      for (Index j = 0; j < unknowns(); ++j)
        VectorMap<double>(&solution(0, j), right_sides()) += rows_(j, i) / length / length * right;
    }
    return solution;
  }

 private:
  Index unknowns() const { return rows_.cols(); }
  Index right_sides() const { return rows_.rows() - rows_.cols(); }
  VectorMap<const double> left(Index i) const { return {&rows_(0, i), unknowns()}; }

  /// Rotates pairs of equations, which changes no solution, until the rows of R are orthogonal to each other: one-sided
  /// Jacobi rotations (Hestenes 1958, "Inversion of matrices by biorthogonalization and related results"; Golub & Van
  /// Loan, section 8.6.3). A sweep over all pairs squares what is left, so a few do. Rows of at most `cut` of the
  /// longest one are left alone.
  void make_rows_orthogonal(double cut) {
    constexpr int kMostSweeps = 60;
    std::vector<double> squares(static_cast<std::size_t>(unknowns()));
    bool is_done = unknowns() == 0;
    for (int sweep = 0; sweep < kMostSweeps && !is_done; ++sweep) {
      is_done = true;
      for (Index i = 0; i < unknowns(); ++i) squares[static_cast<std::size_t>(i)] = left(i).squaredNorm();
      const double least = cut * cut * *std::max_element(squares.begin(), squares.end());
      for (Index i = 0; i < unknowns(); ++i)
        for (Index j = i + 1; j < unknowns(); ++j) {
          double &a = squares[static_cast<std::size_t>(i)], &b = squares[static_cast<std::size_t>(j)];
          if (a > least && b > least && rotate(i, j, a, b)) is_done = false;
        }
    }
  }

  /// Makes the rows i and j orthogonal, whose squared lengths are a and b. False if they were.
  bool rotate(Index i, Index j, double& a, double& b) {
    // A product of orthogonal rows is rounding, which mostly cancels; a few units of it are what can be reached.
    constexpr double kMostCosine = 8 * std::numeric_limits<double>::epsilon();
    const double product = left(i).dot(left(j));
    if (std::abs(product) <= kMostCosine * std::sqrt(a) * std::sqrt(b)) return false;
    const double zeta = (b - a) / (2 * product);
    const double tangent = std::copysign(1 / (std::abs(zeta) + std::hypot(1, zeta)), zeta);
    const double cosine = 1 / std::sqrt(1 + tangent * tangent), sine = cosine * tangent;
    double *const x = &rows_(0, i), *const y = &rows_(0, j);
    for (Index k = 0; k < rows_.rows(); ++k) {
      const double x_k = x[k];
      x[k] = cosine * x_k - sine * y[k];
      y[k] = sine * x_k + cosine * y[k];
    }
    a -= tangent * product;
    b += tangent * product;
    return true;
  }

  Matrix<double> rows_;  // [n + m, n], column j is row j of [R, Q^T B]: what is added up lies side by side
  Index count_ = 0;      // of equations
};

}  // namespace tsattn
