#pragma once

#include <vector>

#include <tsattn/kernels/product/product.hpp>

#include "support/kernel_cases/kernel_case.hpp"

namespace tsattn::test {

/// C += A B with A or its transpose in memory, and B or its transpose; also computed in parts.
template <class S>
KernelCall<S> product_call(const Sizes& sizes, bool a_is_transposed) {
  const Index rows = sizes["rows"], cols = sizes["cols"], depth = sizes["depth"];
  const bool b_is_transposed = sizes["b_is_transposed"] != 0;
  /// The part of A B with these rows and columns of C, and these k of the sum.
  const auto part = [=](Memory<S>& m, Index row, Index row_count, Index col, Index col_count, Index k, Index k_count) {
    const Index b_row = b_is_transposed ? m.stride(1) : 1, b_col = b_is_transposed ? 1 : m.stride(1);
    const S* b = m[1] + k * b_row + col * b_col;
    if (a_is_transposed) {
      kernels::add_transposed_product(row_count, col_count, k_count, m.run(0, row) + k, m.stride(0), b, b_row, b_col,
                                      m.run(2, col) + row, m.stride(2));
    } else {
      kernels::add_product(row_count, col_count, k_count, m.run(0, k) + row, m.stride(0), b, b_row, b_col,
                           m.run(2, col) + row, m.stride(2));
    }
  };
  const auto cut_after = [](Index size) { return (size + 2) / 3; };  // in no place that suits a tile
  const Index cut_row = cut_after(rows), cut_col = cut_after(cols), cut_k = cut_after(depth);
  return {.operands = {strided(a_is_transposed ? read(depth, rows) : read(rows, depth)),
                       strided(b_is_transposed ? read(cols, depth) : read(depth, cols)), strided(changed(rows, cols))},
          // Terms of up to 1.05^2 and a start of 1.05.
          .tolerance = sum_tolerance<S>(depth, 1, 1.1025 * static_cast<double>(depth) + 1.05),
          .run = [=](Memory<S>& m) { part(m, 0, rows, 0, cols, 0, depth); },
          .same_bits = {[=](Memory<S>& m) {
                          part(m, cut_row, rows - cut_row, 0, cols, 0, depth);
                          part(m, 0, cut_row, 0, cols, 0, depth);
                        },
                        [=](Memory<S>& m) {
                          part(m, 0, rows, cut_col, cols - cut_col, 0, depth);
                          part(m, 0, rows, 0, cut_col, 0, depth);
                        },
                        [=](Memory<S>& m) {
                          part(m, 0, rows, 0, cols, 0, cut_k);
                          part(m, 0, rows, 0, cols, cut_k, depth - cut_k);
                        },
                        [=](Memory<S>& m) {
                          for (Index j = 0; j < cols; ++j) part(m, 0, rows, j, 1, 0, depth);
                        }},
          .work = {.operations = 2 * rows * cols * depth}};
}

template <class S>
KernelCases<S> product_cases() {
  // Parts of a pack, of a tile's rows and columns, and of the slice of the depth that every instruction set works on.
  const std::vector<Sizes> tested = grid({{"rows", {1, 3, 5, 16, 17, 63, 65, 100}},
                                          {"cols", {1, 2, 3, 5, 7, 13}},
                                          {"depth", {0, 1, 5, 129, 530}},
                                          {"b_is_transposed", {0, 1}}});
  const auto size = [](Index rows, Index cols, Index depth, Index b_is_transposed) {
    return Sizes{{"rows", rows}, {"cols", cols}, {"depth", depth}, {"b_is_transposed", b_is_transposed}};
  };
  // What layers compute; at the end of each, sizes that fill no tile: one row, one column, none a multiple of anything.
  const std::vector<Sizes> measured{// y += W x of Dense: units, columns T B, features
                                    size(64, 1600, 64, 0), size(256, 256, 256, 0), size(512, 512, 512, 0),
                                    size(1, 1600, 64, 0), size(256, 1, 256, 0), size(67, 101, 37, 0),
                                    // dW += dA X^T of LSTMs of 32, 64 and 256 units: rows of the weights, features or
                                    // hidden units, columns T B
                                    size(128, 32, 3840, 1), size(256, 64, 1600, 1), size(1024, 256, 1600, 1),
                                    size(256, 1, 1600, 1), size(256, 14, 1600, 1), size(212, 53, 1601, 1)};
  // dx += W^T dy: features, columns T B, units
  const std::vector<Sizes> measured_transposed{size(64, 1600, 64, 0), size(256, 256, 256, 0), size(64, 1600, 1024, 0),
                                               size(64, 1600, 1, 0),  size(14, 1600, 256, 0), size(67, 101, 37, 0)};
  return {{"add_product", "", tested, measured, [](const Sizes& sizes) { return product_call<S>(sizes, false); }},
          {"add_transposed_product", "", tested, measured_transposed,
           [](const Sizes& sizes) { return product_call<S>(sizes, true); }},
          {"repeat_column",
           "",
           grid({{"rows", kKernelSizes}, {"cols", {0, 1, 2, 7}}}),
           {{{"rows", 256}, {"cols", 32}}},
           [](const Sizes& sizes) {
             const Index rows = sizes["rows"], cols = sizes["cols"];
             return KernelCall<S>{.operands = {read(rows), assigned(rows, cols)},
                                  .tolerance = 0,
                                  .run = [=](Memory<S>& m) { kernels::repeat_column(rows, cols, m[0], m[1]); },
                                  .work = {.scalars = rows * (cols + 1)}};
           }}};
}

}  // namespace tsattn::test
