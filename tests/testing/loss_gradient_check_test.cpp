// The gradient check of losses itself: it must pass a right loss and fail every kind of wrong one, by tensor and entry.

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/losses/any_loss.hpp>
#include <tsattn/losses/loss.hpp>
#include <tsattn/losses/mean_squared_error.hpp>
#include <tsattn/testing/loss_gradient_check.hpp>

#include "support/random_values.hpp"

namespace loss_gradient_check_test {

namespace {

using namespace tsattn;

enum class Fault {
  none,
  has_a_wrong_sign,          // everywhere
  flips_one_sign,            // of feature 1 at step 1 of the first sample of a part
  forgets_a_factor,          // 4 of the derivative of e^4
  adds_to_the_gradient,      // where it must assign
  leaves_a_gradient,         // unwritten: the last scalar of a part
  gives_nan,                 // for the first scalar of a part
  gradient_by_samples_here,  // divided by the samples of the part, not by those of the whole batch
  value_by_samples_here,     // the same in the value
  both_by_samples_here,      // the same in both, so that they agree with each other
  gives_another_shape,       // one feature less
};

/// L = sum (y - z)^4 / (T B F): dy = 4 (y - z)^3 / (T B F), but for one fault.
struct FourthPower {
  static constexpr std::string_view kName = "fourth_power";

  Fault fault = Fault::none;

  template <class S>
  double value(const Sequence<S>& y, const Sequence<S>& target, Index batch) const {
    const bool here = fault == Fault::value_by_samples_here || fault == Fault::both_by_samples_here;
    return static_cast<double>((y.flat() - target.flat()).array().pow(4).sum()) / count(y, here ? y.batch() : batch);
  }

  template <class S>
  void gradient(const Sequence<S>& y, const Sequence<S>& target, Index batch, Sequence<S>& dy) const {
    const bool here = fault == Fault::gradient_by_samples_here || fault == Fault::both_by_samples_here;
    const S factor =
        (fault == Fault::forgets_a_factor ? S{1} : S{4}) / static_cast<S>(count(y, here ? y.batch() : batch));
    if (fault == Fault::gives_another_shape) return dy.resize({y.time(), y.batch(), y.features() - 1});
    Sequence<S> slope(y.shape());
    slope.flat() = factor * (y.flat() - target.flat()).array().pow(3);
    if (fault == Fault::has_a_wrong_sign) slope.flat() *= -1;
    if (fault == Fault::flips_one_sign) slope(1, 0, 1) *= -1;
    if (fault == Fault::gives_nan) slope.data()[0] = std::numeric_limits<S>::quiet_NaN();
    if (fault == Fault::adds_to_the_gradient) slope.flat() += dy.flat();
    if (fault == Fault::leaves_a_gradient) slope.data()[slope.size() - 1] = dy.data()[slope.size() - 1];
    dy = slope;
  }

 private:
  template <class S>
  static double count(const Sequence<S>& y, Index batch) {
    return static_cast<double>(y.time() * batch * y.features());
  }
};

static_assert(CheckableLoss<FourthPower> && CheckableLoss<AnyLoss> && LossFunction<FourthPower, double>);
static_assert(!CheckableLoss<int>);

const std::string kWhole = "y", kParts = "y (gradient of one sample a part)", kSum = "y (value of one sample a part)";

struct Example {
  Sequence<double> y, target;

  explicit Example(Index batch = 3) {
    Random random(1);
    y = test::random_sequence<double>({2, batch, 4}, random);
    target = test::random_sequence<double>({2, batch, 4}, random);
  }
};

GradientReport check(Fault fault, const GradientCheckOptions& options = {}) {
  const Example example;
  return gradient_check(FourthPower{fault}, example.y, example.target, options);
}

/// The names of the tensors that fail.
std::vector<std::string> failures(const GradientReport& report) {
  std::vector<std::string> names;
  for (const GradientDifference& worst : report.worst)
    if (!(worst.relative <= report.tolerance)) names.push_back(worst.tensor);
  return names;
}

TEST_CASE("a right loss passes") {
  const GradientReport report = check(Fault::none);
  INFO(report);
  CHECK(report.passed());
  CHECK(report.entries == 3 * 24);
  REQUIRE(report.worst.size() == 3);
  CHECK(report.worst[0].tensor == kWhole);
  CHECK(report.worst[1].tensor == kParts);
  CHECK(report.worst[2].tensor == kSum);
}

TEST_CASE("a wrong sign fails in every entry, with a relative difference of 2") {
  const GradientReport report = check(Fault::has_a_wrong_sign);
  CHECK(failures(report) == std::vector{kWhole, kParts, kSum});
  for (const GradientDifference& worst : report.worst) {
    CHECK(std::abs(worst.relative - 2) <= 1e-6);
    CHECK(worst.analytic * worst.numeric < 0);
  }
}

TEST_CASE("one wrong sign fails, and the text names its entry") {
  const GradientReport report = check(Fault::flips_one_sign);
  std::ostringstream text;
  text << report;
  CHECK(text.str().find("y(1, 3): backward gives ") == 0);  // column t B + b
  CHECK(failures(report) == std::vector{kWhole, kParts, kSum});
  CHECK(std::abs(report.worst[0].relative - 2) <= 1e-6);
}

TEST_CASE("a forgotten factor, a sum where an assignment is due, a gap and a NaN fail") {
  for (const Fault fault :
       {Fault::forgets_a_factor, Fault::adds_to_the_gradient, Fault::leaves_a_gradient, Fault::gives_nan})
    CHECK(failures(check(fault)) == std::vector{kWhole, kParts, kSum});
}

TEST_CASE("a loss that divides by the samples of a part fails, in its gradient, in its value, and in both") {
  CHECK(failures(check(Fault::gradient_by_samples_here)) == std::vector{kParts});
  CHECK(failures(check(Fault::value_by_samples_here)) == std::vector{kSum});
  const GradientReport both = check(Fault::both_by_samples_here);
  CHECK(failures(both) == std::vector{kParts, kSum});
  CHECK(both.worst[1].analytic == doctest::Approx(3 * both.worst[1].numeric).epsilon(1e-6));  // B = 3
  // With a batch of one sample there is no difference.
  const Example one(1);
  CHECK(gradient_check(FourthPower{Fault::both_by_samples_here}, one.y, one.target).passed());
}

TEST_CASE("the tolerance decides what passes") {
  CHECK(check(Fault::forgets_a_factor, {.tolerance = 0.8}).passed());  // 1 for 4: a relative difference of 3 / 4
  CHECK(!check(Fault::forgets_a_factor, {.tolerance = 0.7}).passed());
}

TEST_CASE("the losses of the library pass, by themselves and as AnyLoss") {
  const Example example;
  CHECK(gradient_check(MeanSquaredError{}, example.y, example.target).passed());
  CHECK(gradient_check(loss_from_name("huber"), example.y, example.target).passed());
  Sequence<double> probabilities = example.target;
  probabilities.flat() = probabilities.flat().cwiseAbs().cwiseMin(1);
  CHECK(gradient_check(loss_from_name("softmax_cross_entropy"), example.y, probabilities).passed());
}

TEST_CASE("outputs and targets are as they were") {
  const Example example, same;
  gradient_check(FourthPower{}, example.y, example.target);
  CHECK(example.y.flat() == same.y.flat());
  CHECK(example.target.flat() == same.target.flat());
}

TEST_CASE("a batch of nothing does not pass") {
  CHECK(!gradient_check(FourthPower{}, Sequence<double>(), Sequence<double>()).passed());
}

TEST_CASE("errors") {
  const Example example;
  CHECK_THROWS_WITH_AS(gradient_check(FourthPower{}, example.y, Sequence<double>({2, 3, 1})),
                       "[gradient_check] expected target = [time=2, batch=3, features=4], got [time=2, batch=3, "
                       "features=1]",
                       ShapeError);
  CHECK_THROWS_WITH_AS(check(Fault::gives_another_shape),
                       "[gradient_check] expected the gradient of the loss = [time=2, batch=3, features=4], got "
                       "[time=2, batch=3, features=3]",
                       ShapeError);
}

}  // namespace

}  // namespace loss_gradient_check_test
