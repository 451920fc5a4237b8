#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/layers/rnn.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace rnn_test {
namespace {

using namespace tsattn;
using test::sequence_of;

// Values up to 1 after three steps of a few roundings each.
constexpr double kTolerance = 16 * std::numeric_limits<double>::epsilon();

/// h_1 ... h_T for one sample from h_0.
Sequence<double> run(const RnnCell<double>& cell, const Sequence<double>& x, const Sequence<double>& h_0) {
  RnnLayer<double>::Cache cache;
  Sequence<double> y;
  RnnLayer<double>(cell).forward({&x, &h_0}, y, cache);
  return y;
}

TEST_CASE("with a bias alone every state is its tanh") {
  RnnCell<double> cell(1, 2);
  cell.parameters.b = Eigen::Vector2d(0.5, -2);
  const auto y = run(cell, Sequence<double>({3, 1, 1}), sequence_of({1, 1, 2}, {0.3, 0.4}));
  const double first = std::tanh(0.5), second = std::tanh(-2.0);
  CHECK(test::largest_difference(y, sequence_of({3, 1, 2}, {first, second, first, second, first, second})) <=
        kTolerance);
}

TEST_CASE("the recurrent weights lead from unit to unit, row by column") {
  RnnCell<double> cell(1, 2);
  cell.parameters.w_h(0, 1) = 2;  // unit 0 reads what unit 1 was, and nobody reads unit 0
  const auto y = run(cell, Sequence<double>({2, 1, 1}), sequence_of({1, 1, 2}, {0.3, 0.4}));
  CHECK(test::largest_difference(y, sequence_of({2, 1, 2}, {std::tanh(0.8), 0.0, 0.0, 0.0})) <= kTolerance);
}

TEST_CASE("three steps of one unit by hand") {
  RnnCell<double> cell(2, 1);
  cell.parameters.w_x = (Eigen::MatrixXd(1, 2) << 0.5, -1).finished();
  cell.parameters.w_h(0, 0) = -0.75;
  cell.parameters.b(0) = 0.125;
  const auto y = run(cell, sequence_of({3, 1, 2}, {1.0, 0.5, -2.0, 0.25, 0.0, 3.0}), sequence_of({1, 1, 1}, {0.5}));
  const double h1 = std::tanh(0.5 * 1 - 0.5 - 0.75 * 0.5 + 0.125), h2 = std::tanh(0.5 * -2 - 0.25 - 0.75 * h1 + 0.125),
               h3 = std::tanh(-3 - 0.75 * h2 + 0.125);
  CHECK(test::largest_difference(y, sequence_of({3, 1, 1}, {h1, h2, h3})) <= kTolerance);
}

}  // namespace
}  // namespace rnn_test
