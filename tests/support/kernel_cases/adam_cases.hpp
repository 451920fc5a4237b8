#pragma once

#include <vector>

#include <tsattn/kernels/adam/adam.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> adam_cases() {
  return {{"adam", "", grid({{"size", kKernelSizes}}), grid({{"size", {1 << 10, 1 << 15, 1 << 24, 1001}}}),
           [](const Sizes& sizes) {
             const Index size = sizes["size"];
             const kernels::AdamStep<S> step{S(0.5), S(0.9), S(0.99), S(0.1), S(0.8), S(1e-3), S(0.01)};
             return KernelCall<S>{
                 .operands = {read(size), changed(size), positive(changed(size)), changed(size)},  // g, m, v, p
                 // m and v are at most 1.05, with four roundings of eps / 2. sqrt(v) / 0.8 >= 0.27, so p moves by up to
                 // 0.1 / 0.27 of m and its error, with seven roundings more; the decay of 0.0105 adds two of its own
                 // and one of the sum, and the difference with p < 2 rounds once: 6 eps / 2 in all for each of the two
                 // computations.
                 .tolerance = 6 * epsilon<S>(),
                 .run = [=](Memory<S>& m) { kernels::adam(size, step, m[0], m[1], m[2], m[3]); },
                 .work = {.scalars = 7 * size}};
           }}};
}

}  // namespace tsattn::test
