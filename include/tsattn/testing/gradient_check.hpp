#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/model/graph.hpp>

/// Proof of a backward pass by numbers: for users' own layers and models as for the library's.
namespace tsattn {

struct GradientCheckOptions {
  double tolerance = 1e-7;  ///< the largest relative difference that passes
  double step = 1e-3;       ///< h of the differences is this times max(1, |value|)
  std::uint64_t seed = 1;   ///< of the random projection dy, and of what layers draw
};

/// Where backward and the difference quotient are furthest apart in one tensor.
struct GradientDifference {
  std::string tensor;
  Index row = 0;
  Index col = 0;
  double analytic = 0;
  double numeric = 0;
  double relative = 0;  ///< see gradient_check

  friend std::ostream& operator<<(std::ostream& out, const GradientDifference& d) {
    return out << d.tensor << '(' << d.row << ", " << d.col << "): backward gives " << d.analytic
               << ", differences give " << d.numeric << ", relative difference " << d.relative;
  }
};

struct GradientReport {
  std::vector<GradientDifference> worst;  ///< one per tensor
  Index entries = 0;                      ///< how many numbers were compared
  double tolerance = 0;

  const GradientDifference& worst_of_all() const {
    return *std::max_element(worst.begin(), worst.end(),
                             [](const auto& a, const auto& b) { return a.relative < b.relative; });
  }
  /// Whether every difference is at most the tolerance. False also when nothing was compared, or a difference is NaN.
  bool passed() const {
    return entries > 0 &&
           std::all_of(worst.begin(), worst.end(), [&](const auto& d) { return d.relative <= tolerance; });
  }

  /// Writes a line for each tensor that fails, or one line that says how well all pass.
  friend std::ostream& operator<<(std::ostream& out, const GradientReport& report) {
    if (report.entries == 0) return out << "nothing was compared\n";
    if (report.passed())
      return out << report.entries << " gradients agree; the worst is " << report.worst_of_all() << '\n';
    for (const GradientDifference& d : report.worst)
      if (!(d.relative <= report.tolerance)) out << d << " (tolerance " << report.tolerance << ")\n";
    return out;
  }
};

/// Compares `analytic` gradients of `loss` with differences, entry by entry: variables[i] are the values that `loss`
/// reads and analytic[i], of the same size, what backward gave for them. Every variable is restored.
///
/// The quotient is the central one of fourth order, (f(x-2h) - 8 f(x-h) + 8 f(x+h) - f(x+2h)) / 12h, whose error h^4
/// f'''''/30 leaves room for 1e-7 in double. `loss_scale` is the sum of the magnitudes of the terms that the loss adds
/// up: rounding disturbs the quotient by about eps loss_scale / h, so differences below that mean nothing. The relative
/// difference is |a - n| / max(|a|, |n|, 1e-3 of the tensor's largest gradient, 4 eps loss_scale / (h tolerance)), with
/// the signs kept.
inline GradientReport gradient_check(std::span<const NamedTensor<double>> variables,
                                     std::span<const NamedTensor<double>> analytic, const std::function<double()>& loss,
                                     double loss_scale, const GradientCheckOptions& options) {
  GradientReport report{{}, 0, options.tolerance};
  const double resolution =
      4 * std::numeric_limits<double>::epsilon() * loss_scale / (options.step * options.tolerance);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const NamedTensor<double>& variable = variables[i];
    const double largest = analytic[i].size() == 0 ? 0 : analytic[i].flat().cwiseAbs().maxCoeff();
    const double floor = (std::max)(1e-3 * largest, resolution);
    GradientDifference worst{variable.name, 0, 0, 0, 0, -1};
    for (Index entry = 0; entry < variable.size(); ++entry) {
      double& value = variable.data[entry];
      const double original = value, h = options.step * (std::max)(1.0, std::abs(original));
      const auto at = [&](double moved) {
        value = moved;
        return loss();
      };
      const double numeric =
          (at(original - 2 * h) - 8 * at(original - h) + 8 * at(original + h) - at(original + 2 * h)) / (12 * h);
      value = original;
      const double found = analytic[i].data[entry];
      const double scale = (std::max)({std::abs(found), std::abs(numeric), floor});
      const double relative = found == numeric ? 0 : std::abs(found - numeric) / scale;  // both may be exactly 0
      ++report.entries;
      if (!(relative <= worst.relative))
        worst = {variable.name, entry % variable.rows, entry / variable.rows, found, numeric, relative};
      if (std::isnan(relative)) break;
    }
    if (variable.size() > 0) report.worst.push_back(worst);
  }
  return report;
}

namespace gradient_check_parts {

/// The copies of a run's inputs that a check moves, with places for their gradients.
struct MovedInputs {
  std::vector<Sequence<double>> values, gradients;
  std::vector<const Sequence<double>*> pointers;
  std::vector<Sequence<double>*> gradient_pointers;

  explicit MovedInputs(Inputs<double> inputs) {
    for (Index i = 0; i < inputs.count(); ++i) values.push_back(inputs[i]);
    // Backward must assign these: whatever it leaves out stays NaN and fails.
    for (const Sequence<double>& value : values) {
      gradients.push_back(value);
      gradients.back().fill(std::numeric_limits<double>::quiet_NaN());
    }
    for (std::size_t i = 0; i < values.size(); ++i)
      pointers.push_back(&values[i]), gradient_pointers.push_back(&gradients[i]);
  }
  Inputs<double> inputs() const { return std::span<const Sequence<double>* const>(pointers); }
  InputGradients<double> d_inputs() const { return std::span<Sequence<double>* const>(gradient_pointers); }

  static NamedTensor<double> named(std::string name, Sequence<double>& x) {
    return {std::move(name), x.data(), x.features(), x.time() * x.batch(), false};
  }
};

inline Sequence<double> random_projection(const SequenceShape& shape, std::uint64_t seed) {
  Random random(seed);
  Sequence<double> dy(shape);
  std::generate_n(dy.data(), dy.size(), [&] { return random.uniform(-1, 1); });
  return dy;
}

/// Backward must add to the gradients of parameters: they start at this, which is taken off again.
inline constexpr double kAlreadyThere = 0.25;

}  // namespace gradient_check_parts

/// Checks one layer (of double) at the given inputs: the gradients of all its parameters and inputs, initial states
/// included, for the loss sum(dy * y) with a random dy. Inputs are called "input 0", "input 1", ... in the report.
template <Layer L>
GradientReport gradient_check(const L& layer, Inputs<double> inputs, const GradientCheckOptions& options = {}) {
  using namespace gradient_check_parts;
  L moved = layer;
  MovedInputs x(inputs);
  typename L::Cache cache;
  Sequence<double> y;
  const auto forward = [&] {  // a layer that draws random numbers draws the same ones every time
    if constexpr (requires { cache.seed(options.seed); }) cache.seed(options.seed);
    moved.forward(x.inputs(), y, cache);
  };
  forward();
  const Sequence<double> dy = random_projection(y.shape(), options.seed);

  typename L::Parameters gradients = moved.parameters();
  std::vector<NamedTensor<double>> analytic = named_tensors<double>(gradients);
  for (const NamedTensor<double>& gradient : analytic) gradient.flat().setConstant(kAlreadyThere);
  moved.backward(x.inputs(), y, dy, cache, gradients, x.d_inputs());
  for (const NamedTensor<double>& gradient : analytic) gradient.flat().array() -= kAlreadyThere;

  std::vector<NamedTensor<double>> variables = named_tensors<double>(moved.parameters());
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    variables.push_back(MovedInputs::named("input " + std::to_string(i), x.values[i]));
    analytic.push_back(MovedInputs::named("input " + std::to_string(i), x.gradients[i]));
  }
  const double loss_scale = dy.flat().cwiseProduct(y.flat()).cwiseAbs().sum();
  const auto loss = [&] {
    forward();
    return dy.flat().cwiseProduct(y.flat()).sum();
  };
  return gradient_check(variables, analytic, loss, loss_scale, options);
}

/// Checks a whole model (of double) the same way; inputs go by their names in the model.
inline GradientReport gradient_check(const Graph<double>& model, Inputs<double> inputs,
                                     const GradientCheckOptions& options = {}) {
  using namespace gradient_check_parts;
  Graph<double> moved = model;
  MovedInputs x(inputs);
  Workspace<double> workspace(moved);
  workspace.seed(options.seed);
  const Sequence<double> y = moved.forward(x.inputs(), workspace);
  const Sequence<double> dy = random_projection(y.shape(), options.seed);

  std::vector<NamedTensor<double>> analytic = workspace.gradients();
  for (const NamedTensor<double>& gradient : analytic) gradient.flat().setConstant(kAlreadyThere);
  moved.backward(x.inputs(), dy, workspace, x.d_inputs());
  for (const NamedTensor<double>& gradient : analytic) gradient.flat().array() -= kAlreadyThere;

  std::vector<NamedTensor<double>> variables = moved.parameters();
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const std::string& name = moved.node(moved.inputs()[i]).name;
    variables.push_back(MovedInputs::named(name, x.values[i]));
    analytic.push_back(MovedInputs::named(name, x.gradients[i]));
  }
  const double loss_scale = dy.flat().cwiseProduct(y.flat()).cwiseAbs().sum();
  Workspace<double> other(moved);
  const auto loss = [&] {
    other.seed(options.seed);
    return dy.flat().cwiseProduct(moved.forward(x.inputs(), other).flat()).sum();
  };
  return gradient_check(variables, analytic, loss, loss_scale, options);
}

}  // namespace tsattn
