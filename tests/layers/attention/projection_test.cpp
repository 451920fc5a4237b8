#include <cmath>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/attention/projection.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::random_sequence;

/// A random matrix.
Matrix<double> random_matrix(Index rows, Index cols, Random& random) {
  Matrix<double> w(rows, cols);
  test::randomize(w.data(), w.size(), random);
  return w;
}

// Sums of at most 12 terms of at most 1.05^2, and a start of 1.05, in two orders.
constexpr double kTolerance = 14 * 14 * 2.3e-16;

TEST_CASE("projections multiply every step of every sample, and add") {
  Random random(1);
  const Matrix<double> w = random_matrix(4, 3, random);
  const auto x = random_sequence<double>({2, 5, 3}, random), z = random_sequence<double>({2, 5, 4}, random);
  auto y = z, back = x;
  add_projection(w, x, y);
  CHECK((y.flat() - (z.flat() + w.map() * x.flat())).cwiseAbs().maxCoeff() <= kTolerance);
  add_transposed_projection(w, z, back);
  CHECK((back.flat() - (x.flat() + w.map().transpose() * z.flat())).cwiseAbs().maxCoeff() <= kTolerance);
}

TEST_CASE("the gradient of the weights is the sum over steps and samples, added") {
  Random random(2);
  const auto dy = random_sequence<double>({3, 4, 2}, random), x = random_sequence<double>({3, 4, 5}, random);
  Matrix<double> d_w = random_matrix(2, 5, random);
  const Eigen::MatrixXd before = d_w.map();
  add_projection_gradient(dy, x, d_w);
  CHECK((d_w.map() - (before + dy.flat() * x.flat().transpose())).cwiseAbs().maxCoeff() <= kTolerance);
}

TEST_CASE("a gradient that is wanted is zeros of the right shape, one that is not stays null") {
  const Sequence<double> of({2, 3, 4});
  Sequence<double> gradient({1, 1, 1});
  gradient.fill(7);
  CHECK(assigned_zero(&gradient, of) == &gradient);
  CHECK(gradient.shape() == of.shape());
  CHECK(gradient.flat().isZero(0));
  CHECK(assigned_zero<double>(nullptr, of) == nullptr);
}

TEST_CASE("initial weights fill their range, and are those of a seed") {
  for (const Initialization scheme : {Initialization::keras, Initialization::pytorch}) {
    Random random(3), same(3);
    Matrix<double> w(40, 60), again(40, 60);
    initialize_projection(scheme, w, random), initialize_projection(scheme, again, same);
    const double bound = scheme == Initialization::keras ? std::sqrt(6.0 / 100) : 1 / std::sqrt(60.0);
    CHECK(w.map() == again.map());
    CHECK(w.map().cwiseAbs().maxCoeff() <= bound);
    CHECK(w.map().maxCoeff() > 0.98 * bound);
    CHECK(w.map().minCoeff() < -0.98 * bound);
  }
  Random random(3);
  Matrix<double> zeros(4, 6);
  initialize_projection(Initialization::zeros, zeros, random);
  CHECK(zeros.map().isZero(0));
}

}  // namespace
