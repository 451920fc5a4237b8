#pragma once

#include <vector>

#include <tsattn/kernels/rnn/rnn.hpp>

#include "support/kernel_cases/recurrent.hpp"

namespace tsattn::test {

template <class S>
Cell<S> rnn_cell() {
  return {.name = "rnn",
          .gates = 1,
          .saved = 0,
          .deltas = 1,
          .assigned_deltas = 1,
          .pack = [](Index features, Index hidden, const S* w_x, const S* w_h, const S* b, const S*,
                     kernels::PackedWeights<S>& out) { kernels::rnn_pack(features, hidden, w_x, w_h, b, out); },
          .forward = kernels::rnn_forward<S>,
          .pack_backward = kernels::rnn_pack_backward<S>,
          .backward = kernels::rnn_backward<S>};
}

template <class S>
KernelCases<S> rnn_cases() {
  return cell_cases(rnn_cell<S>());
}
inline std::vector<GradientCase> rnn_gradients() { return cell_gradients(rnn_cell<double>()); }

}  // namespace tsattn::test
