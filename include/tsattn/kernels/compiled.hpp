#pragma once

// TSATTN_COMPILED(kernel) stands behind every public kernel. In a header-only program it says nothing, and each
// translation unit compiles the kernels that it uses, for all instruction sets: most of what compiling a model costs.
// With TSATTN_COMPILED_KERNELS, which linking tsattn::compiled defines, it says that a library holds them. The sources
// of that library, src/, name in TSATTN_COMPILED_SCALAR the scalar to compile them for.

#if defined(TSATTN_COMPILED_SCALAR)
#define TSATTN_COMPILED(kernel) template decltype(kernel<TSATTN_COMPILED_SCALAR>) kernel<TSATTN_COMPILED_SCALAR>
#elif defined(TSATTN_COMPILED_KERNELS)
#define TSATTN_COMPILED(kernel)                          \
  extern template decltype(kernel<float>) kernel<float>; \
  extern template decltype(kernel<double>) kernel<double>
#else
#define TSATTN_COMPILED(kernel) static_assert(true)
#endif
