#pragma once

#include <type_traits>

namespace tsattn {

/// a * b, rounded by itself. A plain `a * b + c` is one rounding or two, as the compiler likes and the processor can:
/// g++ fuses by default on AArch64 and, told -march=native, on x86-64. Where the last bit is to be the same everywhere
/// and speed does not need std::fma (the kernels say that), the product is hidden from the addition by this.
template <class Scalar>
inline Scalar unfused_product(Scalar a, Scalar b) noexcept {
  static_assert(std::is_floating_point_v<Scalar>);
#if defined(__GNUC__) && (defined(__SSE2__) || defined(__aarch64__))
  if constexpr (sizeof(Scalar) <= sizeof(double)) {
    Scalar product = a * b;  // an empty instruction may change it: it stays in its register, and is known there only
#if defined(__SSE2__)
    __asm__("" : "+x"(product));
#else
    __asm__("" : "+w"(product));
#endif
    return product;
  }
#endif
  const volatile Scalar product = a * b;
  return product;
}

}  // namespace tsattn
