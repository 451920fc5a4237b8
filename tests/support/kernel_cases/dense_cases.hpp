#pragma once

#include <vector>

#include <tsattn/kernels/dense/dense.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

template <class S>
KernelCases<S> dense_cases() {
  return {{"dense_forward",
           "dense_pack",
           grid({{"features", {1, 5, 16, 33, 70}}, {"units", kKernelSizes}, {"batch", {1, 2, 7, 13}}}),
           {{{"features", 64}, {"units", 1}, {"batch", 1}},
            {{"features", 64}, {"units", 64}, {"batch", 1}},
            {{"features", 64}, {"units", 64}, {"batch", 8}}},
           [](const Sizes& sizes) {
             const Index features = sizes["features"], units = sizes["units"], batch = sizes["batch"];
             const auto run = [=](Memory<S>& m, Index columns) {
               for (Index col = 0; col < batch; col += columns)
                 kernels::dense_forward<S>(m.packed_for, {.features = features,
                                                          .units = units,
                                                          .batch = columns,
                                                          .weights = m.weights,
                                                          .x = m.run(2, col),
                                                          .y = m.run(3, col)});
             };
             return KernelCall<S>{
                 .operands = {read(units, features), read(units), read(features, batch), assigned(units, batch)},
                 // Numbers are at most 1.05, so the terms of a sum are at most 1.05^2 each.
                 .tolerance = sum_tolerance<S>(features + 1, 1, 1.11 * static_cast<double>(features + 1)),
                 .pack =
                     [=](const Memory<S>& m, kernels::PackedWeights<S>& packed) {
                       kernels::dense_pack(features, units, m[0], m[1], packed);
                     },
                 .run = [=](Memory<S>& m) { run(m, batch); },
                 .same_bits = {[=](Memory<S>& m) { run(m, 1); }},
                 .work = {.operations = 2 * units * features * batch}};
           }}};
}

}  // namespace tsattn::test
