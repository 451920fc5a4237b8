#pragma once

#include <algorithm>
#include <cmath>
#include <memory>

#include <tsattn/core/checks.hpp>
#include <tsattn/core/errors.hpp>
#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/softmax_mean.hpp>
#include <tsattn/layers/attention_pooling.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/packed_dense.hpp>

namespace tsattn {

template <class S>
class AttentionPoolingLayer<S>::Stream final : public StreamLayer<S> {
 public:
  Stream(const AttentionPoolingLayer& layer, const StreamContext& context)
      : features_(layer.features_),
        steps_(attention_steps(context)),
        batch_(context.batch),
        is_linear_(layer.score_ == PoolingScore::linear),
        b_(layer.parameters_.b),
        v_(layer.parameters_.v) {
    if (!is_linear_) keys_ = PackedDense<S>(layer.parameters_.w, Vector<S>());
  }
  /// h [L, B, D] and the scores [B, L], step t in slot t mod L.
  Index state_size() const override { return steps_ * batch_ * (features_ + 1); }
  Index scratch_size() const override { return (std::max)(steps_, keys_.units()); }
  void step(const StreamCall<S>& call) const noexcept override {
    const Index slot = call.step % steps_, count = (std::min)(call.step + 1, steps_), stride = batch_ * features_;
    std::copy_n(call.inputs[0], stride, call.state + slot * stride);
    S* scores = call.state + steps_ * stride;
    for (Index b = 0; b < batch_; ++b, scores += steps_) {
      const S* h = call.state + b * features_;
      add_score(h + slot * stride, call.scratch, scores[slot]);                                 // (1)
      softmax_mean(count, scores, call.scratch, features_, h, stride, call.y + b * features_);  // (2), (3)
    }
  }

 private:
  void add_score(const S* h, S* key, S& score) const noexcept {
    if (is_linear_) {
      kernels::dot_scores(Index{1}, features_, S(1), v_.data(), h, features_, &score);
      score += b_(0);
    } else {
      keys_(1, h, key);
      kernels::additive_scores(Index{1}, v_.size(), v_.data(), b_.data(), key, v_.size(), &score);
    }
  }

  Index features_, steps_, batch_;
  bool is_linear_;
  PackedDense<S> keys_;  // W h, tanh only
  Vector<S> b_, v_;
};

template <class S>
AttentionPoolingLayer<S>::AttentionPoolingLayer(Index features, PoolingScore score, Index units, std::string_view where)
    : features_(features), score_(score) {
  require_positive(where, "features", features);
  if (score == PoolingScore::linear) {
    parameters_ = {Matrix<S>(), Vector<S>(1), Vector<S>(features)};
  } else {
    require_positive(where, "units", units);
    parameters_ = {Matrix<S>(units, features), Vector<S>(units), Vector<S>(units)};
  }
}

template <class S>
void AttentionPoolingLayer<S>::forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
  const Sequence<S>& h = inputs[0];
  const Parameters& p = parameters_;
  require_features(kWhere, "h", h, features_);
  if (h.time() < 1) fail<ShapeError>(kWhere, "expected h with at least one step, got h = ", h.shape());
  const Index steps = h.time(), stride = h.batch() * features_, units = p.v.size();
  cache.weights.resize({1, h.batch(), steps});
  y.resize({1, h.batch(), features_});
  y.fill(0);
  if (score_ == PoolingScore::tanh) {
    cache.keys.resize({steps, h.batch(), units});
    cache.keys.fill(0);
    kernels::add_product(units, steps * h.batch(), features_, p.w.data(), units, h.data(), 1, features_,
                         cache.keys.data(), units);
  }
  for (Index b = 0; b < h.batch(); ++b) {
    const S* h_b = h.data() + b * features_;
    S* w = cache.weights.data() + b * steps;
    if (score_ == PoolingScore::linear) {
      kernels::dot_scores(steps, features_, S(1), p.v.data(), h_b, stride, w);
      for (Index t = 0; t < steps; ++t) w[t] += p.b(0);
    } else {
      kernels::additive_scores(steps, units, p.v.data(), p.b.data(), cache.keys.data() + b * units, h.batch() * units,
                               w);
    }                                                                          // (1)
    softmax_mean<S>(AttentionMask::none, {cache.weights, b}, {h, b}, {y, b});  // (2), (3)
  }
}

template <class S>
void AttentionPoolingLayer<S>::backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache,
                                        Gradients& gradients, InputGradients<S> d_inputs) const {
  require_shape("AttentionPooling::backward", "dy", dy, y.shape());
  const Sequence<S>& h = inputs[0];
  const Parameters& p = parameters_;
  const Index steps = h.time(), stride = h.batch() * features_, units = p.v.size();
  Sequence<S>* dh = d_inputs[0];
  require_shape("AttentionPooling::backward", "the cache of a forward with weights", cache.weights,
                {1, h.batch(), steps});
  if (dh != nullptr) {
    dh->resize(h.shape());
    dh->fill(0);
  }
  if (score_ == PoolingScore::tanh) {
    cache.d_keys.resize(cache.keys.shape());
    cache.d_keys.fill(0);
  }
  cache.d_weights.resize(steps, 1);
  S* ds = cache.d_weights.data();
  for (Index b = 0; b < h.batch(); ++b) {
    const S* h_b = h.data() + b * features_;
    S* dh_b = dh == nullptr ? nullptr : dh->data() + b * features_;
    softmax_mean_backward<S>(AttentionMask::none, {cache.weights, b}, {h, b}, {dy, b}, SampleSteps<S>(cache.d_weights),
                             {dh, b});  // (4), (5)
    if (score_ == PoolingScore::linear) {
      kernels::dot_scores_backward(steps, features_, S(1), p.v.data(), h_b, stride, ds, gradients.v.data(),
                                   dh_b);  // (6)
      // The sum of ds is 0 but for rounding, which Adam would blow up to steps of full length: b gets nothing.
    } else {
      const Index key_stride = h.batch() * units;
      kernels::additive_scores_backward(steps, units, p.v.data(), p.b.data(), cache.keys.data() + b * units, key_stride,
                                        ds, gradients.v.data(), gradients.b.data(),
                                        cache.d_keys.data() + b * units);  // (6)
    }
  }
  if (score_ == PoolingScore::linear) return;
  const Index columns = steps * h.batch();
  kernels::add_product(units, features_, columns, cache.d_keys.data(), units, h.data(), features_, 1,
                       gradients.w.data(),
                       units);  // (7)
  if (dh == nullptr) return;
  kernels::add_transposed_product(features_, columns, units, p.w.data(), units, cache.d_keys.data(), 1, units,
                                  dh->data(), features_);  // (7)
}

template <class S>
StreamedLayer<S> AttentionPoolingLayer<S>::stream(const StreamContext& context) const {
  require_series(context, "attention pooling");
  StreamValue output = context.inputs[0];
  output.is_series = false;
  return {std::make_unique<Stream>(*this, context), output};
}

template <class S>
std::vector<ForeignForm> AttentionPoolingLayer<S>::foreign_arrays(const ForeignContext& context) const {
  const ForeignTensor b("b", parameters_.b), v("v", parameters_.v);
  const bool is_pytorch = context.library == ForeignLibrary::pytorch;
  const std::string point = is_pytorch ? "." : "/", weight = is_pytorch ? "weight" : "kernel";
  const std::vector<Index> row = is_pytorch ? std::vector<Index>{1, v.rows} : std::vector<Index>{v.rows, 1};
  if (score_ == PoolingScore::linear)
    return {{{ForeignArray::reshaped(weight, v, row), ForeignArray::whole("bias", b).optional()},
             {},
             {weight},
             {"recurrent_kernel"}}};
  const ForeignTensor w("w", parameters_.w);
  const auto form = [&](const std::string& projection, const std::string& score) -> ForeignForm {
    return {
        {is_pytorch ? ForeignArray::whole(projection + weight, w) : ForeignArray::transposed(projection + weight, w),
         ForeignArray::whole(projection + "bias", b).optional(), ForeignArray::reshaped(score + weight, v, row),
         ForeignArray{score + "bias", {1}, {}}.optional()},  // softmax does not see it
        {},
        {projection + weight, score + weight}};
  };
  if (!is_pytorch) return {form("projection/", "score/")};
  return {form("projection.", "score."), form("0.", "2.")};
}

template <class S>
EmbeddedLayer AttentionPoolingLayer<S>::embed(const EmbedContext& context) const {
  if (context.attention_steps == 0)
    fail<ConfigError>("embedded", "expected the number of steps that the layer ", context.layer,
                      " looks back on, for the model takes series of any length; say attention_steps, "
                      "--attention-steps on the command line");
  const Parameters& p = parameters_;
  const Index steps = context.attention_steps, units = p.v.size();
  EmbeddedLayer layer{.type = embedded_type("AttentionPooling", features_, steps),
                      .part = "attention_pooling",
                      .outputs = features_,
                      .reads_series = true,
                      .ends_series = true,
                      .state = steps * (features_ + 2) + features_,
                      .weights = total_bias_in_float(units, p.v)};
  if (score_ == PoolingScore::tanh) {
    layer.type = embedded_type("AttentionPooling", features_, steps, "PoolingScore::tanh", units);
    layer.state += units;
    append_embedded_panels(units, total_bias_in_float(units, p.b), in_float(p.w), {}, 0, 1, layer.weights);
  }
  return layer;
}

template <class S>
AttentionPoolingLayer<S> AttentionPooling::build(const BuildContext& context) const {
  require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input h");
  if (units < 0) fail<ConfigError>(context.where, "expected units of at least 0, got ", units);
  const Index features = context.inputs[0].features;
  AttentionPoolingLayer<S> layer(features, score, units == 0 ? features : units, context.where);
  typename AttentionPoolingLayer<S>::Parameters& p = layer.parameters();
  const auto fan_in = static_cast<double>(p.v.size());
  if (initialization == Initialization::keras) {
    if (p.w.size() > 0) fill_glorot_uniform(p.w, context.random);
    fill_uniform(p.v.data(), p.v.size(), std::sqrt(6 / (fan_in + 1)), context.random);
  } else if (initialization == Initialization::pytorch) {
    const double bound = 1 / std::sqrt(static_cast<double>(features));
    fill_uniform(p.w.data(), p.w.size(), bound, context.random);
    fill_uniform(p.b.data(), p.b.size(), bound, context.random);
    fill_uniform(p.v.data(), p.v.size(), 1 / std::sqrt(fan_in), context.random);
  }
  return layer;
}

TSATTN_LIBRARY_LAYER(AttentionPooling, AttentionPoolingLayer);

}  // namespace tsattn
