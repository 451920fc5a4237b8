#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/forecasting/least_squares.hpp>

namespace {

using namespace tsattn;

/// Equations [x_1 x_2 b] of the unknowns 2 and -3, and of what is added to each right side.
template <class Error>
Matrix<double> equations(Index count, Random& random, const Error& error) {
  Matrix<double> rows(count, 3);
  for (Index i = 0; i < count; ++i) {
    rows(i, 0) = random.uniform(-1, 1), rows(i, 1) = random.uniform(-1, 1);
    rows(i, 2) = 2 * rows(i, 0) - 3 * rows(i, 1) + error(i);
  }
  return rows;
}

TEST_CASE("equations without an error are solved, in whatever blocks they come") {
  Random random(1);
  LeastSquares problem(2, 1);
  for (const Index count : {1, 4, 7}) {
    Matrix<double> block = equations(count, random, [](Index) { return 0.0; });
    problem.add(block);
  }
  const Matrix<double> solution = std::move(problem).solution();
  REQUIRE(solution.rows() == 1);
  REQUIRE(solution.cols() == 2);
  CHECK(solution(0, 0) == doctest::Approx(2).epsilon(1e-13));
  CHECK(solution(0, 1) == doctest::Approx(-3).epsilon(1e-13));
}

TEST_CASE("the rest of the best solution is orthogonal to the equations") {
  Random random(2), noise(3);
  const Matrix<double> all = equations(20, random, [&](Index) { return noise.normal(); });
  Matrix<double> used = all;
  LeastSquares problem(2, 1);
  problem.add(used);
  const Matrix<double> solution = std::move(problem).solution();
  double along_first = 0, along_second = 0;
  for (Index i = 0; i < 20; ++i) {
    const double rest = all(i, 2) - solution(0, 0) * all(i, 0) - solution(0, 1) * all(i, 1);
    along_first += rest * all(i, 0), along_second += rest * all(i, 1);
  }
  CHECK(along_first == doctest::Approx(0).epsilon(1e-13));
  CHECK(along_second == doctest::Approx(0).epsilon(1e-13));
}

TEST_CASE("of many solutions the one of the least norm is given") {
  Matrix<double> one(1, 3);
  one(0, 0) = 3, one(0, 1) = 4, one(0, 2) = 10;  // 3 w_1 + 4 w_2 = 10, at 2 (3, 4) / 5 nearest to 0
  LeastSquares problem(2, 1);
  problem.add(one);
  const Matrix<double> solution = std::move(problem).solution();
  CHECK(solution(0, 0) == doctest::Approx(1.2).epsilon(1e-14));
  CHECK(solution(0, 1) == doctest::Approx(1.6).epsilon(1e-14));
}

}  // namespace
