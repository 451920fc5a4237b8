// All weights zero but those of one gate or two, so that the state has a closed form: what a gate means, which no
// gradient check can tell.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/layers/lstm.hpp>

namespace lstm_test {
namespace {

using namespace tsattn;

constexpr Index kSteps = 5;
constexpr double kAlways = 1000, kNever = -1000;  // biases whose sigmoid is 1 and 0 to the last bit
constexpr double kTolerance =
    8 * kSteps * std::numeric_limits<double>::epsilon();  // a few roundings of values up to 3, each step

enum Gate : Index { kInput, kForget, kCandidate, kOutput };

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// One unit, one feature, zero weights.
struct OneUnit {
  LstmCell<double> cell{1, 1};
  double h = 0, c = 0;  // before and, after `run`, behind the sequence

  double& bias(Gate gate) { return cell.parameters.b(gate); }
  double& from_x(Gate gate) { return cell.parameters.w_x(gate, 0); }
  double& from_h(Gate gate) { return cell.parameters.w_h(gate, 0); }

  void run(const std::vector<double>& x = std::vector<double>(kSteps, 0.0)) {
    Sequence<double> input({static_cast<Index>(x.size()), 1, 1}), h_0({1, 1, 1}), c_0({1, 1, 1}), y;
    std::copy(x.begin(), x.end(), input.data());
    h_0.fill(h), c_0.fill(c);
    LstmLayer<double>::Cache cache;
    LstmLayer<double>::State state;
    LstmLayer<double>(cell).forward({&input, &h_0, &c_0}, y, cache);
    LstmLayer<double>::final_state(cache, state);
    h = state[0].data()[0], c = state[1].data()[0];
  }
};

TEST_CASE("the forget gate alone: c_T = sigmoid(b_f)^T c_0") {
  for (const double b : {-2.0, 0.0, 0.75, 3.0}) {
    CAPTURE(b);
    OneUnit unit;
    unit.c = 2;
    unit.bias(kForget) = b;
    unit.run();
    CHECK(std::abs(unit.c - 2 * std::pow(sigmoid_of(b), kSteps)) <= kTolerance);
    CHECK(std::abs(unit.h - 0.5 * std::tanh(unit.c)) <= kTolerance);
  }
}

TEST_CASE("a forget gate at 1 remembers, at 0 forgets") {
  OneUnit unit;
  unit.c = 2;
  unit.bias(kForget) = kAlways;
  unit.run();
  CHECK(unit.c == 2);
  unit.bias(kForget) = kNever;
  unit.run();
  CHECK(unit.c == 0);
}

TEST_CASE("input gate and candidate: c_T = c_0 + T sigmoid(b_i) tanh(b_g) when nothing is forgotten") {
  OneUnit unit;
  unit.c = 0.5;
  unit.bias(kForget) = kAlways;
  unit.bias(kInput) = -1.25;
  unit.bias(kCandidate) = 0.75;
  unit.run();
  CHECK(std::abs(unit.c - (0.5 + kSteps * sigmoid_of(-1.25) * std::tanh(0.75))) <= kTolerance);

  unit.bias(kForget) = kNever;  // only the last step counts
  unit.run();
  CHECK(std::abs(unit.c - sigmoid_of(-1.25) * std::tanh(0.75)) <= kTolerance);

  unit.c = 0.5;
  unit.bias(kForget) = kAlways;
  unit.bias(kInput) = kNever;  // nothing comes in
  unit.run();
  CHECK(unit.c == 0.5);
}

TEST_CASE("the output gate: h_T = sigmoid(b_o) tanh(c_T)") {
  OneUnit unit;
  unit.c = 0.8;
  unit.bias(kForget) = kAlways;
  unit.bias(kOutput) = -0.5;
  unit.run();
  CHECK(unit.c == 0.8);
  CHECK(std::abs(unit.h - sigmoid_of(-0.5) * std::tanh(0.8)) <= kTolerance);
  unit.bias(kOutput) = kNever;
  unit.run();
  CHECK(unit.h == 0);
}

TEST_CASE("each gate reads x through its own row") {
  const std::vector<double> x{0.5, -1.5, 2};
  OneUnit adder;  // c sums tanh(x_t): the memory that the LSTM was invented for
  adder.bias(kForget) = adder.bias(kInput) = kAlways;
  adder.from_x(kCandidate) = 1;
  adder.run(x);
  CHECK(std::abs(adder.c - (std::tanh(0.5) + std::tanh(-1.5) + std::tanh(2.0))) <= kTolerance);

  OneUnit forgetter;
  forgetter.c = 2;
  forgetter.from_x(kForget) = 1;
  forgetter.run(x);
  CHECK(std::abs(forgetter.c - 2 * sigmoid_of(0.5) * sigmoid_of(-1.5) * sigmoid_of(2)) <= kTolerance);

  OneUnit writer;
  writer.bias(kForget) = kNever;
  writer.bias(kCandidate) = kAlways;
  writer.from_x(kInput) = 1;
  writer.run(x);
  CHECK(std::abs(writer.c - sigmoid_of(2)) <= kTolerance);

  OneUnit speaker;
  speaker.c = 1;
  speaker.bias(kForget) = kAlways;
  speaker.from_x(kOutput) = 1;
  speaker.run(x);
  CHECK(std::abs(speaker.h - sigmoid_of(2) * std::tanh(1.0)) <= kTolerance);
}

TEST_CASE("the gates read h of the step before, not of this one") {
  OneUnit unit;
  unit.h = 0.6;
  unit.c = 2;
  unit.from_h(kForget) = 1;
  unit.run({0, 0});
  const double c1 = 2 * sigmoid_of(0.6), h1 = 0.5 * std::tanh(c1);
  CHECK(std::abs(unit.c - c1 * sigmoid_of(h1)) <= kTolerance);
}

TEST_CASE("the recurrent weights lead from unit to unit, row by column") {
  LstmCell<double> cell(1, 2);
  cell.parameters.b.map().segment(0, 2).setConstant(kAlways);  // i
  cell.parameters.b.map().segment(2, 2).setConstant(kNever);   // f
  cell.parameters.w_h(4 + 0, 1) = 1;                           // g of unit 0 reads h of unit 1
  const Sequence<double> x({1, 1, 1}), c_0({1, 1, 2});
  Sequence<double> h_0({1, 1, 2}), y;
  h_0(0, 0, 0) = 0.3, h_0(0, 0, 1) = 0.7;
  LstmLayer<double>::Cache cache;
  LstmLayer<double>(cell).forward({&x, &h_0, &c_0}, y, cache);
  CHECK(std::abs(y(0, 0, 0) - 0.5 * std::tanh(std::tanh(0.7))) <= kTolerance);
  CHECK(y(0, 0, 1) == 0);
}

}  // namespace
}  // namespace lstm_test
