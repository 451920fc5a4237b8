#pragma once

#include <vector>

#include <tsattn/kernels/softmax/softmax.hpp>

#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> softmax_cases() {
  const std::vector<Sizes> tested = grid({{"size", kKernelSizes}}), measured = grid({{"size", {50, 200, 1000}}});
  return {{"softmax_forward", "", tested, measured,
           [](const Sizes& sizes) {
             const Index size = sizes["size"];
             return KernelCall<S>{
                 .operands = {read(size), assigned(size)},
                 // Relative to a weight, which is at most 1: the exponent below 2.1 is rounded (3 eps / 2), the
                 // exponential errs by 4 ULP (8 eps / 2), for the sum they count twice, and the quotient is rounded.
                 .tolerance = sum_tolerance<S>(size, 2 * (3 + 8) + 1, 1),
                 .run = [=](Memory<S>& m) { kernels::softmax_forward(size, m[0], m[1]); },
                 .work = {.elements = size}};
           }},
          {"softmax_backward", "", tested, measured, [](const Sizes& sizes) {
             const Index size = sizes["size"];
             return KernelCall<S>{
                 .operands = {read(size), read(size), assigned(size)},
                 // w_k times the difference of 1.05 and a sum of terms up to 1.05^2, two roundings more. The weights
                 // need not add up to 1.
                 .tolerance = sum_tolerance<S>(size, 3, 1.05 * (1.05 + 1.1025 * static_cast<double>(size))),
                 .run = [=](Memory<S>& m) { kernels::softmax_backward(size, m[0], m[1], m[2]); },
                 .work = {.elements = size}};
           }}};
}

inline std::vector<GradientCase> softmax_gradients() {
  constexpr Index kSize = 19;
  const auto weights = [](const std::vector<Values>& variables) {
    Values w = zeros(kSize);
    kernels::softmax_forward(kSize, variables[0].data(), w.data());
    return w;
  };
  return {{"softmax_forward",
           "softmax_backward",
           {kSize},
           kSize,
           weights,
           [=](const std::vector<Values>& variables, const Values& dw) {
             const Values w = weights(variables);
             Values ds = zeros(kSize);
             kernels::softmax_backward(kSize, w.data(), dw.data(), ds.data());
             return std::vector<Values>{ds};
           }}};
}

}  // namespace tsattn::test
