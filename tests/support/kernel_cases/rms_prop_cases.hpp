#pragma once

#include <vector>

#include <tsattn/kernels/rms_prop/rms_prop.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> rms_prop_cases() {
  return {{"rms_prop", "", grid({{"size", kKernelSizes}, {"has_momentum", {1, 0}}}),
           grid({{"size", {1 << 10, 1 << 15, 1 << 24, 1001}}, {"has_momentum", {1}}}), [](const Sizes& sizes) {
             const Index size = sizes["size"];
             const bool has_momentum = sizes["has_momentum"] != 0;
             const kernels::RmsPropStep<S> step{S(0.7), S(0.1), S(0.9), S(1e-3), has_momentum ? S(0.9) : S(0)};
             return KernelCall<S>{
                 .operands = {read(size), positive(changed(size)), changed(size), changed(size)},  // g, v, m, p
                 // Errors in units of eps / 2. v has a relative one of 5: of the gradient, twice, its two products and
                 // the sum. So the root has 3.5, the sum with epsilon 4.5, and the quotient 6.5 of at most 0.74 /
                 // sqrt(0.045 + 0.1 * 0.74^2) < 2.4: 16. m < 3.4 adds one of 0.945 and one of itself: 20. p errs by a
                 // tenth of that, by one of 0.1 m, and one of itself, < 2. Without momentum v's are the largest; p errs
                 // by 1.6 + 0.24 + 1. All of it for each of two computations.
                 .tolerance = (has_momentum ? 20 : 5) * epsilon<S>(),
                 .run =
                     [=](Memory<S>& m) {
                       kernels::rms_prop<S>(size, step, m[0], m[1], has_momentum ? m[2] : nullptr, m[3]);
                     },
                 .work = {.scalars = 7 * size}};
           }}};
}

}  // namespace tsattn::test
