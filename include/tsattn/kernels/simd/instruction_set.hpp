#pragma once

#include <atomic>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/errors.hpp>

// Which instruction sets the kernels are compiled for: all that the compiler knows, whatever its -m flags are.
#if defined(__GNUC__) && defined(__x86_64__)
#define TSATTN_SIMD_X86 1
#else
#define TSATTN_SIMD_X86 0
#endif
#if defined(__GNUC__)
#define TSATTN_SIMD_GENERIC 1
#else
#define TSATTN_SIMD_GENERIC 0
#endif

namespace tsattn {

/// What the kernels are computed with. `generic` is 16 bytes at a time (SSE2, NEON), `reference` plain loops.
/// Results of avx2 and avx512 are the same bits; the other two round differently, for x86-64 has no fused
/// multiplication and addition without AVX2.
enum class InstructionSet { reference, generic, avx2, avx512 };

template <>
struct EnumNames<InstructionSet> {
  static constexpr std::string_view kOption = "TSATTN_SIMD";
  static constexpr std::pair<std::string_view, InstructionSet> kNames[] = {{"reference", InstructionSet::reference},
                                                                           {"generic", InstructionSet::generic},
                                                                           {"avx2", InstructionSet::avx2},
                                                                           {"avx512", InstructionSet::avx512}};
};

/// Whether this build has the kernels and this processor the instructions.
inline bool has_instruction_set(InstructionSet set) {
  switch (set) {
    case InstructionSet::reference:
      return true;
    case InstructionSet::generic:
      return TSATTN_SIMD_GENERIC != 0;
#if TSATTN_SIMD_X86
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#endif
    default:
      return false;
  }
}

namespace instruction_set_parts {

inline constexpr int kUndecided = -1;
inline std::atomic<int> in_use = kUndecided;

inline InstructionSet require(InstructionSet set) {
  if (!has_instruction_set(set))
    fail<ConfigError>("TSATTN_SIMD", "expected an instruction set of this processor and this build, got ",
                      name_of(set));
  return set;
}

/// The widest there is, or what the environment variable TSATTN_SIMD names.
inline InstructionSet decide() {
  if (const char* name = std::getenv("TSATTN_SIMD"); name != nullptr && *name != '\0')
    return require(from_name<InstructionSet>(name));
  for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2, InstructionSet::generic})
    if (has_instruction_set(set)) return set;
  return InstructionSet::reference;
}

}  // namespace instruction_set_parts

/// The instruction set in use. At first the widest that the processor has, unless the environment variable TSATTN_SIMD
/// names one (read once). Throws ConfigError if it names none, or one that is not available.
inline InstructionSet instruction_set() {
  using namespace instruction_set_parts;
  int set = in_use.load(std::memory_order_relaxed);
  if (set == kUndecided) {
    set = static_cast<int>(decide());
    in_use.store(set, std::memory_order_relaxed);
  }
  return static_cast<InstructionSet>(set);
}

/// From the next call of a layer on, in all threads. Throws ConfigError if it is not available; then nothing changes.
inline void use_instruction_set(InstructionSet set) {
  instruction_set_parts::in_use.store(static_cast<int>(instruction_set_parts::require(set)), std::memory_order_relaxed);
}

}  // namespace tsattn
