#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>

namespace tsattn {

/// One sample of a sequence [count, B, size]: its step t starts at data[t stride]. `T` is the scalar, and may be const.
template <class T>
struct SampleSteps {
  Index count = 0, size = 0, stride = 0;
  T* data = nullptr;  ///< null: declined

  SampleSteps() = default;
  /// Sample b of x, a Sequence.
  template <class OfScalar>
  SampleSteps(OfScalar& x, Index b)
      : count(x.time()), size(x.features()), stride(x.features() * x.batch()), data(x.data() + b * x.features()) {}
  /// A column of x for each step.
  explicit SampleSteps(Matrix<T>& x) : count(x.cols()), size(x.rows()), stride(x.rows()), data(x.data()) {}
  /// Of what is declined if x is null.
  SampleSteps(Sequence<T>* x, Index b) {
    if (x != nullptr) *this = SampleSteps(*x, b);
  }

  T* operator[](Index t) const { return data + t * stride; }
};

}  // namespace tsattn
