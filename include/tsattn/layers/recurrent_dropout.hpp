#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <tsattn/core/matrix.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/packed_weights.hpp>
#include <tsattn/kernels/recurrent/arguments.hpp>
#include <tsattn/layers/dropout_mask.hpp>

namespace tsattn {

/// Dropout of the states of a recurrent layer: a mask m for every sample and unit, the same at all steps, by which h is
/// multiplied before W_h reads it. What else a cell does with h stays whole.
/// Source: Gal & Ghahramani 2016. Derivation: docs/layers/recurrent.md.
template <class S>
class RecurrentDropout {
 public:
  struct Cache {
    Random random{};      // every forward splits a generator off
    Sequence<S> mask;     // [1, B, H]  m of the last forward, or empty: nothing was dropped
    Sequence<S> dropped;  // [T, B, H]  m * h_{t-1}
    Sequence<S> product;  // [1, B, H]  W_h^T da_{t+1}, backward's own
  };

  /// `rate` is the share that is dropped. Throws ConfigError, from `where`, unless it is in [0, 1).
  RecurrentDropout(double rate, std::string_view where) : mask_(rate, where, "recurrent_dropout") {}

  /// For a forward of `steps` steps.
  void draw(Index steps, Index batch, Index hidden, Cache& cache) const {
    if (mask_.drops_nothing()) return draw_nothing(cache);
    cache.mask.resize({1, batch, hidden});
    cache.mask.fill(1);
    mask_.apply(cache.random.split(), cache.mask.size(), cache.mask.data(), cache.mask.data());
    cache.dropped.resize({steps, batch, hidden});
  }
  /// For an inference.
  static void draw_nothing(Cache& cache) { cache.mask.resize({}); }

 private:
  DropoutMask<S> mask_;
};

/// A cell whose states are dropped as a RecurrentDropout drew, or just the cell if it drew nothing. Its steps are those
/// of the cell (layers/recurrent.hpp) with
///   forward   (1) m * h_{t-1} for the h_{t-1} that W_h multiplies
///   backward  (2) m * (W_h^T da_{t+1}) for W_h^T da_{t+1}, which therefore is computed before the cell's step instead
///                 of inside it
template <class Cell>
class DroppingCell {
 public:
  using S = typename Cell::Scalar;

  DroppingCell(const Cell& cell, typename RecurrentDropout<S>::Cache& cache)
      : cell_(cell), cache_(cache), drops_(cache.mask.size() > 0) {}

  /// Step t, counted from 0; `step` as without dropout.
  void forward(InstructionSet packed_for, Index t, kernels::StepForward<S> step) const {
    if (drops_) {
      cache_.dropped.step(t) = cache_.mask.step(0).cwiseProduct(matrix(step.h_prev));  // (1)
      step.h_prev = cache_.dropped.step_data(t);
    }
    cell_.forward(packed_for, step);
  }

  void backward(InstructionSet packed_for, Index t, kernels::StepBackward<S> step) const {
    if (drops_) {
      if (step.next_deltas != nullptr) add_products_of_dh(std::exchange(step.next_deltas, nullptr), step.dh);
      step.h_prev = cache_.dropped.step_data(t);
      step.mask = cache_.mask.data();
    }
    cell_.backward(packed_for, step);
  }

  /// What W_h multiplied, from step t on, where `h_prev` is what it multiplies without dropout.
  const S* multiplied(Index t, const S* h_prev) const { return drops_ ? cache_.dropped.step_data(t) : h_prev; }

  /// dh [H, B] += W_h^T deltas
  void add_products_of_dh(Index batch, const S* deltas, S* dh) const {
    drops_ ? add_products_of_dh(deltas, dh) : cell_.add_products_of_dh(batch, deltas, dh);
  }

 private:
  void add_products_of_dh(const S* deltas, S* dh) const {
    cache_.product.resize(cache_.mask.shape());
    cache_.product.fill(0);
    cell_.add_products_of_dh(cache_.mask.batch(), deltas, cache_.product.data());
    // Two passes: in one, a compiler may fuse multiplication and addition or not, and the last bits would depend on it.
    cache_.product.step(0) = cache_.mask.step(0).cwiseProduct(cache_.product.step(0));  // (2)
    matrix(dh) += cache_.product.step(0);
  }

  template <class T>
  MatrixMap<T> matrix(T* state) const {
    return {state, cache_.mask.features(), cache_.mask.batch()};
  }

  const Cell& cell_;
  typename RecurrentDropout<S>::Cache& cache_;
  bool drops_;
};

}  // namespace tsattn
