#pragma once

#include <cmath>
#include <concepts>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/testing/gradient_check.hpp>

/// Proof of a loss by numbers: for users' own losses as for the library's.
namespace tsattn {

/// What gradient_check needs of a loss: the two functions of losses/loss.hpp, in double. AnyLoss has them too.
template <class Type>
concept CheckableLoss = requires(const Type& loss, const Sequence<double>& y, Index batch, Sequence<double>& dy) {
  { loss.value(y, y, batch) } -> std::same_as<double>;
  loss.gradient(y, y, batch, dy);
};

namespace gradient_check_parts {

inline Sequence<double> sample_of(const Sequence<double>& x, Index b) {
  Sequence<double> sample({x.time(), 1, x.features()});
  for (Index t = 0; t < x.time(); ++t) sample.step(t) = x.step(t).col(b);
  return sample;
}

/// The gradient, which must assign all of dy: whatever it leaves out stays NaN and fails.
template <class Loss>
Sequence<double> loss_gradient(const Loss& loss, const Sequence<double>& y, const Sequence<double>& target,
                               Index batch) {
  Sequence<double> dy(y.shape());
  dy.fill(std::numeric_limits<double>::quiet_NaN());
  loss.gradient(y, target, batch, dy);
  require_shape("gradient_check", "the gradient of the loss", dy, y.shape());
  return dy;
}

}  // namespace gradient_check_parts

/// Checks a loss (losses/loss.hpp) at the outputs `y` and their `target`, both [T, B, F]: its gradient against central
/// differences of its value, and what it owes to a batch that is worked on in parts. The report has three tensors:
///
///   "y"                                  the gradient of the whole batch, against its value
///   "y (gradient of one sample a part)"  the gradients of B parts of one sample each, against the value of the whole
///   "y (value of one sample a part)"     the gradient of the whole, against the sum of the values of the B parts
///
/// The last two find a loss that divides by y.batch(), the samples of the part, and not by its argument `batch`, those
/// of the whole batch; they can do so from B = 2 on. No y may be within 2 * options.step * max(1, |y|) of a kink of the
/// loss (for an absolute error, of its target), where a difference quotient is no derivative.
/// Throws ShapeError if the shapes of y, target or the gradient differ, and what the loss throws.
template <CheckableLoss Loss>
GradientReport gradient_check(const Loss& loss, const Sequence<double>& y, const Sequence<double>& target,
                              const GradientCheckOptions& options = {}) {
  using namespace gradient_check_parts;
  require_shape("gradient_check", "target", target, y.shape());
  const Index batch = y.batch();
  Sequence<double> moved = y;
  std::vector<Sequence<double>> targets;
  for (Index b = 0; b < batch; ++b) targets.push_back(sample_of(target, b));
  // visit(value of sample b as a part of the batch), in the order of the samples.
  const auto each_part = [&](const auto& visit) {
    for (Index b = 0; b < batch; ++b)
      visit(loss.value(sample_of(moved, b), targets[static_cast<std::size_t>(b)], batch));
  };

  Sequence<double> whole = loss_gradient(loss, y, target, batch), parts(y.shape());
  for (Index b = 0; b < batch; ++b) {
    const Sequence<double> part = loss_gradient(loss, sample_of(y, b), targets[static_cast<std::size_t>(b)], batch);
    for (Index t = 0; t < y.time(); ++t) parts.step(t).col(b) = part.step(t);
  }
  double loss_scale = 0;
  each_part([&](double value) { loss_scale += std::abs(value); });

  GradientReport report{{}, 0, options.tolerance};
  const auto compare = [&](const char* name, Sequence<double>& gradient, const std::function<double()>& value) {
    const NamedTensor<double> variable = MovedInputs::named(name, moved), analytic = MovedInputs::named(name, gradient);
    GradientReport part = gradient_check(std::span(&variable, 1), std::span(&analytic, 1), value, loss_scale, options);
    report.worst.insert(report.worst.end(), part.worst.begin(), part.worst.end());
    report.entries += part.entries;
  };
  const auto value_of_whole = [&] { return loss.value(moved, target, batch); };
  compare("y", whole, value_of_whole);
  compare("y (gradient of one sample a part)", parts, value_of_whole);
  compare("y (value of one sample a part)", whole, [&] {
    double sum = 0;
    each_part([&](double value) { sum += value; });
    return sum;
  });
  return report;
}

}  // namespace tsattn
