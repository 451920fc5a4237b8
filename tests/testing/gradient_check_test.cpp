// The gradient check itself: it must pass a right layer and fail every kind of wrong one, by tensor and entry.

#include <cmath>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/graph.hpp>
#include <tsattn/testing/gradient_check.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;

enum class Fault {
  none,
  flips_a_weight_gradient,  // of weight 1
  flips_an_input_gradient,  // of feature 1 at step 1 of sample 0
  assigns_to_weight_gradients,
  adds_to_input_gradients,
  leaves_an_input_gradient,  // unwritten: of feature 2 at the last step of the last sample
  gives_nan,                 // for weight 2
  is_slightly_wrong,         // one weight gradient by 1e-5 of itself
};

/// y = w * x * x, feature by feature: dw += sum dy * x * x, dx = 2 dy * w * x, but for one fault.
class SquaresLayer {
 public:
  using Scalar = double;
  struct Parameters {
    Vector<double> w;  // [F]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w", self.w);
    }
  };
  struct Cache {};

  SquaresLayer(Index features, Fault fault) : fault_(fault) {
    parameters_.w = Vector<double>(features);
    Random random(1);
    test::randomize(parameters_, random);
  }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  void forward(Inputs<double> inputs, Sequence<double>& y, Cache&) const {
    y.resize(inputs[0].shape());
    y.flat() = parameters_.w.map().asDiagonal() * inputs[0].flat().cwiseAbs2();
  }

  void backward(Inputs<double> inputs, const Sequence<double>&, const Sequence<double>& dy, Cache&,
                Parameters& gradients, InputGradients<double> d_inputs) const {
    const Sequence<double>& x = inputs[0];
    Vector<double> dw = dy.flat().cwiseProduct(x.flat().cwiseAbs2()).rowwise().sum();
    if (fault_ == Fault::flips_a_weight_gradient) dw(1) *= -1;
    if (fault_ == Fault::gives_nan) dw(2) = std::numeric_limits<double>::quiet_NaN();
    if (fault_ == Fault::is_slightly_wrong) dw(0) *= 1 + 1e-5;
    if (fault_ == Fault::assigns_to_weight_gradients) gradients.w.fill(0);
    gradients.w.map() += dw.map();

    Sequence<double>* dx = d_inputs[0];
    if (dx == nullptr) return;
    dx->resize(x.shape());
    const double last = x.size() == 0 ? 0 : dx->data()[dx->size() - 1];
    const Eigen::MatrixXd slope = 2 * parameters_.w.map().asDiagonal() * x.flat().cwiseProduct(dy.flat());
    if (fault_ == Fault::adds_to_input_gradients) {
      dx->flat() += slope;
    } else {
      dx->flat() = slope;
    }
    if (fault_ == Fault::flips_an_input_gradient) (*dx)(1, 0, 1) *= -1;
    if (fault_ == Fault::leaves_an_input_gradient) dx->data()[dx->size() - 1] = last;
  }

 private:
  Parameters parameters_;
  Fault fault_;
};

struct Squares {
  static constexpr std::string_view kKind = "squares";

  Fault fault = Fault::none;
  std::string name = {};

  template <class S>
  SquaresLayer build(const BuildContext& context) const {
    return {context.inputs[0].features, fault};
  }
};

Sequence<double> random_x() {
  Random random(2);
  return test::random_sequence<double>({3, 2, 3}, random);
}

GradientReport check(Fault fault, const GradientCheckOptions& options = {}) {
  const Sequence<double> x = random_x();
  return gradient_check(SquaresLayer(3, fault), {&x}, options);
}

std::string text_of(const GradientReport& report) {
  std::ostringstream text;
  text << report;
  return text.str();
}

/// Checks that `report` fails for one entry of one tensor only, and says so.
void check_failure(const GradientReport& report, const std::string& tensor, Index row, Index col) {
  CHECK(!report.passed());
  const std::string text = text_of(report);
  CAPTURE(text);
  const std::string start = tensor + "(" + std::to_string(row) + ", " + std::to_string(col) + "): backward gives ";
  CHECK(text.substr(0, start.size()) == start);
  CHECK(text.find(", differences give ") != std::string::npos);
  CHECK(text.find("(tolerance 1e-07)\n") == text.size() - 18);  // at the end, so there is no other line
  for (const GradientDifference& worst : report.worst)
    CHECK((worst.relative <= report.tolerance) == (worst.tensor != tensor));
}

TEST_CASE("a right layer passes") {
  const GradientReport report = check(Fault::none);
  CHECK(report.passed());
  CHECK(report.entries == 3 + 18);
  REQUIRE(report.worst.size() == 2);
  CHECK(report.worst[0].tensor == "w");
  CHECK(report.worst[1].tensor == "input 0");
  CHECK(report.worst_of_all().relative <= 1e-7);
  CHECK(text_of(report).find("21 gradients agree; the worst is ") == 0);
}

TEST_CASE("a flipped sign fails, by tensor and entry, with a relative difference of 2") {
  const GradientReport weight = check(Fault::flips_a_weight_gradient), input = check(Fault::flips_an_input_gradient);
  check_failure(weight, "w", 1, 0);
  check_failure(input, "input 0", 1, 2);  // column t B + b
  CHECK(std::abs(weight.worst[0].relative - 2) <= 1e-7);
  CHECK(std::abs(input.worst[1].relative - 2) <= 1e-7);
  CHECK(std::abs(weight.worst[0].analytic + weight.worst[0].numeric) <= 1e-7);
}

TEST_CASE("assigning to the gradients of weights fails, and so does adding to those of inputs") {
  const GradientReport assigns = check(Fault::assigns_to_weight_gradients),
                       adds = check(Fault::adds_to_input_gradients);
  CHECK(!assigns.passed());
  CHECK(assigns.worst[0].relative > 1e-3);
  CHECK(assigns.worst[1].relative <= 1e-7);
  CHECK(!adds.passed());
  CHECK(adds.worst[0].relative <= 1e-7);
  CHECK(std::isnan(adds.worst[1].analytic));
}

TEST_CASE("an entry of dx that backward does not write fails") {
  check_failure(check(Fault::leaves_an_input_gradient), "input 0", 2, 5);
}

TEST_CASE("NaN fails") {
  const GradientReport report = check(Fault::gives_nan);
  check_failure(report, "w", 2, 0);
  CHECK(std::isnan(report.worst[0].relative));

  Sequence<double> x = random_x();
  x(1, 1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(!gradient_check(SquaresLayer(3, Fault::none), {&x}).passed());
}

TEST_CASE("the tolerance decides what passes") {
  CHECK(!check(Fault::is_slightly_wrong).passed());
  CHECK(check(Fault::is_slightly_wrong, {.tolerance = 1e-4}).passed());
}

TEST_CASE("another seed takes another projection") {
  const GradientReport one = check(Fault::none, {.seed = 1}), other = check(Fault::none, {.seed = 2});
  CHECK(other.passed());
  CHECK(one.worst[0].numeric != other.worst[0].numeric);
}

TEST_CASE("a check that compares nothing does not pass") {
  const GradientReport report = gradient_check(std::span<const NamedTensor<double>>{}, {}, [] { return 0.0; }, 0, {});
  CHECK(!report.passed());
  CHECK(text_of(report) == "nothing was compared\n");
}

TEST_CASE("gradients that are exactly 0 agree with differences of 0") {
  const Sequence<double> x = random_x();
  const GradientReport report = gradient_check(DenseLayer<double>(3, 2), {&x});  // zero weights, so y = 0 and dx = 0
  INFO(report);
  CHECK(report.passed());
  CHECK(report.entries == 3 * 2 + 2 + 18);
}

TEST_CASE("the check leaves layer, inputs and variables as they were") {
  const SquaresLayer layer(3, Fault::none);
  const SquaresLayer same = layer;
  const Sequence<double> x = random_x();
  gradient_check(layer, {&x});
  CHECK(layer.parameters().w.map() == same.parameters().w.map());
  CHECK(x.flat() == random_x().flat());

  double value = 0.1, gradient = 3 * 0.01;  // of x^3
  const NamedTensor<double> variable{"x", &value, 1, 1, true}, analytic{"x", &gradient, 1, 1, true};
  const auto cube = [&] { return value * value * value; };
  CHECK(gradient_check(std::span(&variable, 1), std::span(&analytic, 1), cube, 1e-3, {}).passed());
  CHECK(value == 0.1);
}

TEST_CASE("a model is checked by the names of its nodes") {
  const Sequence<double> x = random_x();
  for (const Fault fault : {Fault::none, Fault::flips_a_weight_gradient, Fault::flips_an_input_gradient}) {
    Graph<double> model;
    const NodeId series = model.input({.features = 3}, "series");
    model.add(Squares{.name = "second"}, {model.add(Squares{.fault = fault, .name = "first"}, {series})});
    const GradientReport report = gradient_check(model, {&x});
    if (fault == Fault::none) CHECK(report.passed());
    if (fault == Fault::flips_a_weight_gradient) check_failure(report, "first.w", 1, 0);
    if (fault == Fault::flips_an_input_gradient) check_failure(report, "series", 1, 2);
    CHECK(report.entries == 3 + 3 + 18);
  }
}

}  // namespace
