#pragma once

#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace tsattn {

/// While it lives, the thread that made it computes with 0 in place of denormal numbers (below 1.2e-38 for float),
/// which take many processors a hundred cycles each: states that fade away in silence would otherwise miss a deadline.
/// Results change by no more than these numbers. It belongs around a block of steps, for changing the mode at each step
/// would cost more; at its end the thread computes as it did before. It works on x86-64 and 64-bit ARM, and does
/// nothing elsewhere.
///
///   tsattn::FlushDenormals guard;
///   for (...) stream.step(x, y);
class FlushDenormals {
 public:
  FlushDenormals() noexcept : before_(control()) { set_control(before_ | kFlush); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
  ~FlushDenormals() { set_control(before_); }

#if defined(__SSE2__) || defined(_M_X64)
  static constexpr bool kHasEffect = true;

 private:
  static constexpr std::uint64_t kFlush = 0x8040;  // of MXCSR: flush results to zero, take operands for zero
  static std::uint64_t control() noexcept { return _mm_getcsr(); }
  static void set_control(std::uint64_t bits) noexcept { _mm_setcsr(static_cast<unsigned>(bits)); }
#elif defined(__aarch64__) && defined(__GNUC__)
  static constexpr bool kHasEffect = true;

 private:
  static constexpr std::uint64_t kFlush = std::uint64_t{1} << 24U;  // of FPCR: both
  static std::uint64_t control() noexcept {
    std::uint64_t bits = 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(bits));
    return bits;
  }
  static void set_control(std::uint64_t bits) noexcept { __asm__ volatile("msr fpcr, %0" : : "r"(bits)); }
#else
  static constexpr bool kHasEffect = false;

 private:
  static constexpr std::uint64_t kFlush = 0;
  static std::uint64_t control() noexcept { return 0; }
  static void set_control(std::uint64_t) noexcept {}
#endif

  std::uint64_t before_;
};

}  // namespace tsattn
