#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <utility>

#include <benchmark/benchmark.h>

#include <tsattn/kernels/simd/instruction_set.hpp>

namespace bench {

using tsattn::InstructionSet;

#if TSATTN_SIMD_GENERIC
template <int bytes>
struct Floats {
  typedef float Register __attribute__((vector_size(bytes)));
};
#endif

// Chains of x = x / 2 + 1, each in a register of its own, none waiting for another: as many as hide the latency of the
// processors we know and fit into their registers. What the compiler makes of it is one fused instruction where the
// instruction set has it, which GCC and Clang do unless told otherwise. A macro, because GCC and Clang give a function
// the instructions of a target attribute only if it is written at the function itself.
#define TSATTN_BENCH_CHAINS(Name, RegisterType, count, ...)                               \
  struct Name {                                                                           \
    using Register = RegisterType;                                                        \
    static constexpr std::size_t kCount = count;                                          \
    template <std::size_t... i>                                                           \
    __VA_ARGS__ static void run(int steps, Register* values, std::index_sequence<i...>) { \
      Register x[] = {values[i]...};                                                      \
      for (int step = 0; step < steps; ++step) ((x[i] = x[i] * 0.5F + 1.0F), ...);        \
      ((values[i] = x[i]), ...);                                                          \
    }                                                                                     \
  }

#if TSATTN_SIMD_X86
TSATTN_BENCH_CHAINS(Avx512Chains, Floats<64>::Register, 24, __attribute__((target("avx512f"), noinline)));
TSATTN_BENCH_CHAINS(Avx2Chains, Floats<32>::Register, 12, __attribute__((target("avx2,fma"), noinline)));
TSATTN_BENCH_CHAINS(GenericChains, Floats<16>::Register, 12, __attribute__((target("no-avx"), noinline)));
#elif TSATTN_SIMD_GENERIC
TSATTN_BENCH_CHAINS(GenericChains, Floats<16>::Register, 24, __attribute__((noinline)));
#else
TSATTN_BENCH_CHAINS(GenericChains, float, 12);
#endif

#undef TSATTN_BENCH_CHAINS

/// The best of many short runs: what a core does while nobody disturbs it.
template <class Chains>
double measured_flops() {
  using Clock = std::chrono::steady_clock;
  using Register = typename Chains::Register;
  constexpr int kSteps = 2000;
  constexpr std::size_t kFloats = Chains::kCount * (sizeof(Register) / sizeof(float));
  constexpr std::chrono::milliseconds kTime(50);  // a core that was idle takes a while to reach its frequency
  Register values[Chains::kCount];
  for (std::size_t i = 0; i < Chains::kCount; ++i)
    values[i] = Register{} + static_cast<float>(i);  // no two alike, or the compiler would compute one for both
  std::chrono::duration<double> best = kTime;
  for (const Clock::time_point first = Clock::now(); Clock::now() - first < kTime;) {
    const Clock::time_point begin = Clock::now();
    Chains::run(kSteps, values, std::make_index_sequence<Chains::kCount>());
    benchmark::DoNotOptimize(&values[0]);
    best = std::min<std::chrono::duration<double>>(best, Clock::now() - begin);
  }
  return 2.0 * kSteps * static_cast<double>(kFloats) / best.count();
}

/// The peak of one core, in floating-point operations a second: what it does with floats in the registers of `set` when
/// nothing is loaded or stored. Measured when it is first asked for, once a program. A multiplication and an addition
/// count as two, fused or not; the plain loops of `reference` are measured by the registers of `generic`.
inline double fma_peak(InstructionSet set) {
  static std::array<double, std::size(tsattn::EnumNames<InstructionSet>::kNames)> peaks{};
  double& peak = peaks[static_cast<std::size_t>(set)];
  if (peak > 0) return peak;
  switch (set) {
#if TSATTN_SIMD_X86
    case InstructionSet::avx512:
      return peak = measured_flops<Avx512Chains>();
    case InstructionSet::avx2:
      return peak = measured_flops<Avx2Chains>();
#endif
    default:
      return peak = measured_flops<GenericChains>();
  }
}

}  // namespace bench
