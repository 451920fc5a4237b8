#include <tsattn/kernels/all.hpp>

// What a program parses that links tsattn::compiled, as the tests do.
#if defined(TSATTN_COMPILED_KERNELS) && \
    (defined(TSATTN_SIMD_IS_PARSED) || defined(_IMMINTRIN_H_INCLUDED) || defined(__IMMINTRIN_H))
#error "the interface of a kernel brings in SIMD code where its definition is in tsattn::compiled"
#endif

#include <tuple>
#include <type_traits>

#include <doctest/doctest.h>

namespace kernel_test {
namespace {

using namespace tsattn;

#define KERNEL_TEST_ONE (int, a)
#define KERNEL_TEST_SIXTEEN                                                                                     \
  (int, a), (int, b), (int, c), (int, d), (int, e), (int, f), (int, g), (int, h), (int, i), (int, j), (int, k), \
      (int, l), (int, m), (int, n), (int, o), (const int*, p)

int one(TSATTN_PARAMETERS(KERNEL_TEST_ONE)) { return std::get<0>(std::tuple(TSATTN_NAMES(KERNEL_TEST_ONE))); }
auto sixteen(TSATTN_PARAMETERS(KERNEL_TEST_SIXTEEN)) { return std::tuple(TSATTN_NAMES(KERNEL_TEST_SIXTEEN)); }

TEST_CASE("one pair and sixteen pairs of type and name are parameters, and arguments in the same order") {
  CHECK(one(7) == 7);
  const int last = 15;
  CHECK(sixteen(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, &last) ==
        std::tuple(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, &last));
}

// The signatures by which compiled libraries and layers know the kernels.
static_assert(std::is_same_v<decltype(kernels::tanh_forward<float>), void(Index, const float*, float*)>);
static_assert(std::is_same_v<decltype(kernels::all_finite<double>), bool(Index, const double*)>);
static_assert(std::is_same_v<decltype(kernels::lstm_pack_backward<float>),
                             void(Index, const float*, kernels::PackedWeights<float>&)>);
static_assert(
    std::is_same_v<decltype(kernels::lstm_forward<float>), void(InstructionSet, const kernels::StepForward<float>&)>);

TEST_CASE("packing notes the instruction set in use, and a packed kernel runs on that one") {
  const InstructionSet before = instruction_set();
  use_instruction_set(InstructionSet::reference);
  const double w[] = {2, 3}, b[] = {1}, x[] = {10, 100};
  kernels::PackedWeights<double> packed;
  packed.instruction_set = before;
  kernels::dense_pack(Index{2}, Index{1}, w, b, packed);
  CHECK(packed.instruction_set == InstructionSet::reference);
  use_instruction_set(before);
  double y = 0;
  kernels::dense_forward(packed.instruction_set, kernels::DenseStep<double>{2, 1, 1, packed.values.data(), x, &y});
  CHECK(y == 321);
}

}  // namespace
}  // namespace kernel_test
