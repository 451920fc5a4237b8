// The three products of the layers, with every instruction set that the processor has: C [rows, cols] += A B over
// `depth`, on floats.

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/product/product.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

struct Product {
  explicit Product(const benchmark::State& state)
      : rows(state.range(0)),
        cols(state.range(1)),
        depth(state.range(2)),
        a(bench::random_values(rows * depth)),
        b(bench::random_values(depth * cols)),
        c(rows * cols) {}

  Index operations() const { return 2 * rows * cols * depth; }

  Index rows, cols, depth;
  AlignedBuffer<float> a, b, c;
};

/// y += W x of Dense: units, columns T B, features
void forward(benchmark::State& state) {
  Product p(state);
  bench::run(state, p.operations(), [&p] {
    kernels::add_product(p.rows, p.cols, p.depth, p.a.data(), p.rows, p.b.data(), 1, p.depth, p.c.data(), p.rows);
  });
}

/// dW += dA X^T: rows of the weights, features or hidden units, columns T B
void weight_gradient(benchmark::State& state) {
  Product p(state);
  bench::run(state, p.operations(), [&p] {
    kernels::add_product(p.rows, p.cols, p.depth, p.a.data(), p.rows, p.b.data(), p.cols, 1, p.c.data(), p.rows);
  });
}

/// dx += W^T dy: features, columns T B, units
void input_gradient(benchmark::State& state) {
  Product p(state);
  bench::run(state, p.operations(), [&p] {
    kernels::add_transposed_product(p.rows, p.cols, p.depth, p.a.data(), p.depth, p.b.data(), 1, p.depth, p.c.data(),
                                    p.rows);
  });
}

/// The second lines are sizes that fill no tile: one row, one column, and none a multiple of anything.
void forward_sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"rows", "cols", "depth"});
  benchmark->Args({64, 1600, 64})->Args({256, 256, 256})->Args({512, 512, 512});
  benchmark->Args({1, 1600, 64})->Args({256, 1, 256})->Args({67, 101, 37});
}

/// Of LSTMs with 32, 64 and 256 units
void weight_gradient_sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"rows", "cols", "depth"});
  benchmark->Args({128, 32, 3840})->Args({256, 64, 1600})->Args({1024, 256, 1600});
  benchmark->Args({256, 1, 1600})->Args({256, 14, 1600})->Args({212, 53, 1601});
}

void input_gradient_sizes(bench::Registered* benchmark) {
  benchmark->ArgNames({"rows", "cols", "depth"});
  benchmark->Args({64, 1600, 64})->Args({256, 256, 256})->Args({64, 1600, 1024});
  benchmark->Args({64, 1600, 1})->Args({14, 1600, 256})->Args({67, 101, 37});
}

[[maybe_unused]] const bool added =
    bench::add_for_each_instruction_set("forward", forward, forward_sizes) &&
    bench::add_for_each_instruction_set("weight_gradient", weight_gradient, weight_gradient_sizes) &&
    bench::add_for_each_instruction_set("input_gradient", input_gradient, input_gradient_sizes);

}  // namespace
