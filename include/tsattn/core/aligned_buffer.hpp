#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include <tsattn/core/index.hpp>

namespace tsattn {

/// The memory under every tensor: `size()` scalars that start on a 64-byte boundary.
///
/// Eigen's own dynamic matrices change their allocator with the compiler's -m flags, so objects built with different
/// flags free each other's memory wrongly; this one never does. 64 bytes are a cache line and an AVX-512 register.
template <class Scalar>
class AlignedBuffer {
  static_assert(std::is_trivially_copyable_v<Scalar>, "tensors hold plain numbers");

 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  /// Makes `size` zeros.
  explicit AlignedBuffer(Index size) {
    resize(size);
    std::fill_n(data(), size_, Scalar(0));
  }
  AlignedBuffer(const AlignedBuffer& other) { *this = other; }
  AlignedBuffer(AlignedBuffer&& other) noexcept { swap(other); }
  AlignedBuffer& operator=(const AlignedBuffer& other) {
    if (this == &other) return *this;
    resize(other.size_);
    std::copy_n(other.data(), other.size_, data());
    return *this;
  }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    AlignedBuffer(std::move(other)).swap(*this);
    return *this;
  }
  ~AlignedBuffer() = default;

  Index size() const { return size_; }
  Scalar* data() { return memory_.get(); }
  const Scalar* data() const { return memory_.get(); }

  /// Changes the size. The contents are unspecified afterwards. Memory is never given back, so a size that was held
  /// before costs no allocation. A buffer of size 0 has memory too: code that computes places in an empty batch then
  /// never starts from a null pointer.
  void resize(Index size) {
    if (size > capacity_ || !memory_) {
      memory_.reset(static_cast<Scalar*>(::operator new (
          static_cast<std::size_t>((std::max)(size, Index{1})) * sizeof(Scalar), std::align_val_t{kAlignment})));
      capacity_ = size;
    }
    size_ = size;
  }

  void swap(AlignedBuffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  struct Free {
    void operator()(Scalar* memory) const noexcept { ::operator delete (memory, std::align_val_t{kAlignment}); }
  };

  std::unique_ptr<Scalar, Free> memory_;
  Index size_ = 0;
  Index capacity_ = 0;
};

}  // namespace tsattn
