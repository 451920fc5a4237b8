#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include <tsattn/kernels/attention/attention.hpp>

#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

/// All results are sums of at most max(count, size) terms of up to 1.05^3, on a start of up to 1.05. The factors of a
/// term are rounded up to 6 times; where u = tanh(...) is one, its argument below 2.1 is rounded (3 eps / 2) and u
/// itself errs by up to 4 ULP (8 eps / 2), and 1 - u^2 doubles both.
template <class S>
double attention_tolerance(Index count, Index size) {
  const Index terms = std::max(count, size);
  return sum_tolerance<S>(terms, 6 + 2 * (8 + 3), 1.16 * static_cast<double>(terms) + 1.05);
}

template <class S>
KernelCases<S> attention_cases() {
  const std::vector<Sizes> tested = grid({{"count", {1, 2, 7, 33}}, {"size", kKernelSizes}});
  const std::vector<Sizes> measured{{{"count", 50}, {"size", 64}},
                                    {{"count", 50}, {"size", 37}},
                                    {{"count", 200}, {"size", 256}},
                                    {{"count", 1}, {"size", 64}}};
  // The keys of one sample of a batch of 32, where speed is measured.
  const auto keys = [](Index size, Index count) { return strided(read(size, count), 32 * size); };
  const auto d_keys = [](Index size, Index count) { return strided(changed(size, count), 32 * size); };

  return {
      {"dot_scores", "", tested, measured,
       [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         return KernelCall<S>{
             .operands = {read(size), keys(size, count), assigned(count)},
             .tolerance = attention_tolerance<S>(count, size),
             .run = [=](Memory<S>& m) { kernels::dot_scores(count, size, S(0.7), m[0], m[1], m.stride(1), m[2]); },
             .work = {.operations = 2 * count * size}};
       }},
      {"dot_scores_backward", "", tested, measured,
       [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         const auto run = [=](Memory<S>& m, bool wants_dp, bool wants_d_keys) {
           kernels::dot_scores_backward(count, size, S(0.7), m[0], m[1], m.stride(1), m[2], wants_dp ? m[3] : nullptr,
                                        wants_d_keys ? m[4] : nullptr);
         };
         return KernelCall<S>{
             .operands = {read(size), keys(size, count), read(count), changed(size), d_keys(size, count)},
             .tolerance = attention_tolerance<S>(count, size),
             .run = [=](Memory<S>& m) { run(m, true, true); },
             .same_bits = {[=](Memory<S>& m) {  // one of them declined, and then the other
               run(m, true, false);
               run(m, false, true);
             }},
             .work = {.operations = 4 * count * size}};
       }},
      {"additive_scores", "", tested, measured,
       [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         return KernelCall<S>{
             .operands = {read(size), read(size), keys(size, count), assigned(count)},
             .tolerance = attention_tolerance<S>(count, size),
             .run = [=](Memory<S>& m) { kernels::additive_scores(count, size, m[0], m[1], m[2], m.stride(2), m[3]); },
             .work = {.elements = count * size}};
       }},
      {"additive_scores_backward", "", tested, measured,
       [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         return KernelCall<S>{.operands = {read(size), read(size), keys(size, count), read(count), changed(size),
                                           changed(size), d_keys(size, count)},
                              .tolerance = attention_tolerance<S>(count, size),
                              .run =
                                  [=](Memory<S>& m) {
                                    kernels::additive_scores_backward(count, size, m[0], m[1], m[2], m.stride(2), m[3],
                                                                      m[4], m[5], m[6]);
                                  },
                              .work = {.elements = count * size}};
       }},
      {"weighted_sum", "", tested, measured,
       [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         return KernelCall<S>{
             .operands = {read(count), keys(size, count), assigned(size)},
             .tolerance = attention_tolerance<S>(count, size),
             .run = [=](Memory<S>& m) { kernels::weighted_sum(count, size, m[0], m[1], m.stride(1), m[2]); },
             .work = {.operations = 2 * count * size}};
       }},
      {"weighted_sum_backward", "", tested, measured, [=](const Sizes& sizes) {
         const Index count = sizes["count"], size = sizes["size"];
         const auto run = [=](Memory<S>& m, bool wants_d_values) {
           kernels::weighted_sum_backward(count, size, m[0], m[1], m.stride(1), m[2], m[3],
                                          wants_d_values ? m[4] : nullptr);
         };
         return KernelCall<S>{
             .operands = {read(count), keys(size, count), read(size), assigned(count), d_keys(size, count)},
             .tolerance = attention_tolerance<S>(count, size),
             .run = [=](Memory<S>& m) { run(m, true); },
             .same_bits = {[=](Memory<S>& m) {  // dw alone
               run(m, true);
               std::fill_n(m[3], count, std::numeric_limits<S>::quiet_NaN());
               run(m, false);
             }},
             .work = {.operations = 4 * count * size}};
       }}};
}

inline std::vector<GradientCase> attention_gradients() {
  constexpr Index kCount = 3, kSize = 5, kKeys = kCount * kSize;
  constexpr double kScale = 0.7;
  using Point = std::vector<Values>;
  return {{"dot_scores",
           "dot_scores_backward",
           {kSize, kKeys},
           kCount,
           [](const Point& at) {  // p, keys
             Values s = zeros(kCount);
             kernels::dot_scores(kCount, kSize, kScale, at[0].data(), at[1].data(), kSize, s.data());
             return s;
           },
           [](const Point& at, const Values& ds) {
             Values dp = zeros(kSize), d_keys = zeros(kKeys);
             kernels::dot_scores_backward(kCount, kSize, kScale, at[0].data(), at[1].data(), kSize, ds.data(),
                                          dp.data(), d_keys.data());
             return Point{dp, d_keys};
           }},
          {"additive_scores",
           "additive_scores_backward",
           {kSize, kSize, kKeys},
           kCount,
           [](const Point& at) {  // v, p, keys
             Values s = zeros(kCount);
             kernels::additive_scores(kCount, kSize, at[0].data(), at[1].data(), at[2].data(), kSize, s.data());
             return s;
           },
           [](const Point& at, const Values& ds) {
             Values dv = zeros(kSize), dp = zeros(kSize), d_keys = zeros(kKeys);
             kernels::additive_scores_backward(kCount, kSize, at[0].data(), at[1].data(), at[2].data(), kSize,
                                               ds.data(), dv.data(), dp.data(), d_keys.data());
             return Point{dv, dp, d_keys};
           }},
          {"weighted_sum",
           "weighted_sum_backward",
           {kCount, kKeys},
           kSize,
           [](const Point& at) {  // w, values
             Values c = zeros(kSize);
             kernels::weighted_sum(kCount, kSize, at[0].data(), at[1].data(), kSize, c.data());
             return c;
           },
           [](const Point& at, const Values& dc) {
             Values dw = zeros(kCount), d_values = zeros(kKeys);
             kernels::weighted_sum_backward(kCount, kSize, at[0].data(), at[1].data(), kSize, dc.data(), dw.data(),
                                            d_values.data());
             return Point{dw, d_values};
           }}};
}

}  // namespace tsattn::test
