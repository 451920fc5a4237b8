#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/plot/plot_matrix.hpp>

namespace plot_matrix_test {

namespace {

using namespace tsattn;

const double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a matrix to draw is made from what has rows and columns") {
  Matrix<float> own(2, 3);
  own(1, 2) = 7;
  Eigen::MatrixXd other(2, 3);
  other << 1, 2, 3, 4, 5, 6;
  CHECK(PlotMatrix(own)(1, 2) == 7);
  CHECK(PlotMatrix(own.map())(1, 2) == 7);
  CHECK(PlotMatrix(other).values() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(PlotMatrix{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}.values() == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(PlotMatrix().rows() == 0);
  CHECK_THROWS_WITH_AS((PlotMatrix{{1.0, 2.0}, {3.0}}), "[PlotMatrix] expected rows of 2 numbers, got one of 1",
                       ShapeError);
}

TEST_CASE("a large matrix is averaged in parts that cover it") {
  const PlotMatrix small{{1.0, 2.0}, {3.0, 4.0}};
  CHECK(averaged(small, 2).values() == small.values());
  // 5 columns in 2 parts: 2 and 3.
  CHECK(averaged(PlotMatrix{{1.0, 3.0, 10.0, 20.0, 60.0}}, 2).values() == std::vector<double>{2, 30});
  CHECK(averaged(PlotMatrix{{1.0}, {3.0}, {8.0}}, 1).values() == std::vector<double>{4});
  CHECK(averaged(PlotMatrix{{1.0, kNaN, 5.0, 7.0}}, 2).values() == std::vector<double>{1, 6});
  CHECK(std::isnan(averaged(PlotMatrix{{kNaN, kNaN, 5.0, 7.0}}, 2)(0, 0)));
}

}  // namespace

}  // namespace plot_matrix_test
