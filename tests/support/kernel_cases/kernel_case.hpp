#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/kernels/packed_weights.hpp>

namespace tsattn::test {

/// The sizes and options of one call, by name: rows 3, cols 5.
class Sizes {
 public:
  Sizes() = default;
  Sizes(std::initializer_list<std::pair<std::string_view, Index>> named) : named_(named) {}

  Index operator[](std::string_view name) const {
    for (const auto& [known, size] : named_)
      if (known == name) return size;
    throw std::out_of_range("no size of a kernel's case is named " + std::string(name));
  }
  Sizes with(std::string_view name, Index size) const {
    Sizes more = *this;
    more.named_.emplace_back(name, size);
    return more;
  }
  /// "rows:3/cols:5"
  std::string text() const {
    std::string all;
    for (const auto& [name, size] : named_) {
      if (!all.empty()) all += '/';
      all.append(name).append(":").append(std::to_string(size));
    }
    return all;
  }

 private:
  std::vector<std::pair<std::string_view, Index>> named_;
};

/// Every combination: grid({{"rows", {1, 3}}, {"cols", {2, 5, 7}}}) are six.
inline std::vector<Sizes> grid(const std::vector<std::pair<std::string_view, std::vector<Index>>>& ranges) {
  std::vector<Sizes> all{Sizes{}};
  for (const auto& [name, values] : ranges) {
    std::vector<Sizes> longer;
    for (const Sizes& sizes : all)
      for (const Index value : values) longer.push_back(sizes.with(name, value));
    all = std::move(longer);
  }
  return all;
}

/// Sizes below, at and above the width of every pack and of a few packs.
inline const std::vector<Index> kKernelSizes{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100};

/// An array that a kernel gets: `count` runs of `length` scalars, without gaps unless the kernel takes a stride.
struct Operand {
  enum class Use { read, assigned, changed };  // what is assigned holds NaN before, all else random values

  Use use;
  Index length, count = 1;
  bool has_stride = false;
  double scale = 1;  // of the random values
  bool is_positive = false;
  Index measured_stride = 0;  // in the benchmark, if it is not `length`
  Index values = -1;          // of a run at its start; behind them it holds NaN. -1: all
};

inline Operand read(Index length, Index count = 1) {
  return {.use = Operand::Use::read, .length = length, .count = count};
}
inline Operand assigned(Index length, Index count = 1) {
  return {.use = Operand::Use::assigned, .length = length, .count = count};
}
inline Operand changed(Index length, Index count = 1) {
  return {.use = Operand::Use::changed, .length = length, .count = count};
}
inline Operand strided(Operand operand, Index measured_stride = 0) {
  operand.has_stride = true;
  operand.measured_stride = measured_stride;
  return operand;
}
inline Operand scaled(Operand operand, double scale) {
  operand.scale = scale;
  return operand;
}
inline Operand positive(Operand operand) {
  operand.is_positive = true;
  return operand;
}

inline Operand with_values(Operand operand, Index values) {
  operand.values = values;
  return operand;
}

/// Where the operands of a call lie, in the order in which the call lists them.
template <class S>
struct Memory {
  std::vector<S*> data;
  std::vector<Index> strides;
  InstructionSet packed_for = InstructionSet::reference;
  const S* weights = nullptr;  // as KernelCall::pack made them
  double result = 0;           // what the kernel returns, if it does

  S* operator[](std::size_t operand) const { return data[operand]; }
  /// The start of one run.
  S* run(std::size_t operand, Index i) const { return data[operand] + i * strides[operand]; }
  Index stride(std::size_t operand) const { return strides[operand]; }
};

/// What one call does, for the benchmark, which shows one of the three.
struct Work {
  Index operations = 0;  // on floating-point numbers, nominally: shown as a share of the processor's peak
  Index elements = 0;    // of which the time of one is shown
  Index scalars = 0;     // read and written: of kernels whose speed is that of memory
};

/// A kernel at one size.
template <class S>
struct KernelCall {
  using Run = std::function<void(Memory<S>&)>;

  std::vector<Operand> operands = {};
  /// How far a result may lie from that of the plain loops.
  double tolerance = 0;
  /// Packs weights for the instruction set in use, before `run`; null for a kernel that takes none.
  std::function<void(const Memory<S>&, kernels::PackedWeights<S>&)> pack = {};
  Run run = {};
  /// Other calls, in parts or with something declined, after which every bit must be the same.
  std::vector<Run> same_bits = {};
  /// What must be true after `run`; may be empty.
  std::function<bool(const Memory<S>&)> holds = {};
  Work work = {};
};

/// A kernel, all sizes and options at which it is compared with its plain loops, and those at which it is measured.
template <class S>
struct KernelCase {
  std::string kernel;
  std::string packing;  // the kernel that packs for it, or empty
  std::vector<Sizes> tested, measured;
  std::function<KernelCall<S>(const Sizes&)> call;
};

template <class S>
using KernelCases = std::vector<KernelCase<S>>;

template <class S>
constexpr double epsilon() {
  return static_cast<double>(std::numeric_limits<S>::epsilon());
}

/// How far two sums of the same `terms` terms in any order may lie apart. An addition rounds by at most eps / 2 of a
/// partial sum, and the `roundings` that made a term (1 for a product that is not fused) by eps / 2 of it each; neither
/// the partial sums nor the terms together exceed `magnitude`, the sum of all magnitudes. Both sums err, all roundings
/// may go the same way, and one more covers the products of roundings.
template <class S>
double sum_tolerance(Index terms, int roundings, double magnitude) {
  return epsilon<S>() * static_cast<double>(terms + roundings + 1) * magnitude;
}

}  // namespace tsattn::test
