#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/sgd/sgd.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

TEST_CASE_TEMPLATE("a step of Sgd agrees with the plain loop", S, float, double) {
  for (const bool is_nesterov : {false, true})
    for (const Index size : test::kKernelSizes)
      for (const Layout& layout : test::kKernelLayouts) {
        CAPTURE(is_nesterov);
        CAPTURE(size);
        const kernels::SgdStep<S> step{S(0.7), S(0.1), S(0.9), is_nesterov};
        Random random(1);
        const GuardedArray<S> g(size, 1, layout, random), m(size, 1, layout, random), p(size, 1, layout, random);
        // Errors in units of eps / 2. The scaled gradient is at most 0.74 and m at most 0.945 + 0.74 < 1.7, so m errs
        // by 0.74 + 0.945 + 1.7 < 3.4. With nesterov 0.9 of that, the product of 1.53, the gradient again and the sum
        // of 2.27 make 7.6, of which p has a tenth, the product of 0.23 and one of itself, < 2. m's are the largest;
        // all of it for each of two computations.
        test::check_kernel<S>(3.4 * test::epsilon<S>(), [&] {
          test::Outputs<S> outputs{m, p};
          kernels::sgd(size, step, g.data(), outputs[0].data(), outputs[1].data());
          return outputs;
        });
      }
}

TEST_CASE_TEMPLATE("a step of Sgd without momentum agrees with the plain loop and needs no m", S, float, double) {
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      const kernels::SgdStep<S> step{S(0.7), S(0.1), S(0), false};
      Random random(1);
      const GuardedArray<S> g(size, 1, layout, random), p(size, 1, layout, random);
      // A step of 0.074 with two roundings, and the difference with p < 2 with one.
      test::check_kernel<S>(1.2 * test::epsilon<S>(), [&] {
        test::Outputs<S> outputs{p};
        kernels::sgd<S>(size, step, g.data(), nullptr, outputs[0].data());
        return outputs;
      });
    }
}

TEST_CASE("a step of Sgd in numbers that are exact") {
  // The gradient is 0.5 * 8 = 4, and m = 2 / 2 + 4 = 5.
  on_each_instruction_set([] {
    const double g = 8;
    double m = 2, p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0.5, false}, &g, &m, &p);
    CHECK(m == 5);
    CHECK(p == 1 - 0.25 * 5);

    m = 2, p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0.5, true}, &g, &m, &p);
    CHECK(m == 5);
    CHECK(p == 1 - 0.25 * 6.5);  // 4 + 5 / 2

    p = 1;
    kernels::sgd<double>(1, {0.5, 0.25, 0, false}, &g, nullptr, &p);
    CHECK(p == 1 - 0.25 * 4);
  });
}

}  // namespace
