#pragma once

#include <vector>

#include <tsattn/kernels/sgd/sgd.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> sgd_cases() {
  std::vector<Sizes> tested = grid({{"size", kKernelSizes}, {"has_momentum", {1}}, {"is_nesterov", {0, 1}}});
  for (const Sizes& plain : grid({{"size", kKernelSizes}, {"has_momentum", {0}}, {"is_nesterov", {0}}}))
    tested.push_back(plain);
  return {{"sgd", "", tested,
           grid({{"size", {1 << 10, 1 << 15, 1 << 24, 1001}}, {"has_momentum", {1}}, {"is_nesterov", {0}}}),
           [](const Sizes& sizes) {
             const Index size = sizes["size"];
             const bool has_momentum = sizes["has_momentum"] != 0;
             const kernels::SgdStep<S> step{S(0.7), S(0.1), has_momentum ? S(0.9) : S(0), sizes["is_nesterov"] != 0};
             return KernelCall<S>{
                 .operands = {read(size), changed(size), changed(size)},  // g, m, p
                 // Errors in units of eps / 2. The scaled gradient is at most 0.74 and m at most 0.945 + 0.74 < 1.7, so
                 // m errs by 0.74 + 0.945 + 1.7 < 3.4. With nesterov 0.9 of that, the product of 1.53, the gradient
                 // again and the sum of 2.27 make 7.6, of which p has a tenth, the product of 0.23 and one of itself, <
                 // 2. m's are the largest. Without momentum: a step of 0.074 with two roundings, and the difference
                 // with p < 2 with one. All of it for each of two computations.
                 .tolerance = (has_momentum ? 3.4 : 1.2) * epsilon<S>(),
                 .run = [=](Memory<S>& m) { kernels::sgd<S>(size, step, m[0], has_momentum ? m[1] : nullptr, m[2]); },
                 .work = {.scalars = 5 * size}};
           }}};
}

}  // namespace tsattn::test
