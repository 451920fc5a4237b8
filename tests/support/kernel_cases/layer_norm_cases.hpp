#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include <tsattn/kernels/layer_norm/layer_norm.hpp>

#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> layer_norm_cases() {
  const std::vector<Sizes> tested = grid({{"features", kKernelSizes}, {"columns", {3}}, {"has_weights", {0, 1}}});
  const std::vector<Sizes> measured =
      grid({{"features", {32, 64, 67, 256}}, {"columns", {1600}}, {"has_weights", {1}}});
  return {
      {"layer_norm_forward", "", tested, measured,
       [](const Sizes& sizes) {
         const Index features = sizes["features"], columns = sizes["columns"];
         const bool has_weights = sizes["has_weights"] != 0;
         const auto run = [=](Memory<S>& m, S* mean, S* scale) {
           kernels::layer_norm_forward<S>({features, columns, S(0.125), m[0], has_weights ? m[1] : nullptr,
                                           has_weights ? m[2] : nullptr, m[3], mean, scale});
         };
         return KernelCall<S>{.operands = {read(features, columns), read(features), read(features),
                                           assigned(features, columns), assigned(columns), assigned(columns)},
                              // x is at most 1.05 in magnitude, so m errs by (F + 1) eps of 1.05, and the deviations
                              // are at most 2.1. v is a sum of squares and errs by (F + 3) eps of itself, so r, below 1
                              // / sqrt(0.125) < 3, by half of that. n = r (x - m) is at most 6 and errs by (F + 3) eps
                              // of 3 * 1.05 + 6 / 2 < 6.2, and y of 1.05 times that and of its own roundings.
                              .tolerance = sum_tolerance<S>(features, 6, 1.05 * 6.2 + 1),
                              .run = [=](Memory<S>& m) { run(m, m[4], m[5]); },
                              .same_bits = {[=](Memory<S>& m) {  // y alone
                                run(m, m[4], m[5]);
                                std::fill_n(m[3], features * columns, std::numeric_limits<S>::quiet_NaN());
                                run(m, nullptr, nullptr);
                              }},
                              .work = {.elements = features * columns}};
       }},
      {"layer_norm_backward", "", tested, measured, [](const Sizes& sizes) {
         const Index features = sizes["features"], columns = sizes["columns"];
         const bool has_weights = sizes["has_weights"] != 0;
         const auto run = [=](Memory<S>& m, bool wants_weights, bool wants_dx) {
           kernels::layer_norm_backward<S>({features, columns, m[0], has_weights ? m[1] : nullptr, m[2], m[3], m[4],
                                            has_weights && wants_weights ? m[5] : nullptr,
                                            has_weights && wants_weights ? m[6] : nullptr, wants_dx ? m[7] : nullptr});
         };
         return KernelCall<S>{
             .operands = {read(features, columns), read(features), read(columns), read(columns),
                          read(features, columns), changed(features), changed(features), assigned(features, columns)},
             // m and r are any numbers up to 1.05 here, so n is at most 2.21 and the means of g dy and g dy n 1.11 and
             // 2.44: all of it together, times r, is below 8.4. The sums of d_gain and d_bias have three terms of at
             // most 1.05 * 2.21 on 1.05.
             .tolerance = sum_tolerance<S>(std::max(features, columns), 6, 8.4),
             .run = [=](Memory<S>& m) { run(m, true, true); },
             .same_bits = {[=](Memory<S>& m) {  // the gradients of the weights alone, and then dx alone
               run(m, true, false);
               run(m, false, true);
             }},
             .work = {.elements = features * columns}};
       }}};
}

inline std::vector<GradientCase> layer_norm_gradients() {
  constexpr Index kFeatures = 5, kColumns = 3, kAll = kFeatures * kColumns;
  using Point = std::vector<Values>;
  struct Forward {
    Values y = zeros(kAll), mean = zeros(kColumns), scale = zeros(kColumns);
    explicit Forward(const Point& at) {  // x, gain, bias
      kernels::layer_norm_forward<double>(
          {kFeatures, kColumns, 0.125, at[0].data(), at[1].data(), at[2].data(), y.data(), mean.data(), scale.data()});
    }
  };
  return {{"layer_norm_forward",
           "layer_norm_backward",
           {kAll, kFeatures, kFeatures},
           kAll,
           [](const Point& at) { return Forward(at).y; },
           [](const Point& at, const Values& dy) {
             const Forward forward(at);
             Values dx = zeros(kAll), d_gain = zeros(kFeatures), d_bias = zeros(kFeatures);
             kernels::layer_norm_backward<double>({kFeatures, kColumns, at[0].data(), at[1].data(), forward.mean.data(),
                                                   forward.scale.data(), dy.data(), d_gain.data(), d_bias.data(),
                                                   dx.data()});
             return Point{dx, d_gain, d_bias};
           }}};
}

}  // namespace tsattn::test
