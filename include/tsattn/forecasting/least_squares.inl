#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/forecasting/least_squares.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION void LeastSquares::add(Matrix<double>& equations) {
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

TSATTN_LIBRARY_FUNCTION Matrix<double> LeastSquares::solution() && {
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

TSATTN_LIBRARY_FUNCTION void LeastSquares::make_rows_orthogonal(double cut) {
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

TSATTN_LIBRARY_FUNCTION bool LeastSquares::rotate(Index i, Index j, double& a, double& b) {
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

}  // namespace tsattn
