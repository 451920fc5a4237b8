#include <limits>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/finite/finite.hpp>

#include "support/check_kernels.hpp"
#include "support/guarded_array.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/finite_cases.hpp"

namespace {

using namespace tsattn;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::finite_cases<S>());
}

TEST_CASE_TEMPLATE("all_finite finds one NaN or infinity anywhere, and nothing behind the end", S, float, double) {
  using Limits = std::numeric_limits<S>;
  const S bad[] = {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), -Limits::quiet_NaN(),
                   Limits::signaling_NaN()};
  const S good[] = {Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min(), S(0), S(-0.0)};
  for (const Index size : test::kKernelSizes) {
    CAPTURE(size);
    Random random(1);
    test::GuardedArray<S> x(size, 1, {3, 1}, random);  // the guard is NaN
    test::on_each_instruction_set([&] {
      CHECK(kernels::all_finite(size, x.data()));
      CHECK(kernels::all_finite(Index{0}, x.data()));
      for (Index i = 0; i < size; ++i) {
        const S before = x.data()[i];
        for (const S value : bad) {
          x.data()[i] = value;
          CHECK_FALSE(kernels::all_finite(size, x.data()));
          CHECK(kernels::all_finite(i, x.data()));
        }
        for (const S value : good) {
          x.data()[i] = value;
          CHECK(kernels::all_finite(size, x.data()));
        }
        x.data()[i] = before;
      }
    });
  }
}

}  // namespace
