#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/adam/adam.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

TEST_CASE_TEMPLATE("a step of Adam agrees with the plain loop", S, float, double) {
  const kernels::AdamStep<S> step{S(0.5), S(0.9), S(0.99), S(0.1), S(0.8), S(1e-3), S(0.01)};
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      Random random(1);
      const GuardedArray<S> g(size, 1, layout, random), m(size, 1, layout, random), p(size, 1, layout, random);
      GuardedArray<S> v(size, 1, layout, random);
      v.for_each([](S& value) { value = std::abs(value); });
      // m and v are at most 1.05, with four roundings of eps / 2. sqrt(v) / 0.8 >= 0.27, so p moves by up to 0.1 / 0.27
      // of m and its error, with seven roundings more; the decay of 0.0105 adds two of its own and one of the sum, and
      // the difference with p < 2 rounds once: 6 eps / 2 in all for each of the two computations.
      test::check_kernel<S>(6 * test::epsilon<S>(), [&] {
        test::Outputs<S> outputs{m, v, p};
        kernels::adam(size, step, g.data(), outputs[0].data(), outputs[1].data(), outputs[2].data());
        return outputs;
      });
    }
}

TEST_CASE("a step of Adam in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, so m = 2 / 2 + 4 / 2 = 3 and v = 28 * 3 / 4 + 4^2 / 4 = 25.
  on_each_instruction_set([] {
    const double g = 8;
    double m = 2, v = 28, p = 1;
    kernels::adam<double>(1, {0.5, 0.5, 0.75, 0.25, 0.5, 2}, &g, &m, &v, &p);
    CHECK(m == 3);
    CHECK(v == 25);
    CHECK(p == 1 - 0.25 * 3 / 12);  // sqrt(25) / 0.5 + 2 = 12

    m = 2, v = 28, p = 1;
    kernels::adam<double>(1, {0.5, 0.5, 0.75, 0.25, 0.5, 2, 0.125}, &g, &m, &v, &p);
    CHECK(p == 1 - 0.25 * 3 / 12 - 0.125);
  });
}

}  // namespace
