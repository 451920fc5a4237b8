#include <cmath>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/rms_prop/rms_prop.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

/// g, v, m and p as a step of RmsProp finds them; v is at least 0.05.
template <class S>
struct Arrays {
  GuardedArray<S> g, v, m, p;
  Arrays(Index size, const Layout& layout, Random random)
      : g(size, 1, layout, random), v(size, 1, layout, random), m(size, 1, layout, random), p(size, 1, layout, random) {
    v.for_each([](S& value) { value = std::abs(value); });
  }
};

// Errors in units of eps / 2. v has a relative one of 5: of the gradient, twice, its two products and the sum. So the
// root has 3.5, the sum with epsilon 4.5, and the quotient 6.5 of at most 0.74 / sqrt(0.045 + 0.1 * 0.74^2) < 2.4: 16.
// m < 3.4 adds one of 0.945 and one of itself: 20. p errs by a tenth of that, by one of 0.1 m, and one of itself, < 2.
// All of it for each of two computations.

TEST_CASE_TEMPLATE("a step of RmsProp agrees with the plain loop", S, float, double) {
  const kernels::RmsPropStep<S> step{S(0.7), S(0.1), S(0.9), S(1e-3), S(0.9)};
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      const Arrays<S> arrays(size, layout, Random(1));
      test::check_kernel<S>(20 * test::epsilon<S>(), [&] {
        test::Outputs<S> outputs{arrays.v, arrays.m, arrays.p};
        kernels::rms_prop(size, step, arrays.g.data(), outputs[0].data(), outputs[1].data(), outputs[2].data());
        return outputs;
      });
    }
}

TEST_CASE_TEMPLATE("a step of RmsProp without momentum agrees with the plain loop and needs no m", S, float, double) {
  const kernels::RmsPropStep<S> step{S(0.7), S(0.1), S(0.9), S(1e-3), S(0)};
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      const Arrays<S> arrays(size, layout, Random(1));
      test::check_kernel<S>(5 * test::epsilon<S>(), [&] {  // v's; p errs by 1.6 + 0.24 + 1
        test::Outputs<S> outputs{arrays.v, arrays.p};
        kernels::rms_prop<S>(size, step, arrays.g.data(), outputs[0].data(), nullptr, outputs[1].data());
        return outputs;
      });
    }
}

TEST_CASE("a step of RmsProp in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, so v = 28 * 3 / 4 + 4^2 / 4 = 25, and 4 / (5 + 3) = 0.5 is added to m / 2 = 1.
  on_each_instruction_set([] {
    const double g = 8;
    double v = 28, m = 2, p = 1;
    kernels::rms_prop<double>(1, {0.5, 0.25, 0.75, 3, 0.5}, &g, &v, &m, &p);
    CHECK(v == 25);
    CHECK(m == 1.5);
    CHECK(p == 1 - 0.25 * 1.5);

    v = 28, p = 1;
    kernels::rms_prop<double>(1, {0.5, 0.25, 0.75, 3, 0}, &g, &v, nullptr, &p);
    CHECK(v == 25);
    CHECK(p == 1 - 0.25 * 0.5);
  });
}

}  // namespace
