#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <tsattn/core/random.hpp>
#include <tsattn/kernels/packed_weights.hpp>

#include "support/guarded_array.hpp"
#include "support/instruction_sets.hpp"
#include "support/kernel_cases/gradient_case.hpp"
#include "support/kernel_cases/kernel_case.hpp"
#include "support/random_values.hpp"

namespace tsattn::test {

/// Tight, and off every boundary with gaps.
inline constexpr Layout kKernelLayouts[] = {{0, 0}, {3, 1}};

/// What a call left in the operands that it writes, and what it returned.
template <class S>
struct CallOutcome {
  std::vector<GuardedArray<S>> written;
  double result;

  bool same_bits(const CallOutcome& other) const {
    bool is_same = std::memcmp(&result, &other.result, sizeof(result)) == 0;
    for (std::size_t i = 0; is_same && i < written.size(); ++i) is_same = written[i].same_bits(other.written[i]);
    return is_same;
  }
};

/// A call and its operands before it.
template <class S>
class CheckedCall {
 public:
  CheckedCall(const KernelCall<S>& call, const Layout& layout) : call_(call) {
    Random random(1);
    operands_.reserve(call.operands.size());
    for (const Operand& operand : call.operands) {
      const Layout here = operand.has_stride ? layout : Layout{0, layout.tail};
      if (operand.use == Operand::Use::assigned) {
        operands_.emplace_back(operand.length, operand.count, here);
        continue;
      }
      GuardedArray<S>& array = operands_.emplace_back(operand.length, operand.count, here, random);
      array.for_each([&](S& value) {
        value *= static_cast<S>(operand.scale);
        if (operand.is_positive) value = std::abs(value);
      });
      if (operand.values < 0) continue;
      for (Index i = 0; i < operand.count; ++i)
        std::fill(array.run(i) + operand.values, array.run(i) + operand.length, std::numeric_limits<S>::quiet_NaN());
    }
    before_.reserve(operands_.size());
    for (const GuardedArray<S>& operand : operands_) before_.push_back(operand);
  }

  /// Runs with an instruction set. Packed weights stay with the one that they were packed for: their kernels run while
  /// another one is in use.
  CallOutcome<S> run(InstructionSet set, const typename KernelCall<S>::Run& run) {
    CallOutcome<S> outcome;
    outcome.written.reserve(operands_.size());
    Memory<S> memory;
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      const bool is_read = call_.operands[i].use == Operand::Use::read;
      GuardedArray<S>& array = is_read ? operands_[i] : outcome.written.emplace_back(operands_[i]);
      memory.data.push_back(array.data());
      memory.strides.push_back(array.stride());
    }
    std::optional<GuardedArray<S>> weights;  // with nothing but a guard around them
    if (call_.pack) {
      kernels::PackedWeights<S> packed;
      {
        const InstructionSetScope scope(set);
        call_.pack(memory, packed);
      }
      CHECK(packed.instruction_set == set);
      weights.emplace(packed.values.size());
      std::copy_n(packed.values.data(), packed.values.size(), weights->data());
      memory.packed_for = packed.instruction_set;
      memory.weights = weights->data();
    }
    const InstructionSetScope scope(call_.pack ? another_than(set) : set);
    run(memory);
    outcome.result = memory.result;
    if (call_.holds) CHECK(call_.holds(memory));
    return outcome;
  }

  bool has_intact_inputs() const {
    for (std::size_t i = 0; i < operands_.size(); ++i)
      if (!operands_[i].same_bits(before_[i])) return false;
    return true;
  }

 private:
  static InstructionSet another_than(InstructionSet set) {
    for (const InstructionSet other : available_instruction_sets())
      if (other != set) return other;
    return set;
  }

  const KernelCall<S>& call_;
  std::vector<GuardedArray<S>> operands_, before_;
};

/// All instruction sets must agree with the plain loops, avx2 and avx512 with each other in every bit; each in
/// whichever way the call is made; and they write nothing but results.
template <class S>
void check_call(const KernelCall<S>& call, const Layout& layout) {
  CheckedCall<S> operands(call, layout);
  const CallOutcome<S> expected = operands.run(InstructionSet::reference, call.run);
  std::optional<CallOutcome<S>> fused;  // of avx2 or avx512, whichever came first
  for (const InstructionSet set : available_instruction_sets()) {
    INFO("TSATTN_SIMD=", name_of(set));
    const CallOutcome<S> found = operands.run(set, call.run);
    CHECK(std::abs(found.result - expected.result) <= call.tolerance);
    for (std::size_t i = 0; i < found.written.size(); ++i) {
      CAPTURE(i);
      CHECK(found.written[i].agrees(expected.written[i], call.tolerance));
      CHECK(found.written[i].has_intact_gaps());
    }
    for (std::size_t i = 0; i < call.same_bits.size(); ++i) {
      INFO("in another way, number ", i);
      CHECK(operands.run(set, call.same_bits[i]).same_bits(found));
    }
    if (set != InstructionSet::avx2 && set != InstructionSet::avx512) continue;
    if (fused) CHECK(found.same_bits(*fused));
    if (!fused) fused.emplace(found);
  }
  CHECK(operands.has_intact_inputs());
}

template <class S>
void check_kernels(const KernelCases<S>& cases) {
  for (const KernelCase<S>& kernel : cases) {
    CHECK_FALSE(kernel.tested.empty());
    for (const Sizes& sizes : kernel.tested)
      for (const Layout& layout : kKernelLayouts) {
        INFO(kernel.kernel, " ", sizes.text(), ", gap ", layout.gap);
        check_call(kernel.call(sizes), layout);
      }
  }
}

inline double dot(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// What backward gives must be the difference quotients of forward.
inline void check_gradients(const std::vector<GradientCase>& cases) {
  constexpr double kStep = 1e-3;
  for (const GradientCase& gradient : cases) {
    INFO(gradient.backward);
    Random random(1);
    std::vector<Values> at;
    for (const Index size : gradient.variables) at.push_back(random_values<double>(size, random));
    const Values dy = random_values<double>(gradient.outputs, random);
    on_each_instruction_set([&] {
      const std::vector<Values> found = gradient.gradient(at, dy);
      REQUIRE(found.size() == at.size());
      for (std::size_t v = 0; v < at.size(); ++v) {
        REQUIRE(found[v].size() == at[v].size());
        for (std::size_t i = 0; i < at[v].size(); ++i) {
          const auto value = [&](double step) {
            std::vector<Values> moved = at;
            moved[v][i] += step;
            return dot(dy, gradient.value(moved));
          };
          const double quotient =
              (8 * (value(kStep) - value(-kStep)) - (value(2 * kStep) - value(-2 * kStep))) / (12 * kStep);
          INFO("variable ", v, ", element ", i, ": ", found[v][i], ", by differences ", quotient);
          // The quotient errs by kStep^4 / 30 of the fifth derivative, which is below 300 for these functions, 1e-11,
          // and by the roundings of y, some 50 eps of sum |dy| < 22, by kStep: 3e-10.
          CHECK(std::abs(found[v][i] - quotient) <= 3.1e-10);
        }
      }
    });
  }
}

}  // namespace tsattn::test
