#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/attention/attention.hpp>

#include "support/check_kernel.hpp"

namespace {

using namespace tsattn;
using test::GuardedArray, test::Layout, test::on_each_instruction_set;

/// The operands of every kernel here: `count` keys of `size` values, with gaps between them where the layout has some,
/// as between the keys of one sample of a batch. Gradients start at random values: they are added to.
template <class S>
struct Operands {
  Index count, size;
  Random random{1};
  GuardedArray<S> p, v, keys, ds, dp, dv, d_keys;
  GuardedArray<S> unset_steps, unset_values;  // for what is assigned: [count] and [size]

  Operands(Index steps, Index values, const Layout& layout)
      : count(steps),
        size(values),
        p(values, 1, layout, random),
        v(values, 1, layout, random),
        keys(values, steps, layout, random),
        ds(steps, 1, layout, random),
        dp(values, 1, layout, random),
        dv(values, 1, layout, random),
        d_keys(values, steps, layout, random),
        unset_steps(steps, 1, layout),
        unset_values(values, 1, layout) {}

  /// All results are sums of at most max(count, size) terms of up to 1.05^3, on a start of up to 1.05. The factors of a
  /// term are rounded up to 6 times; where u = tanh(...) is one, its argument below 2.1 is rounded (3 eps / 2) and u
  /// itself errs by up to 4 ULP (8 eps / 2), and 1 - u^2 doubles both.
  double tolerance() const {
    const Index terms = std::max(count, size);
    return test::sum_tolerance<S>(terms, 6 + 2 * (8 + 3), 1.16 * static_cast<double>(terms) + 1.05);
  }
};

constexpr Index kCounts[] = {1, 2, 7, 33};

/// Calls visit(Operands<S>) for every size, with and without gaps between the keys.
template <class S, class Visit>
void for_each_size(const Visit& visit) {
  for (const Index count : kCounts)
    for (const Index size : test::kKernelSizes)
      for (const Layout& layout : test::kKernelLayouts) {
        INFO("count ", count, ", size ", size, ", gap ", layout.gap);
        visit(Operands<S>(count, size, layout));
      }
}

TEST_CASE_TEMPLATE("dot scores and their gradients agree with the plain loops", S, float, double) {
  for_each_size<S>([](const Operands<S>& o) {
    const Index stride = o.keys.stride();
    const S scale = S(0.7);
    test::check_kernel<S>(o.tolerance(), [&] {
      test::Outputs<S> outputs{o.unset_steps};
      kernels::dot_scores(o.count, o.size, scale, o.p.data(), o.keys.data(), stride, outputs[0].data());
      return outputs;
    });
    const auto backward = [&](bool wants_dp, bool wants_d_keys) {
      test::Outputs<S> outputs{o.dp, o.d_keys};
      kernels::dot_scores_backward(o.count, o.size, scale, o.p.data(), o.keys.data(), stride, o.ds.data(),
                                   wants_dp ? outputs[0].data() : nullptr, wants_d_keys ? outputs[1].data() : nullptr);
      return outputs;
    };
    test::check_kernel<S>(o.tolerance(), [&] { return backward(true, true); });
    on_each_instruction_set([&] {  // either may be declined, and the other is the same
      const test::Outputs<S> both = backward(true, true), dp = backward(true, false), d_keys = backward(false, true);
      CHECK(dp[0].same_bits(both[0]));
      CHECK(dp[1].same_bits(o.d_keys));
      CHECK(d_keys[0].same_bits(o.dp));
      CHECK(d_keys[1].same_bits(both[1]));
    });
  });
}

TEST_CASE_TEMPLATE("additive scores and their gradients agree with the plain loops", S, float, double) {
  for_each_size<S>([](const Operands<S>& o) {
    const Index stride = o.keys.stride();
    test::check_kernel<S>(o.tolerance(), [&] {
      test::Outputs<S> outputs{o.unset_steps};
      kernels::additive_scores(o.count, o.size, o.v.data(), o.p.data(), o.keys.data(), stride, outputs[0].data());
      return outputs;
    });
    test::check_kernel<S>(o.tolerance(), [&] {
      test::Outputs<S> outputs{o.dv, o.dp, o.d_keys};
      kernels::additive_scores_backward(o.count, o.size, o.v.data(), o.p.data(), o.keys.data(), stride, o.ds.data(),
                                        outputs[0].data(), outputs[1].data(), outputs[2].data());
      return outputs;
    });
  });
}

TEST_CASE_TEMPLATE("weighted sums and their gradients agree with the plain loops", S, float, double) {
  for_each_size<S>([](const Operands<S>& o) {
    const Index stride = o.keys.stride();
    const GuardedArray<S>&w = o.ds, &dc = o.p, &values = o.keys;
    test::check_kernel<S>(o.tolerance(), [&] {
      test::Outputs<S> outputs{o.unset_values};
      kernels::weighted_sum(o.count, o.size, w.data(), values.data(), stride, outputs[0].data());
      return outputs;
    });
    const auto backward = [&](bool wants_d_values) {
      test::Outputs<S> outputs{o.unset_steps, o.d_keys};
      kernels::weighted_sum_backward(o.count, o.size, w.data(), values.data(), stride, dc.data(), outputs[0].data(),
                                     wants_d_values ? outputs[1].data() : nullptr);
      return outputs;
    };
    test::check_kernel<S>(o.tolerance(), [&] { return backward(true); });
    on_each_instruction_set([&] {
      const test::Outputs<S> both = backward(true), dw = backward(false);
      CHECK(dw[0].same_bits(both[0]));
      CHECK(dw[1].same_bits(o.d_keys));
    });
  });
}

// Two keys of two values each, a gap of one between them, in numbers that are exact.
const double kKeys[] = {1, 2, -100, 3, 4};
constexpr Index kStride = 3;

TEST_CASE("dot scores are scale p . key, and their gradients are added") {
  const double p[] = {5, 6}, ds[] = {2, -1};
  on_each_instruction_set([&] {
    std::vector<double> s(2), dp{100, 200}, d_keys{1000, 2000, -7, 3000, 4000};
    kernels::dot_scores<double>(2, 2, 0.5, p, kKeys, kStride, s.data());
    CHECK(s == std::vector<double>{0.5 * 17, 0.5 * 39});
    kernels::dot_scores_backward<double>(2, 2, 0.5, p, kKeys, kStride, ds, dp.data(), d_keys.data());
    CHECK(dp == std::vector<double>{100 + 0.5 * (2 - 3), 200 + 0.5 * (4 - 4)});
    CHECK(d_keys == std::vector<double>{1000 + 5, 2000 + 6, -7, 3000 - 2.5, 4000 - 3});
  });
}

TEST_CASE("additive scores are v . tanh(p + key), and their gradients are added") {
  // p + key = (0, 100) and (0, 0), so that u = (0, 1) and (0, 0).
  const double v[] = {3, 5}, p[] = {-1, 50}, keys[] = {1, 50, -100, 1, -50}, ds[] = {2, -1};
  on_each_instruction_set([&] {
    std::vector<double> s(2), dv{10, 20}, dp{100, 200}, d_keys{1000, 2000, -7, 3000, 4000};
    kernels::additive_scores<double>(2, 2, v, p, keys, kStride, s.data());
    CHECK(s == std::vector<double>{5, 0});
    kernels::additive_scores_backward<double>(2, 2, v, p, keys, kStride, ds, dv.data(), dp.data(), d_keys.data());
    CHECK(dv == std::vector<double>{10, 20 + 2});            // + sum_k ds_k u_k
    CHECK(dp == std::vector<double>{100 + 6 - 3, 200 - 5});  // + sum_k ds_k v (1 - u_k^2)
    CHECK(d_keys == std::vector<double>{1006, 2000, -7, 2997, 3995});
  });
}

TEST_CASE("a weighted sum is assigned; of its gradients dw is assigned and that of the values added") {
  const double w[] = {0.25, 0.75}, dc[] = {4, 8};
  on_each_instruction_set([&] {
    std::vector<double> c{-7, -7}, dw{-7, -7}, d_values{1000, 2000, -7, 3000, 4000};
    kernels::weighted_sum<double>(2, 2, w, kKeys, kStride, c.data());
    CHECK(c == std::vector<double>{2.5, 3.5});
    kernels::weighted_sum_backward<double>(2, 2, w, kKeys, kStride, dc, dw.data(), d_values.data());
    CHECK(dw == std::vector<double>{20, 44});
    CHECK(d_values == std::vector<double>{1001, 2002, -7, 3003, 4006});
  });
}

TEST_CASE("no key at all gives a context of zero") {
  on_each_instruction_set([] {
    std::vector<double> c(3, 7.0);
    kernels::weighted_sum<double>(0, 3, nullptr, nullptr, 5, c.data());
    CHECK(std::all_of(c.begin(), c.end(), [](double value) { return value == 0; }));
  });
}

}  // namespace
