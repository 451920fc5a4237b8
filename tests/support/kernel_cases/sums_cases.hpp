#pragma once

#include <vector>

#include <tsattn/kernels/sums/sums.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> sums_cases() {
  const std::vector<Sizes> tested = grid({{"size", kKernelSizes}});
  // For the L1, the L2 and the memory, and one that fills no pack.
  const std::vector<Sizes> measured = grid({{"size", {1 << 10, 1 << 15, 1 << 24, 1001}}});
  return {{"add_column_sums",
           "",
           grid({{"rows", kKernelSizes}, {"cols", {0, 1, 2, 7, 33}}}),
           {{{"rows", 256}, {"cols", 1600}}, {{"rows", 64}, {"cols", 50}}, {{"rows", 1}, {"cols", 1600}}},
           [](const Sizes& sizes) {
             const Index rows = sizes["rows"], cols = sizes["cols"];
             return KernelCall<S>{
                 .operands = {strided(read(rows, cols)), changed(rows)},
                 .tolerance = 0,  // it adds in the order of the plain loops
                 .run = [=](Memory<S>& m) { kernels::add_column_sums(rows, cols, m[0], m.stride(0), m[1]); },
                 .same_bits = {[=](Memory<S>& m) {
                   for (Index j = 0; j < cols; ++j)
                     kernels::add_column_sums(rows, Index{1}, m.run(0, j), m.stride(0), m[1]);
                 }},
                 .work = {.scalars = rows * cols}};
           }},
          {"add", "", tested, measured,
           [](const Sizes& sizes) {
             const Index size = sizes["size"];
             return KernelCall<S>{.operands = {read(size), changed(size)},
                                  .tolerance = 0,
                                  .run = [=](Memory<S>& m) { kernels::add(size, m[0], m[1]); },
                                  .work = {.scalars = 3 * size}};
           }},
          {"sum_of_squares", "", tested, measured, [](const Sizes& sizes) {
             const Index size = sizes["size"];
             return KernelCall<S>{.operands = {read(size)},
                                  // In double for float too; squares of up to 1.05.
                                  .tolerance = sum_tolerance<double>(size, 1, 1.1025 * static_cast<double>(size)),
                                  .run = [=](Memory<S>& m) { m.result = kernels::sum_of_squares(size, m[0]); },
                                  .work = {.scalars = size}};
           }}};
}

}  // namespace tsattn::test
