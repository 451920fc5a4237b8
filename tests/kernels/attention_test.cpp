#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/attention.hpp>

#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::random_values;

constexpr Index kCount = 4, kSize = 3, kStride = 5;  // keys of one sample of a batch: a gap of two values between them
constexpr double kScale = 0.5;
// Sums of at most 4 terms of magnitude up to 1.2 and three roundings, on top of a start of up to 1.05; two
// computations.
constexpr double kTolerance = 2 * 7 * 6 * std::numeric_limits<double>::epsilon();

/// Operands of every kernel here, with gaps that are NaN. Gradients start at random values: they are added to.
struct Operands {
  Random random{1};
  std::vector<double> p = random_values<double>(kSize, random), v = random_values<double>(kSize, random),
                      keys = with_gaps(), ds = random_values<double>(kCount, random),
                      dp = random_values<double>(kSize, random), dv = random_values<double>(kSize, random),
                      d_keys = with_gaps();

  std::vector<double> with_gaps() {
    std::vector<double> values(kCount * kStride, std::numeric_limits<double>::quiet_NaN());
    for (Index k = 0; k < kCount; ++k) test::randomize(values.data() + k * kStride, kSize, random);
    return values;
  }
  static double at(const std::vector<double>& values, Index k, Index i) {
    return values[static_cast<std::size_t>(k * kStride + i)];
  }
  double key(Index k, Index i) const { return at(keys, k, i); }
};

double element(const std::vector<double>& values, Index i) { return values[static_cast<std::size_t>(i)]; }

void check_gaps(const std::vector<double>& values) {
  for (Index k = 0; k < kCount; ++k)
    for (Index i = kSize; i < kStride; ++i) CHECK(std::isnan(Operands::at(values, k, i)));
}

TEST_CASE("dot scores are scale p . key, and their gradients are added") {
  const Operands o;
  std::vector<double> s(kCount), dp = o.dp, d_keys = o.d_keys;
  kernels::dot_scores(kCount, kSize, kScale, o.p.data(), o.keys.data(), kStride, s.data());
  kernels::dot_scores_backward(kCount, kSize, kScale, o.p.data(), o.keys.data(), kStride, o.ds.data(), dp.data(),
                               d_keys.data());
  for (Index k = 0; k < kCount; ++k) {
    double expected = 0;
    for (Index i = 0; i < kSize; ++i) {
      expected += kScale * element(o.p, i) * o.key(k, i);
      const double d_key = Operands::at(o.d_keys, k, i) + kScale * element(o.ds, k) * element(o.p, i);
      CHECK(std::abs(Operands::at(d_keys, k, i) - d_key) <= kTolerance);
    }
    CHECK(std::abs(element(s, k) - expected) <= kTolerance);
  }
  for (Index i = 0; i < kSize; ++i) {
    double expected = element(o.dp, i);
    for (Index k = 0; k < kCount; ++k) expected += kScale * element(o.ds, k) * o.key(k, i);
    CHECK(std::abs(element(dp, i) - expected) <= kTolerance);
  }
  check_gaps(d_keys);

  std::vector<double> dp_alone = o.dp, d_keys_alone = o.d_keys;  // either may be declined, and the other is the same
  kernels::dot_scores_backward<double>(kCount, kSize, kScale, o.p.data(), o.keys.data(), kStride, o.ds.data(),
                                       dp_alone.data(), nullptr);
  CHECK(dp_alone == dp);
  kernels::dot_scores_backward<double>(kCount, kSize, kScale, o.p.data(), o.keys.data(), kStride, o.ds.data(), nullptr,
                                       d_keys_alone.data());
  CHECK(std::memcmp(d_keys_alone.data(), d_keys.data(), d_keys.size() * sizeof(double)) == 0);
}

TEST_CASE("additive scores are v . tanh(p + key), and their gradients are added") {
  const Operands o;
  std::vector<double> s(kCount), dv = o.dv, dp = o.dp, d_keys = o.d_keys;
  kernels::additive_scores(kCount, kSize, o.v.data(), o.p.data(), o.keys.data(), kStride, s.data());
  kernels::additive_scores_backward(kCount, kSize, o.v.data(), o.p.data(), o.keys.data(), kStride, o.ds.data(),
                                    dv.data(), dp.data(), d_keys.data());
  std::vector<double> expected_dv = o.dv, expected_dp = o.dp;
  for (Index k = 0; k < kCount; ++k) {
    double expected = 0;
    for (Index i = 0; i < kSize; ++i) {
      const double u = std::tanh(element(o.p, i) + o.key(k, i));
      const double e = element(o.ds, k) * element(o.v, i) * (1 - u * u);
      expected += element(o.v, i) * u;
      expected_dv[static_cast<std::size_t>(i)] += element(o.ds, k) * u;
      expected_dp[static_cast<std::size_t>(i)] += e;
      CHECK(std::abs(Operands::at(d_keys, k, i) - (Operands::at(o.d_keys, k, i) + e)) <= kTolerance);
    }
    CHECK(std::abs(element(s, k) - expected) <= kTolerance);
  }
  for (Index i = 0; i < kSize; ++i) {
    CHECK(std::abs(element(dv, i) - element(expected_dv, i)) <= kTolerance);
    CHECK(std::abs(element(dp, i) - element(expected_dp, i)) <= kTolerance);
  }
  check_gaps(d_keys);
}

TEST_CASE("a weighted sum is assigned; of its gradients dw is assigned and that of the values added") {
  const Operands o;
  const std::vector<double>&w = o.ds, &dc = o.p, &values = o.keys;
  std::vector<double> c(kSize, std::numeric_limits<double>::quiet_NaN()), dw(kCount, c[0]), d_values = o.d_keys;
  kernels::weighted_sum(kCount, kSize, w.data(), values.data(), kStride, c.data());
  kernels::weighted_sum_backward(kCount, kSize, w.data(), values.data(), kStride, dc.data(), dw.data(),
                                 d_values.data());
  for (Index i = 0; i < kSize; ++i) {
    double expected = 0;
    for (Index k = 0; k < kCount; ++k) expected += element(w, k) * o.key(k, i);
    CHECK(std::abs(element(c, i) - expected) <= kTolerance);
  }
  for (Index k = 0; k < kCount; ++k) {
    double expected = 0;
    for (Index i = 0; i < kSize; ++i) {
      expected += element(dc, i) * o.key(k, i);
      CHECK(std::abs(Operands::at(d_values, k, i) - (Operands::at(o.d_keys, k, i) + element(w, k) * element(dc, i))) <=
            kTolerance);
    }
    CHECK(std::abs(element(dw, k) - expected) <= kTolerance);
  }
  check_gaps(d_values);

  std::vector<double> dw_alone(kCount);
  kernels::weighted_sum_backward<double>(kCount, kSize, w.data(), values.data(), kStride, dc.data(), dw_alone.data(),
                                         nullptr);
  CHECK(dw_alone == dw);
}

TEST_CASE("no key at all gives a context of zero") {
  std::vector<double> c(kSize, 7.0);
  kernels::weighted_sum<double>(0, kSize, nullptr, nullptr, kStride, c.data());
  CHECK(std::all_of(c.begin(), c.end(), [](double value) { return value == 0; }));
}

}  // namespace
