#pragma once

#include <vector>

#include "support/kernel_cases/activation_cases.hpp"
#include "support/kernel_cases/adam_cases.hpp"
#include "support/kernel_cases/attention_cases.hpp"
#include "support/kernel_cases/dense_cases.hpp"
#include "support/kernel_cases/finite_cases.hpp"
#include "support/kernel_cases/gru_cases.hpp"
#include "support/kernel_cases/layer_norm_cases.hpp"
#include "support/kernel_cases/lstm_cases.hpp"
#include "support/kernel_cases/product_cases.hpp"
#include "support/kernel_cases/rms_prop_cases.hpp"
#include "support/kernel_cases/rnn_cases.hpp"
#include "support/kernel_cases/sgd_cases.hpp"
#include "support/kernel_cases/softmax_cases.hpp"
#include "support/kernel_cases/sums_cases.hpp"

namespace tsattn::test {

/// A case for each kernel of kernels/all.hpp. The test of each operation compares all instruction sets with the plain
/// loops in them, and bench/kernels/kernels_bench.cpp measures them.
template <class S>
KernelCases<S> kernel_cases() {
  KernelCases<S> all;
  for (const KernelCases<S>& some :
       {activation_cases<S>(), adam_cases<S>(), attention_cases<S>(), dense_cases<S>(), finite_cases<S>(),
        gru_cases<S>(), layer_norm_cases<S>(), lstm_cases<S>(), product_cases<S>(), rms_prop_cases<S>(), rnn_cases<S>(),
        sgd_cases<S>(), softmax_cases<S>(), sums_cases<S>()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

/// One for each kernel that has a backward.
inline std::vector<GradientCase> gradient_cases() {
  std::vector<GradientCase> all;
  for (const std::vector<GradientCase>& some :
       {activation_gradients(), attention_gradients(), gru_gradients(), layer_norm_gradients(), lstm_gradients(),
        rnn_gradients(), softmax_gradients()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace tsattn::test
