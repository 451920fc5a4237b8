#include <cstdint>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include <tsattn/core/sequence.hpp>

namespace {

using namespace tsattn;

/// Entry (t, b, f) is 100 t + 10 b + f.
Sequence<double> numbered(const SequenceShape& shape) {
  Sequence<double> x(shape);
  for (Index t = 0; t < shape.time; ++t)
    for (Index b = 0; b < shape.batch; ++b)
      for (Index f = 0; f < shape.features; ++f) x(t, b, f) = static_cast<double>(100 * t + 10 * b + f);
  return x;
}

template <class Shape>
std::string text_of(const Shape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

TEST_CASE_TEMPLATE("a new sequence is zero, on a 64-byte boundary", S, float, double) {
  const Sequence<S> x({4, 2, 3});
  CHECK(x.time() == 4);
  CHECK(x.batch() == 2);
  CHECK(x.features() == 3);
  CHECK(x.size() == 24);
  CHECK(x.flat().isZero(0));
  CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % 64 == 0);
  CHECK(Sequence<S>().size() == 0);
  CHECK(Sequence<S>({0, 2, 3}).size() == 0);
}

TEST_CASE("the memory is that of a C-order array of shape (T, B, F)") {
  Sequence<double> x({4, 2, 3});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<double>(i);
  for (Index t = 0; t < 4; ++t)
    for (Index b = 0; b < 2; ++b)
      for (Index f = 0; f < 3; ++f) {
        const auto expected = static_cast<double>((t * 2 + b) * 3 + f);
        CHECK(x(t, b, f) == expected);
        CHECK(x.step(t)(f, b) == expected);
        CHECK(x.step_data(t)[b * 3 + f] == expected);
        CHECK(x.flat()(f, t * 2 + b) == expected);
        CHECK(std::as_const(x)(t, b, f) == expected);
        CHECK(std::as_const(x).step(t)(f, b) == expected);
        CHECK(std::as_const(x).flat()(f, t * 2 + b) == expected);
      }
  CHECK(x.step(0).rows() == 3);
  CHECK(x.step(0).cols() == 2);
  CHECK(x.flat().cols() == 8);
  static_assert(!std::is_assignable_v<decltype(std::declval<const Sequence<float>&>()(0, 0, 0)), float>);
  static_assert(!std::is_assignable_v<decltype(std::declval<const Sequence<float>&>().flat()(0, 0)), float>);
  x.step(3).setZero();
  CHECK(x(3, 1, 2) == 0);
  x.fill(2);
  CHECK(x.flat().sum() == 48);
}

TEST_CASE("copies of a sequence are copies, and assigning keeps the memory") {
  const Sequence<double> original = numbered({4, 2, 3});
  Sequence<double> copy = original;
  copy(0, 0, 0) = -1;
  CHECK(original(0, 0, 0) == 0);
  Sequence<double> large({5, 5, 5});
  const double* const memory = large.data();
  large = original;
  CHECK(large.shape() == original.shape());
  CHECK(large.data() == memory);
  const Sequence<double>& same = large;
  large = same;
  CHECK(large(3, 1, 2) == 312);
}

TEST_CASE("a sequence that was moved from is empty and can be used again") {
  Sequence<double> original = numbered({4, 2, 3});
  const double* const memory = original.data();
  Sequence<double> moved = std::move(original);
  CHECK(moved.data() == memory);
  CHECK(moved(3, 1, 2) == 312);
  // Otherwise step() and flat() show entries that are not there.
  CHECK(original.shape().size() == original.size());  // NOLINT(bugprone-use-after-move)
  original.resize({4, 2, 3});
  original.fill(1);
  CHECK(original.flat().sum() == 24);
  original = std::move(moved);
  CHECK(original(3, 1, 2) == 312);
}

TEST_CASE("resizing to a size that was held before keeps the memory") {
  Sequence<double> x({4, 2, 3});
  const double* const memory = x.data();
  for (const SequenceShape& shape : {SequenceShape{1, 2, 3}, {2, 3, 4}, {0, 0, 0}, {24, 1, 1}}) {
    x.resize(shape);
    CHECK(x.shape() == shape);
    CHECK(x.data() == memory);
  }
}

TEST_CASE("shapes compare and print with named axes") {
  const SequenceShape shape{12, 4, 5};
  CHECK(text_of(shape) == "[time=12, batch=4, features=5]");
  CHECK(shape.size() == 240);
  CHECK(shape == SequenceShape{12, 4, 5});
  CHECK(shape != SequenceShape{12, 4, 6});
  CHECK(shape.sample() == SampleShape{12, 5});
  CHECK(text_of(SampleShape{12, 5}) == "[time=12, features=5]");
  CHECK(text_of(SampleShape{kAnyTime, 5}) == "[time=any, features=5]");
  CHECK(SampleShape{} == SampleShape{kAnyTime, 0});
}

TEST_CASE("negative sizes are refused, and leave the sequence as it was") {
  CHECK_THROWS_WITH_AS(Sequence<float>({-1, 2, 3}),
                       "[Sequence] expected sizes of at least 0, got [time=-1, batch=2, features=3]", ShapeError);
  CHECK_THROWS_WITH_AS(Sequence<float>({1, -2, 3}),
                       "[Sequence] expected sizes of at least 0, got [time=1, batch=-2, features=3]", ShapeError);
  Sequence<double> x = numbered({4, 2, 3});
  CHECK_THROWS_WITH_AS(x.resize({1, 2, -3}),
                       "[Sequence] expected sizes of at least 0, got [time=1, batch=2, features=-3]", ShapeError);
  CHECK(x.shape() == SequenceShape{4, 2, 3});
  CHECK(x(3, 1, 2) == 312);
}

}  // namespace
