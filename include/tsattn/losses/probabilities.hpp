#pragma once

#include <string_view>

#include <tsattn/core/errors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/activation/activation.hpp>
#include <tsattn/kernels/softmax/softmax.hpp>

/// Logits, which classifiers give out and are trained on, and probabilities.
namespace tsattn {

/// Computes p = 1 / (1 + e^-x) of every scalar by itself into `p`, which is resized. It is the p that
/// BinaryCrossEntropy judges.
template <class S>
void sigmoid_probabilities(const Sequence<S>& logits, Sequence<S>& p) {
  p.resize(logits.shape());
  kernels::sigmoid_forward(logits.size(), logits.data(), p.data());
}
template <class S>
Sequence<S> sigmoid_probabilities(const Sequence<S>& logits) {
  Sequence<S> p;
  sigmoid_probabilities(logits, p);
  return p;
}

/// Computes p_c = e^(x_c) / sum_k e^(x_k) over the features of each step and sample into `p`, which is resized.
/// It is the p that SoftmaxCrossEntropy judges.
template <class S>
void softmax_probabilities(const Sequence<S>& logits, Sequence<S>& p) {
  p.resize(logits.shape());
  const Index classes = logits.features();
  for (Index i = 0; i < logits.size(); i += classes) kernels::softmax_forward(classes, logits.data() + i, p.data() + i);
}
template <class S>
Sequence<S> softmax_probabilities(const Sequence<S>& logits) {
  Sequence<S> p;
  softmax_probabilities(logits, p);
  return p;
}

/// Throws DataError, naming step, sample and feature, if a target is no probability.
template <class S>
void require_probabilities(std::string_view where, const Sequence<S>& target) {
  for (Index i = 0; i < target.size(); ++i)
    if (const S z = target.data()[i]; !(z >= 0 && z <= 1))
      fail<DataError>(where, "expected targets in [0, 1], got ", z, " at step ",
                      i / (target.features() * target.batch()), ", sample ", i / target.features() % target.batch(),
                      ", feature ", i % target.features());
}

}  // namespace tsattn
