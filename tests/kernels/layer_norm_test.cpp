#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/index.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/kernels/layer_norm/layer_norm.hpp>

#include "support/check_kernel.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

constexpr Index kColumns = 3;

/// The arrays of one case; `has_weights` is whether there are gain and bias.
template <class S>
struct Case {
  Index features;
  bool has_weights;
  GuardedArray<S> x, gain, bias, dy;

  Case(Index size, bool with_weights, const Layout& layout, Random& random)
      : features(size),
        has_weights(with_weights),
        x(size * kColumns, 1, layout, random),
        gain(size, 1, layout, random),
        bias(size, 1, layout, random),
        dy(size * kColumns, 1, layout, random) {}

  kernels::LayerNormForward<S> forward(S* y, S* mean, S* scale) const {
    return {features,
            kColumns,
            S(0.125),
            x.data(),
            has_weights ? gain.data() : nullptr,
            has_weights ? bias.data() : nullptr,
            y,
            mean,
            scale};
  }
};

/// Calls visit(case, layout) for every size, layout, with weights and without.
template <class S, class Visit>
void for_each_case(const Visit& visit) {
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts)
      for (const bool has_weights : {false, true}) {
        CAPTURE(size);
        CAPTURE(has_weights);
        Random random(5);
        visit(Case<S>(size, has_weights, layout, random), layout);
      }
}

// How far two orders of summing may lead apart. x is at most 1.05 in magnitude, so m errs by (F + 1) eps of 1.05, and
// the deviations are at most 2.1. v is a sum of squares and errs by (F + 3) eps of itself, so r, below 1 / sqrt(0.125)
// < 3, by half of that. n = r (x - m) is at most 6 and errs by (F + 3) eps of 3 * 1.05 + 6 / 2 < 6.2, and y of 1.05
// times that and of its own roundings.

TEST_CASE_TEMPLATE("forward agrees with the plain loops, for every tail, with and without gain and bias", S, float,
                   double) {
  for_each_case<S>([](const Case<S>& c, const Layout& layout) {
    const GuardedArray<S> y(c.features * kColumns, 1, layout), mean(kColumns, 1, layout), scale(kColumns, 1, layout);
    test::check_kernel<S>(test::sum_tolerance<S>(c.features, 6, 1.05 * 6.2 + 1), [&] {
      test::Outputs<S> outputs{y, mean, scale};
      kernels::layer_norm_forward(c.forward(outputs[0].data(), outputs[1].data(), outputs[2].data()));
      return outputs;
    });
  });
}

TEST_CASE_TEMPLATE("backward agrees with the plain loops, and adds to the gradients of gain and bias", S, float,
                   double) {
  for_each_case<S>([](const Case<S>& c, const Layout& layout) {
    std::vector<S> y(static_cast<std::size_t>(c.features * kColumns)), mean(kColumns), scale(kColumns);
    {
      const test::InstructionSetScope scope(InstructionSet::reference);  // the same numbers for all
      kernels::layer_norm_forward(c.forward(y.data(), mean.data(), scale.data()));
    }
    Random random(6);
    const GuardedArray<S> d_gain(c.features, 1, layout, random), d_bias(c.features, 1, layout, random),
        dx(c.features * kColumns, 1, layout);
    // The mean of |n| is at most 1, so that of the terms g dy n at most 1.1, as that of g dy; n multiplies the first by
    // 6, and r all by 3. The sums of d_gain have three terms of at most 1.05 * 6.
    test::check_kernel<S>(test::sum_tolerance<S>(c.features, 6, 3 * (1.1 + 1.1 + 6 * 1.1)), [&] {
      test::Outputs<S> outputs{d_gain, d_bias, dx};
      kernels::layer_norm_backward<S>({c.features, kColumns, c.x.data(), c.has_weights ? c.gain.data() : nullptr,
                                       mean.data(), scale.data(), c.dy.data(),
                                       c.has_weights ? outputs[0].data() : nullptr,
                                       c.has_weights ? outputs[1].data() : nullptr, outputs[2].data()});
      return outputs;
    });
  });
}

TEST_CASE("what is not wanted is not written, and changes nothing else") {
  on_each_instruction_set([] {
    Random random(7);
    const Case<double> c(9, true, {0, 0}, random);
    std::vector<double> y(27), alone(27), mean(3), scale(3), dx(27), d_gain(9), d_bias(9), other_gain(9), other_bias(9);
    kernels::layer_norm_forward(c.forward(y.data(), mean.data(), scale.data()));
    kernels::layer_norm_forward(c.forward(alone.data(), nullptr, nullptr));
    CHECK(alone == y);
    kernels::LayerNormBackward<double> a{
        9,        3, c.x.data(), c.gain.data(), mean.data(), scale.data(), c.dy.data(), d_gain.data(), d_bias.data(),
        dx.data()};
    kernels::layer_norm_backward(a);
    a.dx = nullptr, a.d_gain = other_gain.data(), a.d_bias = other_bias.data();
    kernels::layer_norm_backward(a);
    CHECK(other_gain == d_gain);
    CHECK(other_bias == d_bias);
    std::vector<double> in_place(c.dy.data(), c.dy.data() + 27);
    a = {9,       3,       c.x.data(),     c.gain.data(), mean.data(), scale.data(), in_place.data(),
         nullptr, nullptr, in_place.data()};
    kernels::layer_norm_backward(a);
    CHECK(in_place == dx);
  });
}

}  // namespace
