#pragma once

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <new>
#include <type_traits>
#include <vector>

#include <tsattn/core/index.hpp>
#include <tsattn/core/random.hpp>

#include "support/random_values.hpp"

namespace tsattn::test {

/// How runs of scalars lie in memory: `gap` scalars between two runs, `tail` scalars after the last. A tail moves the
/// runs off the boundaries that they would lie on otherwise.
struct Layout {
  Index gap = 0;
  Index tail = 0;
};

/// `count` runs of `length` scalars with nothing but a guard around them, for kernels that must neither read nor write
/// there. Before, between and after the runs lie NaN, which reach a result that is computed from them;
/// has_intact_gaps() says whether they were written. Where the tail ends, memory ends: the page behind may not be
/// touched.
template <class S>
class GuardedArray {
 public:
  /// The runs hold NaN too, so that a scalar that was never assigned shows.
  explicit GuardedArray(Index length, Index count = 1, const Layout& layout = {})
      : length_(length), count_(count), stride_(std::max(length + layout.gap, Index{1})), guard_(next_guard()) {
    const Index used = (count > 0 ? count * stride_ - layout.gap : 0) + layout.tail;
    allocate(used + kLead);
    std::fill_n(memory_, size_, guard_);
    data_ = memory_ + size_ - used;
  }
  /// Random values in the runs.
  GuardedArray(Index length, Index count, const Layout& layout, Random& random) : GuardedArray(length, count, layout) {
    for (Index i = 0; i < count; ++i) randomize(run(i), length, random);
  }
  GuardedArray(const GuardedArray& other)
      : length_(other.length_), count_(other.count_), stride_(other.stride_), guard_(other.guard_) {
    allocate(other.size_);
    std::memcpy(memory_, other.memory_, bytes());
    data_ = memory_ + (other.data_ - other.memory_);
  }
  GuardedArray& operator=(const GuardedArray&) = delete;
  ~GuardedArray() { free(); }

  Index length() const { return length_; }
  Index count() const { return count_; }
  Index stride() const { return stride_; }
  S* data() { return data_; }
  const S* data() const { return data_; }
  S* run(Index i) { return data_ + i * stride_; }
  const S* run(Index i) const { return data_ + i * stride_; }

  /// Calls visit(scalar) for all scalars of the runs.
  template <class Visit>
  void for_each(const Visit& visit) {
    for (Index i = 0; i < count_; ++i) std::for_each_n(run(i), length_, visit);
  }

  /// Whether everything but the runs is as it was.
  bool has_intact_gaps() const {
    for (Index i = 0; i < size_; ++i) {
      const Index position = i - (data_ - memory_), run = position < 0 ? -1 : position / stride_;
      const bool is_inside = position >= 0 && run < count_ && position % stride_ < length_;
      if (!is_inside && std::memcmp(memory_ + i, &guard_, sizeof(S)) != 0) return false;
    }
    return true;
  }

  /// Whether a copy of the same array holds the same bits, in the gaps too.
  bool same_bits(const GuardedArray& other) const { return std::memcmp(memory_, other.memory_, bytes()) == 0; }

  /// Whether the values of a copy of the same array differ from these by at most `tolerance` or in no bit.
  bool agrees(const GuardedArray& other, double tolerance) const {
    for (Index i = 0; i < size_; ++i) {
      if (std::memcmp(memory_ + i, other.memory_ + i, sizeof(S)) == 0) continue;
      if (!(std::abs(static_cast<double>(memory_[i]) - static_cast<double>(other.memory_[i])) <= tolerance))
        return false;
    }
    return true;
  }

 private:
  static constexpr Index kLead = 64;  // scalars at least before the first run

  /// A NaN that no other array has: one that was computed from the gaps of another array is not what was in these.
  static S next_guard() {
    using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
    static Bits count = 0;
    count = (count + 1) % (Bits{1} << 20);
    return std::bit_cast<S>(std::bit_cast<Bits>(std::numeric_limits<S>::quiet_NaN()) + count);
  }

  std::size_t bytes() const { return static_cast<std::size_t>(size_) * sizeof(S); }

  /// Memory for `size` scalars at least.
#if __has_include(<sys/mman.h>)
  static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
  /// What arrays gave back, by size: the system takes longer to map memory than most kernels to fill it.
  static std::vector<void*>& unused(std::size_t size) {
    static std::map<std::size_t, std::vector<void*>> by_size;
    return by_size[size];
  }
  void allocate(Index size) {
    const std::size_t whole = (static_cast<std::size_t>(size) * sizeof(S) + page() - 1) / page() * page();
    size_ = static_cast<Index>(whole / sizeof(S));
    if (!unused(whole).empty()) {
      memory_ = static_cast<S*>(unused(whole).back());
      unused(whole).pop_back();
      return;
    }
    void* memory = mmap(nullptr, whole + page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<S*>(memory);
    if (mprotect(memory_ + size_, page(), PROT_NONE) != 0) throw std::bad_alloc();
  }
  void free() { unused(bytes()).push_back(memory_); }
#else
  void allocate(Index size) {
    size_ = size;
    memory_ = static_cast<S*>(std::malloc(bytes()));
    if (memory_ == nullptr) throw std::bad_alloc();
  }
  void free() { std::free(memory_); }
#endif

  Index length_, count_, stride_;
  S guard_;
  S* memory_ = nullptr;  // size_ scalars, the runs among them
  Index size_ = 0;
  S* data_ = nullptr;
};

}  // namespace tsattn::test
