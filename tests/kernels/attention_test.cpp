#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/attention/attention.hpp>

#include "support/check_kernels.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/attention_cases.hpp"

namespace {

using namespace tsattn;
using test::on_each_instruction_set;

TEST_CASE_TEMPLATE("every instruction set agrees with the plain loops and touches nothing else", S, float, double) {
  test::check_kernels(test::attention_cases<S>());
}

TEST_CASE("backward gives the difference quotients of forward") { test::check_gradients(test::attention_gradients()); }

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
