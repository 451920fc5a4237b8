// All weights zero but those of one gate or two, so that the state has a closed form.

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <tsattn/layers/gru.hpp>

#include "support/difference.hpp"
#include "support/sequence_of.hpp"

namespace gru_test {
namespace {

using namespace tsattn;
using test::sequence_of;

constexpr Index kSteps = 5;
constexpr double kAlways = 1000, kNever = -1000;  // biases whose sigmoid is 1 and 0 to the last bit
constexpr double kTolerance =
    8 * kSteps * std::numeric_limits<double>::epsilon();  // a few roundings of values up to 3, each step
constexpr GruReset kResets[] = {GruReset::after_product, GruReset::before_product};

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// h_T for one sample.
Sequence<double> run(const GruCell<double>& cell, const Sequence<double>& x, const Sequence<double>& h_0) {
  GruLayer<double>::Cache cache;
  Sequence<double> y;
  GruLayer<double>(cell, Returns::last_step).forward({&x, &h_0}, y, cache);
  return y;
}

/// The biases of two units, block by block.
void set_biases(GruCell<double>& cell, double r, double z, double n) { cell.parameters.b.map() << r, r, z, z, n, n; }

TEST_CASE("the update gate alone: h_T = sigmoid(b_z)^T h_0") {
  for (const GruReset reset : kResets)
    for (const double b : {-2.0, 0.0, 0.75, 3.0}) {
      CAPTURE(name_of(reset));
      CAPTURE(b);
      GruCell<double> cell(1, 2, reset);
      set_biases(cell, 0.3, b, 0);
      const double kept = std::pow(sigmoid_of(b), kSteps);
      const auto h = run(cell, Sequence<double>({kSteps, 1, 1}), sequence_of({1, 1, 2}, {2.0, -3.0}));
      CHECK(test::largest_difference(h, sequence_of({1, 1, 2}, {2 * kept, -3 * kept})) <= kTolerance);
    }
}

TEST_CASE("z keeps the old state where it is 1 and takes the candidate where it is 0") {
  for (const GruReset reset : kResets) {
    CAPTURE(name_of(reset));
    GruCell<double> cell(1, 2, reset);
    const auto h_0 = sequence_of({1, 1, 2}, {0.25, -0.5});
    set_biases(cell, 0, kAlways, 0.7);
    CHECK(test::same_bits(run(cell, Sequence<double>({kSteps, 1, 1}), h_0), h_0));
    set_biases(cell, 0, kNever, 0.7);
    const auto h = run(cell, Sequence<double>({kSteps, 1, 1}), h_0);
    CHECK(test::largest_difference(h, sequence_of({1, 1, 2}, {std::tanh(0.7), std::tanh(0.7)})) <= kTolerance);
  }
}

/// Two units that pass their states to each other, r = (r_1, r_2), z = 0: n alone is seen.
GruCell<double> crossed(GruReset reset) {
  GruCell<double> cell(1, 2, reset);
  cell.parameters.w_h(4 + 0, 1) = 2;  // unit 1 reads unit 2
  cell.parameters.w_h(4 + 1, 0) = 3;  // unit 2 reads unit 1
  cell.parameters.b.map() << -0.4, 0.9, kNever, kNever, 0.1, 0.2;
  return cell;
}

TEST_CASE("the reset gate of the reading unit acts after the product, that of the unit that is read before it") {
  const double r1 = sigmoid_of(-0.4), r2 = sigmoid_of(0.9), h1 = 0.5, h2 = -0.25;
  const Sequence<double> x({1, 1, 1}), h_0 = sequence_of({1, 1, 2}, {h1, h2});
  const auto after = sequence_of({1, 1, 2}, {std::tanh(0.1 + r1 * (2 * h2)), std::tanh(0.2 + r2 * (3 * h1))});
  const auto before = sequence_of({1, 1, 2}, {std::tanh(0.1 + 2 * (r2 * h2)), std::tanh(0.2 + 3 * (r1 * h1))});
  CHECK(test::largest_difference(run(crossed(GruReset::after_product), x, h_0), after) <= kTolerance);
  CHECK(test::largest_difference(run(crossed(GruReset::before_product), x, h_0), before) <= kTolerance);
}

TEST_CASE("the second bias of n lies inside the reset, the first outside") {
  GruCell<double> cell(1, 1);
  cell.parameters.b.map() << -0.4, kNever, 0.1;
  cell.parameters.b_hn(0) = 0.8;
  const auto h = run(cell, Sequence<double>({1, 1, 1}), Sequence<double>({1, 1, 1}));
  CHECK(std::abs(h.data()[0] - std::tanh(0.1 + sigmoid_of(-0.4) * 0.8)) <= kTolerance);
}

TEST_CASE("the second bias of n is there for the reset after the product only") {
  GruCell<double> after(5, 3), before(5, 3, GruReset::before_product);
  CHECK(parameter_count(after.parameters) == 9 * 5 + 9 * 3 + 9 + 3);
  CHECK(parameter_count(before.parameters) == 9 * 5 + 9 * 3 + 9);
  CHECK(named_tensors<double>(after.parameters).back().name == "b_hn");
  CHECK(named_tensors<double>(before.parameters).back().name == "b");
}

TEST_CASE("each gate reads x and h through its own rows") {
  const Sequence<double> x = sequence_of({1, 1, 1}, {0.5}), h_0 = sequence_of({1, 1, 1}, {0.75});
  for (const GruReset reset : kResets) {
    CAPTURE(name_of(reset));
    const auto run_with = [&](Index row, bool from_h) {
      GruCell<double> cell(1, 1, reset);
      cell.parameters.w_h(2, 0) = 1;  // n = tanh(r h), unless `row` is n
      cell.parameters.b.map() << 0, 0.2, 0;
      (from_h ? cell.parameters.w_h : cell.parameters.w_x)(row, 0) = -2;
      return run(cell, x, h_0).data()[0];
    };
    const auto state = [](double r, double z, double n) {
      return (1 - sigmoid_of(z)) * std::tanh(n + sigmoid_of(r) * 0.75) + sigmoid_of(z) * 0.75;
    };
    CHECK(std::abs(run_with(0, false) - state(-2 * 0.5, 0.2, 0)) <= kTolerance);
    CHECK(std::abs(run_with(0, true) - state(-2 * 0.75, 0.2, 0)) <= kTolerance);
    CHECK(std::abs(run_with(1, false) - state(0, 0.2 - 2 * 0.5, 0)) <= kTolerance);
    CHECK(std::abs(run_with(1, true) - state(0, 0.2 - 2 * 0.75, 0)) <= kTolerance);
    CHECK(std::abs(run_with(2, false) - state(0, 0.2, -2 * 0.5)) <= kTolerance);
    // W_hn = -2 in place of 1: n = tanh(r (-2 h)).
    const double n = std::tanh(0.5 * -2 * 0.75), z = sigmoid_of(0.2);
    CHECK(std::abs(run_with(2, true) - ((1 - z) * n + z * 0.75)) <= kTolerance);
  }
}

}  // namespace
}  // namespace gru_test
