#pragma once

#include <ctime>
#include <string>

#include <benchmark/benchmark.h>

#include <tsattn/core/aligned_buffer.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>

#include "peak.hpp"

namespace bench {

using tsattn::Index;

using Registered = benchmark::internal::Benchmark;

/// `size` numbers, uniform between `low` and `high`.
inline tsattn::AlignedBuffer<float> random_values(Index size, double low = -1, double high = 1) {
  tsattn::Random random;
  tsattn::AlignedBuffer<float> values(size);
  for (Index i = 0; i < size; ++i) values.data()[i] = static_cast<float>(random.uniform(low, high));
  return values;
}

/// Calls work() in every iteration.
template <class Work>
void run(benchmark::State& state, const Work& work) {
  for (auto _ : state) {
    work();
    benchmark::ClobberMemory();
  }
}

/// The same, and counts FLOPS, from the nominal number of floating-point `operations` of a call, and share_of_peak:
/// what that is of the peak of the instruction set in use.
template <class Work>
void run(benchmark::State& state, Index operations, const Work& work) {
  const double peak = fma_peak(tsattn::instruction_set());
  const std::clock_t begin = std::clock();  // CPU time, as Google Benchmark's rates
  run(state, work);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const double flops = static_cast<double>(operations) * static_cast<double>(state.iterations()) / seconds;
  state.counters["FLOPS"] = flops;
  state.counters["share_of_peak"] = flops / peak;
}

/// The same, and counts per_element, the time of one of the `elements` of a call, and items_per_second.
template <class Work>
void run_elements(benchmark::State& state, Index elements, const Work& work) {
  run(state, work);
  state.counters["per_element"] = benchmark::Counter(
      static_cast<double>(elements), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetItemsProcessed(state.iterations() * elements);
}

/// Adds the benchmark <name>/<set> for every instruction set that there is: run(state) with that set in use.
/// configure(benchmark) says its sizes. Returns true, for a constant whose initialisation calls this.
template <class Run, class Configure>
bool add_for_each_instruction_set(const std::string& name, const Run& run, const Configure& configure) {
  for (const auto& named : tsattn::EnumNames<InstructionSet>::kNames) {
    const InstructionSet set = named.second;
    if (!tsattn::has_instruction_set(set)) continue;
    const auto run_with_set = [run, set](benchmark::State& state) {
      const InstructionSet before = tsattn::instruction_set();
      tsattn::use_instruction_set(set);
      run(state);
      tsattn::use_instruction_set(before);
    };
    configure(benchmark::RegisterBenchmark((name + '/' + std::string(named.first)).c_str(), run_with_set));
  }
  return true;
}

}  // namespace bench
