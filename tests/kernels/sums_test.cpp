#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/sums/sums.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

TEST_CASE_TEMPLATE("add_column_sums gives the bits of the plain loops: it adds in their order", S, float, double) {
  for (const Index rows : test::kKernelSizes)
    for (const Index cols : {0, 1, 2, 7, 33})
      for (const Layout& layout : test::kKernelLayouts) {
        INFO("rows ", rows, ", cols ", cols, ", gap ", layout.gap);
        Random random(1);
        const GuardedArray<S> in(rows, cols, layout, random), sums(rows, 1, layout, random);
        test::check_kernel<S>(0, [&] {
          test::Outputs<S> outputs{sums};
          kernels::add_column_sums(rows, cols, in.data(), in.stride(), outputs[0].data());
          return outputs;
        });
      }
}

TEST_CASE_TEMPLATE("the column sums of a matrix are those of its columns one by one", S, float, double) {
  for (const Index rows : test::kKernelSizes) {
    CAPTURE(rows);
    Random random(2);
    const GuardedArray<S> in(rows, 7, {}, random), start(rows, 1, {}, random);
    on_each_instruction_set([&] {
      GuardedArray<S> whole = start, by_cols = start;
      kernels::add_column_sums(rows, 7, in.data(), in.stride(), whole.data());
      for (Index j = 0; j < 7; ++j) kernels::add_column_sums(rows, 1, in.run(j), in.stride(), by_cols.data());
      CHECK(by_cols.same_bits(whole));
    });
  }
}

TEST_CASE("add_column_sums adds the columns to what is there, and skips the gaps between them") {
  const double in[] = {1, 2, -100, 3, 4, -100, 5, 6, -100};
  on_each_instruction_set([&] {
    std::vector<double> sums{10, 20, 30};
    kernels::add_column_sums<double>(2, 3, in, 3, sums.data());
    CHECK(sums == std::vector<double>{19, 32, 30});
  });
}

TEST_CASE_TEMPLATE("add gives the bits of the plain loops", S, float, double) {
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      Random random(3);
      const GuardedArray<S> from(size, 1, layout, random), to(size, 1, layout, random);
      test::check_kernel<S>(0, [&] {
        test::Outputs<S> outputs{to};
        kernels::add(size, from.data(), outputs[0].data());
        return outputs;
      });
    }
}

TEST_CASE_TEMPLATE("sum_of_squares agrees with the plain loop, in double for float too", S, float, double) {
  for (const Index size : test::kKernelSizes)
    for (const Layout& layout : test::kKernelLayouts) {
      CAPTURE(size);
      Random random(4);
      const GuardedArray<S> values(size, 1, layout, random);
      const GuardedArray<double> sum(1);
      const double magnitude = 1.1025 * static_cast<double>(size);  // squares of up to 1.05
      test::check_kernel<double>(test::sum_tolerance<double>(size, 1, magnitude), [&] {
        test::Outputs<double> outputs{sum};
        *outputs[0].data() = kernels::sum_of_squares(size, values.data());
        return outputs;
      });
    }
}

TEST_CASE("sum_of_squares: 3^2 + 4^2 = 5^2, and float does not overflow") {
  on_each_instruction_set([] {
    const std::vector<float> values{3, -4}, large{1e30F, 0};
    CHECK(kernels::sum_of_squares<float>(2, values.data()) == 25);
    CHECK(kernels::sum_of_squares<float>(2, large.data()) == static_cast<double>(1e30F) * static_cast<double>(1e30F));
    CHECK(kernels::sum_of_squares<float>(0, nullptr) == 0);
  });
}

}  // namespace
