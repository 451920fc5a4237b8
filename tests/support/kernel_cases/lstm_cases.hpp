#pragma once

#include <vector>

#include <tsattn/kernels/lstm/lstm.hpp>

#include "support/kernel_cases/recurrent.hpp"

namespace tsattn::test {

template <class S>
Cell<S> lstm_cell() {
  return {.name = "lstm",
          .gates = 4,
          .saved = 1,
          .deltas = 4,
          .assigned_deltas = 4,
          .has_c = true,
          .pack = [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*,
                     kernels::PackedWeights<S>& out) { kernels::lstm_pack(features, hidden, w_x, w_h, b, out); },
          .forward = kernels::lstm_forward<S>,
          .pack_backward = kernels::lstm_pack_backward<S>,
          .backward = kernels::lstm_backward<S>};
}

template <class S>
KernelCases<S> lstm_cases() {
  return cell_cases(lstm_cell<S>());
}
inline std::vector<GradientCase> lstm_gradients() { return cell_gradients(lstm_cell<double>()); }

}  // namespace tsattn::test
