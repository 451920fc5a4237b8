#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/kernels/attention/attention.hpp>
#include <tsattn/kernels/product/product.hpp>
#include <tsattn/layers/attention/mask.hpp>
#include <tsattn/layers/attention/sample_steps.hpp>
#include <tsattn/layers/attention/softmax_mean.hpp>
#include <tsattn/layers/dense.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/embedded_weights.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/initialization.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

/// The learned score of a step: v . h + b, that is Dense(1); or v . tanh(W h + b).
enum class PoolingScore { linear, tanh };

template <>
struct EnumNames<PoolingScore> {
  static constexpr std::string_view kOption = "score";
  static constexpr std::pair<std::string_view, PoolingScore> kNames[] = {{"linear", PoolingScore::linear},
                                                                         {"tanh", PoolingScore::tanh}};
};

/// Attention without a query: one weighted mean over the steps of a sequence, with a learned score.
/// T steps, D features, A attention units.
///   forward   (1) s_t = v . h_t + b  (linear),   v . tanh(W h_t + b)  (tanh)
///             (2) w = softmax over t of s            (3) c = sum_t w_t h_t
///   backward  (4) dw_t = dc . h_t,  dh_t = w_t dc    (5) ds_t = w_t (dw_t - sum_j w_j dw_j)
///             (6) linear: dv += sum ds_t h_t,  db += sum ds_t = 0: softmax ignores a shift,  dh_t += ds_t v
///                 tanh:   u_t = tanh(W h_t + b),  e_t = ds_t v * (1 - u_t^2),  dv += sum ds_t u_t,  db += sum e_t
///             (7) tanh:   dW += E H^T,  dh_t += W^T e_t
/// Source: Bahdanau, Cho & Bengio 2015 without its query; tanh form as in Yang et al. 2016 ("Hierarchical attention
/// networks", eq. 5-7). Derivation: docs/layers/attention_pooling.md.
template <class S>
class AttentionPoolingLayer {
 public:
  using Scalar = S;
  static constexpr std::string_view kWhere = "AttentionPooling";

  struct Parameters {
    Matrix<S> w;  // [A, D]  tanh
    Vector<S> b;  // [A] tanh, [1] linear
    Vector<S> v;  // [A] tanh, [D] linear

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      if (self.w.size() > 0) visitor("w", self.w);
      visitor("b", self.b), visitor("v", self.v);
    }
  };
  using Gradients = Parameters;

  struct Cache {
    Sequence<S> weights;  // [1, B, T]
    Sequence<S> keys;     // [T, B, A]  W h, tanh only
    Sequence<S> d_keys;   // [T, B, A]  e of (6), backward's own as all below
    Matrix<S> d_weights;  // [T, 1]
  };

  /// Zero weights. `units` is A, used by the tanh score only. Throws ConfigError for sizes below 1.
  AttentionPoolingLayer(Index features, PoolingScore score, Index units = 0) : features_(features), score_(score) {
    require_positive(kWhere, "features", features);
    if (score == PoolingScore::linear) {
      parameters_ = {Matrix<S>(), Vector<S>(1), Vector<S>(features)};
    } else {
      require_positive(kWhere, "units", units);
      parameters_ = {Matrix<S>(units, features), Vector<S>(units), Vector<S>(units)};
    }
  }

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {1, inputs[0].features}; }

  /// The weights w [1, B, T] of the run that `cache` comes from; they sum to 1 over each column.
  static const Sequence<S>& attention_weights(const Cache& cache) { return cache.weights; }

  /// h [T, B, D] -> y [1, B, D]. Throws ShapeError if h has other features or no step.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const {
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

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const {
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
      softmax_mean_backward<S>(AttentionMask::none, {cache.weights, b}, {h, b}, {dy, b},
                               SampleSteps<S>(cache.d_weights), {dh, b});  // (4), (5)
      if (score_ == PoolingScore::linear) {
        kernels::dot_scores_backward(steps, features_, S(1), p.v.data(), h_b, stride, ds, gradients.v.data(),
                                     dh_b);  // (6)
        // The sum of ds is 0 but for rounding, which Adam would blow up to steps of full length: b gets nothing.
      } else {
        const Index key_stride = h.batch() * units;
        kernels::additive_scores_backward(steps, units, p.v.data(), p.b.data(), cache.keys.data() + b * units,
                                          key_stride, ds, gradients.v.data(), gradients.b.data(),
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

  /// Over the last attention_steps steps, whose h and scores are kept.
  StreamedLayer<S> stream(const StreamContext& context) const {
    require_series(context, "attention pooling");
    StreamValue output = context.inputs[0];
    output.is_series = false;
    return {std::make_unique<Stream>(*this, context), output};
  }

  /// A linear layer with one output; or, for the tanh score, two of them: a module or, in PyTorch, a Sequential.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const {
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

  /// Over the last attention_steps steps.
  EmbeddedLayer embed(const EmbedContext& context) const {
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

 private:
  class Stream final : public StreamLayer<S> {
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

  Index features_;
  PoolingScore score_;
  Parameters parameters_;
};

/// Describes an AttentionPoolingLayer.
struct AttentionPooling {
  static constexpr std::string_view kKind = "attention_pooling";

  PoolingScore score = PoolingScore::linear;
  Index units = 0;  ///< A, for the tanh score; 0: as many as the input has features
  Initialization initialization = Initialization::keras;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("score", self.score), visitor("units", self.units);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const {
    const SaturatedCount features = inputs.features(0), own = units == 0 ? features : units;
    return score == PoolingScore::linear ? features + 1 : own * (features + 2);
  }

  template <class S>
  AttentionPoolingLayer<S> build(const BuildContext& context) const {
    require_inputs(context.where, static_cast<Index>(context.inputs.size()), {1}, "one input h");
    if (units < 0) fail<ConfigError>(context.where, "expected units of at least 0, got ", units);
    const Index features = context.inputs[0].features;
    AttentionPoolingLayer<S> layer(features, score, units == 0 ? features : units);
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
};

}  // namespace tsattn
