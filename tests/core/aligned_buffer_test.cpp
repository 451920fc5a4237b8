#include <algorithm>
#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/aligned_buffer.hpp>

namespace {

using namespace tsattn;

template <class Scalar>
bool is_aligned(const AlignedBuffer<Scalar>& buffer) {
  return reinterpret_cast<std::uintptr_t>(buffer.data()) % 64 == 0;
}

TEST_CASE_TEMPLATE("a buffer starts at a multiple of 64 bytes and holds zeros", Scalar, float, double, char,
                   std::int64_t) {
  for (const Index size : {1, 2, 3, 7, 16, 17, 1000}) {
    CAPTURE(size);
    const AlignedBuffer<Scalar> buffer(size);
    CHECK(buffer.size() == size);
    CHECK(is_aligned(buffer));
    CHECK(std::all_of(buffer.data(), buffer.data() + size, [](Scalar value) { return value == Scalar(0); }));
  }
}

TEST_CASE("an empty buffer") {
  const AlignedBuffer<double> none, of_size_zero(0);
  CHECK(none.size() == 0);
  CHECK(none.data() == nullptr);
  CHECK(of_size_zero.size() == 0);
  const AlignedBuffer<double> copy = none;
  CHECK(copy.size() == 0);
}

TEST_CASE("a size that was held before costs no allocation") {
  AlignedBuffer<double> buffer(100);
  const double* const memory = buffer.data();
  for (const Index size : {1, 100, 0, 99}) {
    buffer.resize(size);
    CHECK(buffer.size() == size);
    CHECK(buffer.data() == memory);
  }
  buffer.resize(101);
  CHECK(buffer.size() == 101);
  CHECK(is_aligned(buffer));
}

TEST_CASE("copies are independent and keep their memory where it is large enough") {
  AlignedBuffer<double> original(3);
  std::fill_n(original.data(), 3, 1.5);
  AlignedBuffer<double> copy = original;
  copy.data()[0] = 2;
  CHECK(original.data()[0] == 1.5);
  CHECK(is_aligned(copy));

  AlignedBuffer<double> large(10);
  const double* const memory = large.data();
  large = original;
  CHECK(large.size() == 3);
  CHECK(large.data() == memory);
  CHECK(std::equal(large.data(), large.data() + 3, original.data()));

  const AlignedBuffer<double>& same = large;
  large = same;
  CHECK(large.size() == 3);
  CHECK(large.data()[2] == 1.5);
}

TEST_CASE("moving and swapping hand the memory over") {
  AlignedBuffer<double> original(3);
  const double* const memory = original.data();
  AlignedBuffer<double> moved = std::move(original);
  CHECK(moved.data() == memory);
  CHECK(original.size() == 0);  // NOLINT(bugprone-use-after-move): this is what is tested
  CHECK(original.data() == nullptr);

  AlignedBuffer<double> assigned(5);
  assigned = std::move(moved);
  CHECK(assigned.data() == memory);
  CHECK(assigned.size() == 3);

  AlignedBuffer<double> other(7);
  other.swap(assigned);
  CHECK(other.data() == memory);
  CHECK(other.size() == 3);
  CHECK(assigned.size() == 7);

  original.resize(4);  // what was moved from can be used again
  CHECK(original.size() == 4);
  CHECK(is_aligned(original));
}

}  // namespace
