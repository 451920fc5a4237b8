#pragma once

#include <algorithm>
#include <ostream>
#include <utility>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>

namespace tsattn {

/// A number of steps that is not known when a model is built: it may differ from call to call.
inline constexpr Index kAnyTime = -1;

/// What one sample looks like: `time` steps (kAnyTime: not fixed) of `features` values.
struct SampleShape {
  Index time = kAnyTime;
  Index features = 0;

  friend bool operator==(const SampleShape&, const SampleShape&) = default;
  friend std::ostream& operator<<(std::ostream& out, const SampleShape& shape) {
    out << "[time=";
    if (shape.time == kAnyTime) return out << "any, features=" << shape.features << ']';
    return out << shape.time << ", features=" << shape.features << ']';
  }
};

/// The three axes of a Sequence, in the order of a NumPy array that holds the same memory.
struct SequenceShape {
  Index time = 0;
  Index batch = 0;
  Index features = 0;

  Index size() const { return time * batch * features; }
  /// Returns the steps and features, for a message or a comparison.
  SampleShape sample() const { return {time, features}; }

  friend bool operator==(const SequenceShape&, const SequenceShape&) = default;
  friend std::ostream& operator<<(std::ostream& out, const SequenceShape& shape) {
    return out << "[time=" << shape.time << ", batch=" << shape.batch << ", features=" << shape.features << ']';
  }
};

/// A batch of series, the value that flows between layers: one contiguous, 64-byte-aligned block with the feature index
/// fastest, then batch, then time; the memory of a C-order NumPy array of shape (T, B, F).
///
/// Columns are samples: `step(t)` is an F x B matrix, `flat()` an F x (B T) one whose column t B + b is step t of
/// sample b. A value that is not a sequence has T = 1; one series by itself has B = 1.
///
/// All samples have T steps. Samples of unequal length will be a property of the Sequence (their lengths, beside the
/// shape), so that it travels from layer to layer and no signature changes.
template <class Scalar>
class Sequence {
 public:
  Sequence() = default;

  /// Makes a sequence of zeros. Throws ShapeError if a size is negative.
  explicit Sequence(const SequenceShape& shape) : shape_(checked(shape)), values_(shape.size()) {}

  Sequence(const Sequence&) = default;
  Sequence(Sequence&& other) noexcept { swap(other); }  // leaves an empty sequence
  Sequence& operator=(const Sequence&) = default;
  Sequence& operator=(Sequence&& other) noexcept {
    Sequence(std::move(other)).swap(*this);
    return *this;
  }
  ~Sequence() = default;

  void swap(Sequence& other) noexcept {
    std::swap(shape_, other.shape_);
    values_.swap(other.values_);
  }

  const SequenceShape& shape() const { return shape_; }
  Index time() const { return shape_.time; }
  Index batch() const { return shape_.batch; }
  Index features() const { return shape_.features; }
  Index size() const { return values_.size(); }

  Scalar* data() { return values_.data(); }
  const Scalar* data() const { return values_.data(); }
  /// Points at the first scalar of step t.
  Scalar* step_data(Index t) { return data() + t * shape_.features * shape_.batch; }
  const Scalar* step_data(Index t) const { return data() + t * shape_.features * shape_.batch; }

  Scalar& operator()(Index t, Index b, Index f) { return step_data(t)[b * shape_.features + f]; }
  const Scalar& operator()(Index t, Index b, Index f) const { return step_data(t)[b * shape_.features + f]; }

  MatrixMap<Scalar> step(Index t) { return {step_data(t), shape_.features, shape_.batch}; }
  MatrixMap<const Scalar> step(Index t) const { return {step_data(t), shape_.features, shape_.batch}; }
  MatrixMap<Scalar> flat() { return {data(), shape_.features, shape_.batch * shape_.time}; }
  MatrixMap<const Scalar> flat() const { return {data(), shape_.features, shape_.batch * shape_.time}; }

  void fill(Scalar value) { std::fill_n(data(), size(), value); }

  /// Changes the shape. The contents are unspecified afterwards; a size that was held before costs no allocation.
  /// Throws as the constructor does.
  void resize(const SequenceShape& shape) {
    values_.resize(checked(shape).size());
    shape_ = shape;
  }

 private:
  static const SequenceShape& checked(const SequenceShape& shape) {
    if (shape.time < 0 || shape.batch < 0 || shape.features < 0)
      fail<ShapeError>("Sequence", "expected sizes of at least 0, got ", shape);
    return shape;
  }

  SequenceShape shape_;
  AlignedBuffer<Scalar> values_;
};

}  // namespace tsattn
