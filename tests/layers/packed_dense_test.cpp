#include <limits>

#include <Eigen/Core>
#include <doctest/doctest.h>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/layers/packed_dense.hpp>

#include "support/instruction_sets.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;

TEST_CASE_TEMPLATE("W x + b of any number of columns, with and without a bias", S, float, double) {
  test::on_each_instruction_set([] {
    Random random(1);
    for (const Index units : {1, 3, 16, 37})
      for (const bool has_bias : {true, false}) {
        CAPTURE(units);
        Matrix<S> w(units, 5);
        Vector<S> b(has_bias ? units : 0);
        test::randomize(w.data(), w.size(), random);
        test::randomize(b.data(), b.size(), random);
        const PackedDense<S> dense(w, b);
        CHECK(dense.units() == units);
        for (const Index batch : {1, 2, 9}) {
          Matrix<S> x(5, batch), y(units, batch);
          test::randomize(x.data(), x.size(), random);
          dense(batch, x.data(), y.data());
          Eigen::MatrixXd expected = w.map().template cast<double>() * x.map().template cast<double>();
          if (has_bias) expected.colwise() += b.map().template cast<double>();
          // Five products of at most 1.05^2 and a bias of at most 1.05, each sum rounded.
          const double tolerance = 6 * 7 * static_cast<double>(std::numeric_limits<S>::epsilon());
          CHECK((y.map().template cast<double>() - expected).cwiseAbs().maxCoeff() <= tolerance);
        }
      }
  });
}

TEST_CASE("the weights are copied") {
  Matrix<float> w(1, 1);
  w(0, 0) = 2;
  const PackedDense<float> dense(w, Vector<float>());
  w(0, 0) = 100;
  const float x = 3;
  float y = 0;
  dense(1, &x, &y);
  CHECK(y == 6);
}

}  // namespace
