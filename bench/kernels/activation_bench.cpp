// exp, sigmoid and tanh of floats that lie in the L1, with every instruction set that the processor has; `reference`
// are loops over std::exp and std::tanh. No range of numbers should take longer than another.

#include <string>

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/kernels/activation/activation.hpp>

#include "../support/kernel_benchmark.hpp"

namespace {

using namespace tsattn;

struct Range {
  std::string name;
  double low, high;
};

const Range kRanges[] = {
    {"usual", -5, 5},
    {"tiny", -1e-20, 1e-20},            // whose squares are denormal or 0
    {"denormal", -1.17e-38, 1.17e-38},  // and so is tanh
    {"denormal_exp", -103, -88},        // and so is sigmoid
};

using Function = void (*)(Index size, const float* x, float* y);

bool add(const std::string& name, Function function) {
  for (const Range& range : kRanges) {
    const auto run = [function, range](benchmark::State& state) {
      constexpr Index kSize = 4096;
      const auto x = bench::random_values(kSize, range.low, range.high);
      AlignedBuffer<float> y(kSize);
      bench::run_elements(state, kSize, [&] { function(kSize, x.data(), y.data()); });
    };
    bench::add_for_each_instruction_set(name + '/' + range.name, run, [](bench::Registered*) {});
  }
  return true;
}

[[maybe_unused]] const bool added = add("exp", kernels::exp_forward<float>) &&
                                    add("sigmoid", kernels::sigmoid_forward<float>) &&
                                    add("tanh", kernels::tanh_forward<float>);

}  // namespace
