#pragma once

#include <tsattn/core/compiled.hpp>
#include <tsattn/kernels/simd/instruction_set.hpp>

// How the header of a kernel is written. Its folder has three files: the interface (tanh.hpp, say), the plain loops
// that define what it computes (reference.hpp: they also serve compilers without vector extensions) and the form with
// packs (simd.inl); arguments.hpp besides where many arguments make a struct. The interface is this:
//
//   #include <tsattn/core/index.hpp>
//   #include <tsattn/kernels/kernel.hpp>
//
//   #if TSATTN_DEFINES_KERNELS
//   #include <tsattn/kernels/tanh/reference.hpp>
//   #include <tsattn/kernels/simd/packs.hpp>
//   #define TSATTN_SIMD_FORM "tsattn/kernels/tanh/simd.inl"
//   #include <tsattn/kernels/simd/each_instruction_set.inl>
//   #endif
//
//   namespace tsattn::kernels {
//
//   /// y = tanh x
//   TSATTN_KERNEL(void, tanh_forward, (Index, size), (const S*, x), (S*, y));
//
//   }  // namespace tsattn::kernels
//
// and a line in kernels/all.hpp. The entry stands for
//
//   template <class S>
//   void tanh_forward(Index size, const S* x, S* y);
//
// which calls the function of the same name and arguments that each instruction set has in a namespace of its own:
// avx512, avx2 and generic from simd.inl, reference from reference.hpp.
//
// In a header-only program each translation unit compiles the kernels that it uses, for all instruction sets: most of
// what compiling a model costs. Where tsattn::compiled is linked the entries only declare, and no header brings in the
// forms. The sources of that library, which cmake/TsattnCompiled.cmake makes, name in TSATTN_COMPILED_SCALAR the scalar
// to compile all kernels for.
#if defined(TSATTN_COMPILED_KERNELS) && !defined(TSATTN_COMPILED_SCALAR)
#define TSATTN_DEFINES_KERNELS 0
#else
#define TSATTN_DEFINES_KERNELS 1
#endif

#if defined(_MSVC_TRADITIONAL) && _MSVC_TRADITIONAL
#error "tsattn needs the compiler's option /Zc:preprocessor"
#endif

/// TSATTN_KERNEL(result, kernel, (type, name), ...) runs on the instruction set in use.
#define TSATTN_KERNEL(result, kernel, ...)                                \
  TSATTN_KERNEL_CALLING(result, kernel, (TSATTN_PARAMETERS(__VA_ARGS__)), \
                        TSATTN_RUN(instruction_set(), kernel(TSATTN_NAMES(__VA_ARGS__))))

/// TSATTN_PACKING_KERNEL(kernel, (type, name), ...) puts weights into the order in which the instruction set in use
/// reads them. It has one parameter more, PackedWeights<S>& out, and the forms AlignedBuffer<S>& in its place.
#define TSATTN_PACKING_KERNEL(kernel, ...)                                                      \
  TSATTN_KERNEL_CALLING(void, kernel, (TSATTN_PARAMETERS(__VA_ARGS__), PackedWeights<S> & out), \
                        out.instruction_set = instruction_set();                                \
                        TSATTN_RUN(out.instruction_set, kernel(TSATTN_NAMES(__VA_ARGS__), out.values)))

/// TSATTN_PACKED_KERNEL(kernel, (type, name), ...) runs on the instruction set that its weights are packed for: one
/// parameter more, the first, which the forms do not have.
#define TSATTN_PACKED_KERNEL(kernel, ...)                                                                           \
  TSATTN_KERNEL_CALLING(void, kernel, ([[maybe_unused]] InstructionSet packed_for, TSATTN_PARAMETERS(__VA_ARGS__)), \
                        TSATTN_RUN(packed_for, kernel(TSATTN_NAMES(__VA_ARGS__))))

/// What the three are made of, for a kernel whose forms have other arguments: the parameters in parentheses, then what
/// the kernel does.
#if TSATTN_DEFINES_KERNELS
#define TSATTN_KERNEL_CALLING(result, kernel, parameters, ...) \
  template <class S>                                           \
  result kernel parameters {                                   \
    __VA_ARGS__;                                               \
  }                                                            \
  TSATTN_KERNEL_INSTANCE(kernel)
#else
#define TSATTN_KERNEL_CALLING(result, kernel, parameters, ...) \
  template <class S>                                           \
  result kernel parameters
#endif

#if defined(TSATTN_COMPILED_SCALAR)
#define TSATTN_KERNEL_INSTANCE(kernel) template decltype(kernel<TSATTN_COMPILED_SCALAR>) kernel<TSATTN_COMPILED_SCALAR>
#else
#define TSATTN_KERNEL_INSTANCE(kernel) static_assert(true)
#endif

/// TSATTN_RUN(set, call) returns what the kernel `call` gives, from the namespace of that instruction set.
#if TSATTN_SIMD_X86
#define TSATTN_RUN(set, ...)         \
  switch (set) {                     \
    case InstructionSet::avx512:     \
      return avx512::__VA_ARGS__;    \
    case InstructionSet::avx2:       \
      return avx2::__VA_ARGS__;      \
    case InstructionSet::generic:    \
      return generic::__VA_ARGS__;   \
    default:                         \
      return reference::__VA_ARGS__; \
  }
#elif TSATTN_SIMD_GENERIC
#define TSATTN_RUN(set, ...) return (set) == InstructionSet::reference ? reference::__VA_ARGS__ : generic::__VA_ARGS__
#else
#define TSATTN_RUN(set, ...) return reference::__VA_ARGS__
#endif

// TSATTN_PARAMETERS((Index, size), (S*, y)) is `Index size, S* y`, and TSATTN_NAMES of the same is `size, y`. A macro
// does not expand itself again: each step leaves the next one unexpanded, and TSATTN_EXPAND goes over them up to 16
// times, once for each pair.
#define TSATTN_PARAMETERS(...) TSATTN_EXPAND(TSATTN_EACH(TSATTN_PARAMETER, __VA_ARGS__))
#define TSATTN_NAMES(...) TSATTN_EXPAND(TSATTN_EACH(TSATTN_NAME, __VA_ARGS__))
#define TSATTN_PARAMETER(type, name) type name
#define TSATTN_NAME(type, name) name
#define TSATTN_EACH(macro, pair, ...) macro pair __VA_OPT__(, TSATTN_EACH_AGAIN TSATTN_PARENTHESES(macro, __VA_ARGS__))
#define TSATTN_EACH_AGAIN() TSATTN_EACH
#define TSATTN_PARENTHESES ()
#define TSATTN_EXPAND(...) TSATTN_EXPAND_4(TSATTN_EXPAND_4(TSATTN_EXPAND_4(TSATTN_EXPAND_4(__VA_ARGS__))))
#define TSATTN_EXPAND_4(...) TSATTN_EXPAND_1(TSATTN_EXPAND_1(TSATTN_EXPAND_1(TSATTN_EXPAND_1(__VA_ARGS__))))
#define TSATTN_EXPAND_1(...) __VA_ARGS__
