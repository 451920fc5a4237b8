#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace tsattn {

TSATTN_LIBRARY_FUNCTION PlotMatrix averaged(const PlotMatrix& matrix, Index most) {
  const Index rows = (std::min)(matrix.rows(), most), cols = (std::min)(matrix.cols(), most);
  if (rows == matrix.rows() && cols == matrix.cols()) return matrix;
  const auto part = [](Index i, Index parts, Index size) { return i * size / parts; };
  PlotMatrix means(rows, cols);
  for (Index row = 0; row < rows; ++row)
    for (Index col = 0; col < cols; ++col) {
      double sum = 0, count = 0;
      for (Index r = part(row, rows, matrix.rows()); r < part(row + 1, rows, matrix.rows()); ++r)
        for (Index c = part(col, cols, matrix.cols()); c < part(col + 1, cols, matrix.cols()); ++c)
          if (std::isfinite(matrix(r, c))) {
            sum += matrix(r, c);
            ++count;
          }
      means(row, col) = count > 0 ? sum / count : (std::numeric_limits<double>::quiet_NaN)();
    }
  return means;
}

}  // namespace tsattn
