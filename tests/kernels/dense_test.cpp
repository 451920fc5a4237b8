#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/dense/dense.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::on_each_instruction_set, test::Outputs;

template <class S>
struct DenseCall {
  Index features, units, batch;
  Random random{1};
  GuardedArray<S> w, b, x, y;

  DenseCall(Index f, Index u, Index n, Index tail)
      : features(f),
        units(u),
        batch(n),
        w(u, f, {}, random),
        b(u, 1, {}, random),
        x(f, n, {0, tail}, random),
        y(u, n, {0, tail}) {}

  /// In calls for `columns` columns each.
  Outputs<S> run(Index columns) const {
    kernels::PackedWeights<S> packed;
    kernels::dense_pack(features, units, w.data(), b.data(), packed);
    GuardedArray<S> weights(packed.values.size());  // nothing but a guard around them
    std::copy_n(packed.values.data(), packed.values.size(), weights.data());
    Outputs<S> outputs{y};
    for (Index col = 0; col < batch; col += columns)
      kernels::dense_forward<S>(packed.instruction_set, {.features = features,
                                                         .units = units,
                                                         .batch = columns,
                                                         .weights = weights.data(),
                                                         .x = x.run(col),
                                                         .y = outputs[0].run(col)});
    return outputs;
  }
};

TEST_CASE_TEMPLATE("W x + b agrees with the plain loops and touches nothing else, column by column too", S, float,
                   double) {
  for (const Index features : {1, 5, 16, 33, 70})
    for (const Index units : test::kKernelSizes)
      for (const Index batch : {1, 2, 7, 13}) {
        CAPTURE(features);
        CAPTURE(units);
        CAPTURE(batch);
        const DenseCall<S> call(features, units, batch, units % 2);
        // Numbers are at most 1.05, so the terms of a sum are at most 1.05^2 each.
        const double magnitude = 1.11 * static_cast<double>(features + 1);
        test::check_kernel<S>(test::sum_tolerance<S>(features + 1, 1, magnitude), [&] { return call.run(batch); });
        on_each_instruction_set([&] { CHECK(test::same_bits(call.run(1), call.run(batch))); });
      }
}

TEST_CASE("two units by hand") {
  const std::vector<double> w{1, 2, 3, 4, 5, 6}, b{0.5, -0.5}, x{1, 10, 100};
  on_each_instruction_set([&] {
    kernels::PackedWeights<double> packed;
    kernels::dense_pack(3, 2, w.data(), b.data(), packed);
    std::vector<double> y(2);
    kernels::dense_forward<double>(packed.instruction_set, {3, 2, 1, packed.values.data(), x.data(), y.data()});
    CHECK(y == std::vector<double>{531.5, 641.5});
  });
}

}  // namespace
