#pragma once

#include <algorithm>
#include <utility>

#include <tsattn/core/index.hpp>
#include <tsattn/layers/attention/softmax_mean.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// Attention one step at a time, of the query of this step over the last L keys and values: (1) to (4) of
/// AttentionLayer. `ScoreStream` is the Stream of a score.
template <class S, class ScoreStream>
class AttentionStream final : public StreamLayer<S> {
 public:
  /// `steps` is L.
  AttentionStream(ScoreStream score, Index value_features, Index steps, Index batch)
      : score_(std::move(score)), value_features_(value_features), steps_(steps), batch_(batch) {}

  /// k' [L, B, D] and v [L, B, Dv], step t in slot t mod L.
  Index state_size() const override { return steps_ * batch_ * (score_.size() + value_features_); }
  /// p [B, D], and the weights [L].
  Index scratch_size() const override { return batch_ * score_.size() + steps_; }

  void step(const StreamCall<S>& call) const noexcept override {
    const Index slot = call.step % steps_, count = (std::min)(call.step + 1, steps_), size = score_.size();
    const Index key_stride = batch_ * size, value_stride = batch_ * value_features_;
    S *keys = call.state, *values = call.state + steps_ * key_stride, *w = call.scratch + key_stride;
    score_.key(batch_, call.inputs[1], keys + slot * key_stride);  // (1)
    std::copy_n(call.inputs[2], value_stride, values + slot * value_stride);
    const S* p = score_.query(batch_, call.inputs[0], call.scratch);  // (1)
    for (Index b = 0; b < batch_; ++b) {
      score_.scores(count, p + b * size, keys + b * size, key_stride, w);  // (2)
      softmax_mean(count, w, w, value_features_, values + b * value_features_, value_stride,
                   call.y + b * value_features_);  // (3), (4)
    }
  }

 private:
  ScoreStream score_;
  Index value_features_, steps_, batch_;
};

}  // namespace tsattn
