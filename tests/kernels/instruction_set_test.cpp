#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>

#include "support/instruction_sets.hpp"

namespace {

using namespace tsattn;

constexpr InstructionSet kAll[] = {InstructionSet::reference, InstructionSet::generic, InstructionSet::avx2,
                                   InstructionSet::avx512};

std::string unavailable(InstructionSet set) {
  return "[TSATTN_SIMD] expected an instruction set of this processor and this build, got " + std::string(name_of(set));
}

TEST_CASE("the instruction set that is asked for is in use") {
  const InstructionSet before = instruction_set();
  CHECK(has_instruction_set(before));
  CHECK(has_instruction_set(InstructionSet::reference));
  for (const InstructionSet set : test::available_instruction_sets()) {
    CAPTURE(name_of(set));
    use_instruction_set(set);
    CHECK(instruction_set() == set);
  }
  use_instruction_set(before);
  CHECK(instruction_set() == before);
}

TEST_CASE("an instruction set that is not there is refused, and nothing changes") {
  const InstructionSet before = instruction_set();
  for (const InstructionSet set : kAll) {
    if (has_instruction_set(set)) continue;
    CHECK_THROWS_WITH_AS(use_instruction_set(set), unavailable(set).c_str(), ConfigError);
    CHECK(instruction_set() == before);
  }
  CHECK_THROWS_WITH_AS(use_instruction_set(static_cast<InstructionSet>(9)), "[TSATTN_SIMD] the value 9 has no name",
                       ConfigError);
  CHECK(instruction_set() == before);
}

#if __has_include(<unistd.h>)

/// As at the start of a program with TSATTN_SIMD set to `name`, or not set if that is null; until the end of the block.
class StartOfProgram {
 public:
  explicit StartOfProgram(const char* name) {
    if (const char* set = std::getenv("TSATTN_SIMD")) variable_before_ = set, had_variable_ = true;
    set_variable(name);
    instruction_set_parts::in_use = instruction_set_parts::kUndecided;
  }
  StartOfProgram(const StartOfProgram&) = delete;
  StartOfProgram& operator=(const StartOfProgram&) = delete;
  ~StartOfProgram() {
    set_variable(had_variable_ ? variable_before_.c_str() : nullptr);
    use_instruction_set(before_);
  }

 private:
  static void set_variable(const char* value) {
    value != nullptr ? setenv("TSATTN_SIMD", value, 1) : unsetenv("TSATTN_SIMD");
  }

  InstructionSet before_ = instruction_set();
  std::string variable_before_;
  bool had_variable_ = false;
};

TEST_CASE("the variable TSATTN_SIMD names the instruction set at the start") {
  for (const InstructionSet set : kAll) {
    const std::string name(name_of(set));
    CAPTURE(name);
    const StartOfProgram start(name.c_str());
    if (has_instruction_set(set)) {
      CHECK(instruction_set() == set);
    } else {
      CHECK_THROWS_WITH_AS(instruction_set(), unavailable(set).c_str(), ConfigError);
    }
  }
}

TEST_CASE("without the variable TSATTN_SIMD, or with an empty one, the widest instruction set is in use") {
  for (const char* name : {static_cast<const char*>(nullptr), ""}) {
    const StartOfProgram start(name);
    CHECK(instruction_set() == test::available_instruction_sets().back());
  }
}

TEST_CASE("an unknown name in TSATTN_SIMD is an error at every call") {
  for (const std::string name : {"sse", "AVX2", "avx512 ", "avx"}) {
    const StartOfProgram start(name.c_str());
    const std::string text = "[TSATTN_SIMD] expected one of reference, generic, avx2, avx512, got \"" + name + "\"";
    CHECK_THROWS_WITH_AS(instruction_set(), text.c_str(), ConfigError);
    CHECK_THROWS_WITH_AS(instruction_set(), text.c_str(), ConfigError);
    use_instruction_set(InstructionSet::reference);  // what the program asks for itself needs no variable
    CHECK(instruction_set() == InstructionSet::reference);
  }
}

TEST_CASE("the variable TSATTN_SIMD is read once") {
  const StartOfProgram start("reference");
  CHECK(instruction_set() == InstructionSet::reference);
  setenv("TSATTN_SIMD", "sse", 1);
  CHECK(instruction_set() == InstructionSet::reference);
}

#endif

}  // namespace
