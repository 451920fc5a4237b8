#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts the allocations of a whole program, by taking the place of its operator new and, with the GNU C library, of
/// malloc, by which Eigen allocates: for one source file of a program. Sanitizers take that place themselves, so
/// nothing is counted under them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TSATTN_TEST_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TSATTN_TEST_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef TSATTN_TEST_COUNTS_ALLOCATIONS
#define TSATTN_TEST_COUNTS_ALLOCATIONS 1
#endif

#if defined(__GLIBC__)
extern "C" void* __libc_malloc(std::size_t size);
#endif

namespace tsattn::test {

inline constexpr bool kCountsAllocations = TSATTN_TEST_COUNTS_ALLOCATIONS != 0;
inline std::atomic<long> allocation_count = 0;

inline void* uncounted_malloc(std::size_t size) {
#if defined(__GLIBC__)
  return __libc_malloc(size);
#else
  return std::malloc(size);
#endif
}

/// `alignment` 0 stands for that of malloc. Null if there is no memory.
inline void* counted_allocation(std::size_t size, std::size_t alignment) {
  ++allocation_count;
  if (size == 0) size = 1;
  if (alignment == 0) return uncounted_malloc(size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

inline void* required(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace tsattn::test

#if TSATTN_TEST_COUNTS_ALLOCATIONS

#if defined(__GLIBC__)
extern "C" void* malloc(std::size_t size) noexcept {
  ++tsattn::test::allocation_count;
  return __libc_malloc(size);
}
#endif

// Arrays come here too, by way of the standard library's own operators. Not inlined, for GCC would see malloc paired
// with operator delete and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return tsattn::test::required(tsattn::test::counted_allocation(size, 0));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return tsattn::test::required(tsattn::test::counted_allocation(size, static_cast<std::size_t>(alignment)));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
