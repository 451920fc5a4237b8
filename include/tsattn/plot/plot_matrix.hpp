#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/plot/gnuplot.hpp>

namespace tsattn {

/// A matrix of numbers to draw: made, as a copy, from anything with rows(), cols() and (row, col), such as Matrix, an
/// Eigen matrix or a map of one, or from its rows: {{1.0, 2.0}, {3.0, 4.0}}. What is not finite becomes a gap.
class PlotMatrix {
 public:
  PlotMatrix() = default;
  PlotMatrix(Index rows, Index cols) : rows_(rows), cols_(cols), values_(static_cast<std::size_t>(rows * cols)) {}
  template <class Values>
  requires(!std::same_as<Values, PlotMatrix>) && requires(const Values& values) {
    static_cast<double>(values(values.rows(), values.cols()));
  }
  PlotMatrix(const Values& values)  // implicit, so that a plot function takes what the user has
      : PlotMatrix(static_cast<Index>(values.rows()), static_cast<Index>(values.cols())) {
    for (Index row = 0; row < rows_; ++row)
      for (Index col = 0; col < cols_; ++col) (*this)(row, col) = static_cast<double>(values(row, col));
  }
  /// Throws ShapeError if the rows differ in length.
  PlotMatrix(std::initializer_list<std::initializer_list<double>> rows)
      : PlotMatrix(static_cast<Index>(rows.size()), rows.size() > 0 ? static_cast<Index>(rows.begin()->size()) : 0) {
    auto place = values_.begin();
    for (const auto& row : rows) {
      if (static_cast<Index>(row.size()) != cols_)
        fail<ShapeError>("PlotMatrix", "expected rows of ", cols_, " numbers, got one of ", row.size());
      place = std::copy(row.begin(), row.end(), place);
    }
  }

  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  double& operator()(Index row, Index col) { return values_[static_cast<std::size_t>(row * cols_ + col)]; }
  double operator()(Index row, Index col) const { return values_[static_cast<std::size_t>(row * cols_ + col)]; }

  /// Row after row.
  const std::vector<double>& values() const { return values_; }

 private:
  Index rows_ = 0, cols_ = 0;
  std::vector<double> values_;
};

/// `matrix` with at most `most` rows and columns, each cell the mean of the finite values of its part, or NaN; the
/// parts differ by one row or column at most.
PlotMatrix averaged(const PlotMatrix& matrix, Index most);

/// The style that draws the columns 1, 2, 3 of the data as x, y and colour, cell by cell. As one image it would be
/// smoothed by the programs that show SVG.
inline std::string_view cell_style(PlotFormat format) { return format == PlotFormat::svg ? "image pixels" : "image"; }

/// Colours from low to high, in steps that are even to the eye, and in grey too.
/// Source: viridis, N. Smith & S. van der Walt 2015, matplotlib (CC0), every 32nd of its 256 colours.
inline constexpr std::string_view kViridisPalette =
    "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 '#28ae80', "
    "6 '#5ec962', 7 '#addc30', 8 '#fde725')\n";

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/plot/plot_matrix.inl>
#endif
