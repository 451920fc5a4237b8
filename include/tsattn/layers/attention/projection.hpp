#pragma once

#include <cmath>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/layers/initialization.hpp>

/// Products of a weight matrix w with all steps and samples of a sequence, as scores project queries and keys.
namespace tsattn {

/// y += w x
template <class S>
void add_projection(const Matrix<S>& w, const Sequence<S>& x, Sequence<S>& y) {
  kernels::add_product(w.rows(), x.time() * x.batch(), w.cols(), w.data(), w.rows(), x.data(), 1, w.cols(), y.data(),
                       w.rows());
}

/// y += w^T x
template <class S>
void add_transposed_projection(const Matrix<S>& w, const Sequence<S>& x, Sequence<S>& y) {
  kernels::add_transposed_product(w.cols(), x.time() * x.batch(), w.rows(), w.data(), w.rows(), x.data(), 1, w.rows(),
                                  y.data(), w.cols());
}

/// d_w += left right^T, summed over all steps and samples: of y = w x with left = dy and right = x.
template <class S>
void add_projection_gradient(const Sequence<S>& left, const Sequence<S>& right, Matrix<S>& d_w) {
  kernels::add_product(d_w.rows(), d_w.cols(), left.time() * left.batch(), left.data(), d_w.rows(), right.data(),
                       d_w.cols(), 1, d_w.data(), d_w.rows());
}

/// `gradient`, if it is wanted, with the shape of `of` and all zero; otherwise null.
template <class S>
Sequence<S>* assigned_zero(Sequence<S>* gradient, const Sequence<S>& of) {
  if (gradient == nullptr) return nullptr;
  gradient->resize(of.shape());
  gradient->fill(0);
  return gradient;
}

/// As a Dense layer's: Glorot uniform (keras), or uniform in +-1/sqrt(columns) (pytorch).
template <class S>
void initialize_projection(Initialization scheme, Matrix<S>& w, Random& random) {
  if (scheme == Initialization::keras) fill_glorot_uniform(w, random);
  if (scheme == Initialization::pytorch)
    fill_uniform(w.data(), w.size(), 1 / std::sqrt(static_cast<double>(w.cols())), random);
}

}  // namespace tsattn
