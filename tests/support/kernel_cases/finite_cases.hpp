#pragma once

#include <limits>
#include <vector>

#include <tsattn/kernels/finite/finite.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> finite_cases() {
  return {
      {"all_finite", "", grid({{"size", kKernelSizes}}), grid({{"size", {14, 1 << 10, 1001}}}), [](const Sizes& sizes) {
         const Index size = sizes["size"];
         return KernelCall<S>{.operands = {read(size)},
                              .tolerance = 0,
                              .run = [=](Memory<S>& m) { m.result = kernels::all_finite(size, m[0]) ? 1 : 0; },
                              .holds = [](const Memory<S>& m) { return m.result == 1; },
                              .work = {.elements = size}};
       }}};
}

}  // namespace tsattn::test
