#pragma once

#include <vector>

#include <doctest/doctest.h>

#include <tsattn/kernels/simd/instruction_set.hpp>

namespace tsattn::test {

/// What this build and this processor have, `reference` first.
inline std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const auto& [name, set] : EnumNames<InstructionSet>::kNames)
    if (has_instruction_set(set)) sets.push_back(set);
  return sets;
}

/// Uses an instruction set until the end of the block.
class InstructionSetScope {
 public:
  explicit InstructionSetScope(InstructionSet set) : before_(instruction_set()) { use_instruction_set(set); }
  InstructionSetScope(const InstructionSetScope&) = delete;
  InstructionSetScope& operator=(const InstructionSetScope&) = delete;
  ~InstructionSetScope() { use_instruction_set(before_); }

 private:
  InstructionSet before_;
};

/// Calls visit() with each available instruction set in use.
template <class Visit>
void on_each_instruction_set(const Visit& visit) {
  for (const InstructionSet set : available_instruction_sets()) {
    INFO("TSATTN_SIMD=", name_of(set));
    const InstructionSetScope scope(set);
    visit();
  }
}

}  // namespace tsattn::test
