// Every kernel of kernels/all.hpp on floats, at the sizes that its case in tests/support/kernel_cases/ names for that,
// with the instruction set in use: the environment's TSATTN_SIMD=generic measures another. Weights are packed before.
//
// FLOPS is nominal work, and share_of_peak what that is of the processor's peak; of a time step of a recurrent cell the
// work is that of its products and the time that of the whole step, activations included. per_element is the time of
// one element. bytes_per_second counts what kernels read and write whose speed is that of memory.

#include <cmath>
#include <deque>
#include <string>

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/kernels/packed_weights.hpp>

#include "../support/kernel_benchmark.hpp"
#include "support/kernel_cases/all.hpp"
#include "support/random_values.hpp"

namespace {

using namespace tsattn;
using test::KernelCall, test::KernelCase, test::Operand, test::Sizes;

/// A call and memory for its operands.
class Measured {
 public:
  explicit Measured(const KernelCall<float>& call) : call_(call) {
    Random random(1);
    for (const Operand& operand : call.operands) {
      const Index stride = operand.measured_stride > 0 ? operand.measured_stride : operand.length;
      AlignedBuffer<float>& values = buffers_.emplace_back(stride * operand.count);
      if (operand.use != Operand::Use::assigned) test::randomize(values.data(), values.size(), random);
      for (Index i = 0; i < values.size(); ++i) {
        float& value = values.data()[i];
        value *= static_cast<float>(operand.scale);
        if (operand.is_positive) value = std::abs(value);
      }
      memory_.data.push_back(values.data());
      memory_.strides.push_back(stride);
    }
    if (!call.pack) return;
    call.pack(memory_, weights_);
    memory_.packed_for = weights_.instruction_set;
    memory_.weights = weights_.values.data();
  }

  void run() { call_.run(memory_); }

 private:
  const KernelCall<float>& call_;
  std::deque<AlignedBuffer<float>> buffers_;
  kernels::PackedWeights<float> weights_;
  test::Memory<float> memory_;
};

void measure(benchmark::State& state, const KernelCall<float>& call) {
  Measured measured(call);
  if (call.work.operations > 0) return bench::run(state, call.work.operations, [&] { measured.run(); });
  if (call.work.elements > 0) return bench::run_elements(state, call.work.elements, [&] { measured.run(); });
  bench::run(state, [&] { measured.run(); });
  state.SetBytesProcessed(state.iterations() * call.work.scalars * static_cast<Index>(sizeof(float)));
}

bool add_all() {
  for (const KernelCase<float>& kernel : test::kernel_cases<float>())
    for (const Sizes& sizes : kernel.measured)
      benchmark::RegisterBenchmark(
          (kernel.kernel + '/' + sizes.text()).c_str(),
          [call = kernel.call, sizes](benchmark::State& state) { measure(state, call(sizes)); });
  return true;
}

[[maybe_unused]] const bool added = add_all();

}  // namespace
