#pragma once

#include <vector>

#include <tsattn/kernels/gru/gru.hpp>

#include "support/kernel_cases/recurrent.hpp"

namespace tsattn::test {

template <class S>
Cell<S> gru_after_cell() {
  return {.name = "gru_after",
          .gates = 3,
          .saved = 1,
          .deltas = 4,
          .assigned_deltas = 4,
          .has_b_hn = true,
          .pack = kernels::gru_after_pack<S>,
          .forward = kernels::gru_after_forward<S>,
          .pack_backward = kernels::gru_after_pack_backward<S>,
          .backward = kernels::gru_after_backward<S>};
}

template <class S>
Cell<S> gru_before_cell() {
  return {.name = "gru_before",
          .gates = 3,
          .saved = 1,
          .deltas = 4,
          .assigned_deltas = 3,
          .n_multiplies_saved = true,
          .pack = [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*,
                     kernels::PackedWeights<S>& out) { kernels::gru_before_pack(features, hidden, w_x, w_h, b, out); },
          .forward = kernels::gru_before_forward<S>,
          .pack_backward = kernels::gru_before_pack_backward<S>,
          .backward = kernels::gru_before_backward<S>};
}

template <class S>
KernelCases<S> gru_cases() {
  KernelCases<S> cases = cell_cases(gru_after_cell<S>());
  for (const KernelCase<S>& other : cell_cases(gru_before_cell<S>())) cases.push_back(other);
  return cases;
}
inline std::vector<GradientCase> gru_gradients() {
  std::vector<GradientCase> cases = cell_gradients(gru_after_cell<double>());
  for (const GradientCase& other : cell_gradients(gru_before_cell<double>())) cases.push_back(other);
  return cases;
}

}  // namespace tsattn::test
