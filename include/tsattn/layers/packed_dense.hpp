#pragma once

#include <tsattn/core/index.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/kernels/dense/dense.hpp>
#include <tsattn/kernels/packed_weights.hpp>

namespace tsattn {

/// W x + b of a few columns, with weights that are copied into the order in which the kernel reads them.
template <class S>
class PackedDense {
 public:
  PackedDense() = default;
  /// w [U, F]; b [U], or [0].
  PackedDense(const Matrix<S>& w, const Vector<S>& b) : features_(w.cols()), units_(w.rows()) {
    const Vector<S> zeros(units_);
    kernels::dense_pack(features_, units_, w.data(), b.size() > 0 ? b.data() : zeros.data(), weights_);
  }

  Index units() const { return units_; }
  /// x [F, batch] -> y [U, batch]
  void operator()(Index batch, const S* x, S* y) const noexcept {
    kernels::dense_forward<S>(
        weights_.instruction_set,
        {.features = features_, .units = units_, .batch = batch, .weights = weights_.values.data(), .x = x, .y = y});
  }

 private:
  Index features_ = 0, units_ = 0;
  kernels::PackedWeights<S> weights_;
};

}  // namespace tsattn
