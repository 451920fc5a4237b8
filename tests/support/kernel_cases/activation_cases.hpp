#pragma once

#include <utility>
#include <vector>

#include <tsattn/kernels/activation/activation.hpp>

#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> activation_cases() {
  using Forward = void (*)(Index, const S*, S*);
  using Backward = void (*)(Index, const S*, const S*, S*);
  const std::vector<Sizes> tested = grid({{"size", kKernelSizes}}), measured = grid({{"size", {4096, 1001}}});

  const auto forward = [&](const char* kernel, Forward run) {
    return KernelCase<S>{kernel, "", tested, measured, [run](const Sizes& sizes) {
                           const Index size = sizes["size"];
                           return KernelCall<S>{.operands = {read(size), assigned(size)},
                                                // 4 ULP here and 1 of the standard library, of results below e^1.05 <
                                                // 4, whose ULP is at most 2 eps. The plain sigmoid rounds a number
                                                // below 4 three times more, at a slope of at most 1.
                                                .tolerance = 16 * epsilon<S>(),
                                                .run = [=](Memory<S>& m) { run(size, m[0], m[1]); },
                                                .work = {.elements = size}};
                         }};
  };
  const auto backward = [&](const char* kernel, Backward run) {
    return KernelCase<S>{kernel, "", tested, measured, [run](const Sizes& sizes) {
                           const Index size = sizes["size"];
                           return KernelCall<S>{.operands = {read(size), read(size), assigned(size)},
                                                // Three roundings each of numbers up to 1.05 * 1.05 * 2.05 < 2.3.
                                                .tolerance = 3 * 2.3 * epsilon<S>(),
                                                .run = [=](Memory<S>& m) { run(size, m[0], m[1], m[2]); },
                                                .work = {.elements = size}};
                         }};
  };
  return {forward("exp_forward", kernels::exp_forward<S>),
          forward("tanh_forward", kernels::tanh_forward<S>),
          backward("tanh_backward", kernels::tanh_backward<S>),
          forward("sigmoid_forward", kernels::sigmoid_forward<S>),
          backward("sigmoid_backward", kernels::sigmoid_backward<S>),
          forward("relu_forward", kernels::relu_forward<S>),
          backward("relu_backward", kernels::relu_backward<S>)};
}

inline std::vector<GradientCase> activation_gradients() {
  using Forward = void (*)(Index, const double*, double*);
  using Backward = void (*)(Index, const double*, const double*, double*);
  const auto gradient = [](const char* forward, Forward run_forward, const char* backward, Backward run_backward) {
    constexpr Index kSize = 19;
    const auto value = [=](const std::vector<Values>& variables) {
      Values y = zeros(kSize);
      run_forward(kSize, variables[0].data(), y.data());
      return y;
    };
    return GradientCase{
        forward, backward, {kSize}, kSize, value, [=](const std::vector<Values>& variables, const Values& dy) {
          const Values y = value(variables);
          Values dx = zeros(kSize);
          run_backward(kSize, y.data(), dy.data(), dx.data());
          return std::vector<Values>{dx};
        }};
  };
  return {gradient("tanh_forward", kernels::tanh_forward<double>, "tanh_backward", kernels::tanh_backward<double>),
          gradient("sigmoid_forward", kernels::sigmoid_forward<double>, "sigmoid_backward",
                   kernels::sigmoid_backward<double>),
          gradient("relu_forward", kernels::relu_forward<double>, "relu_backward", kernels::relu_backward<double>)};
}

}  // namespace tsattn::test
