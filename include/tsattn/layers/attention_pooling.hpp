#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/held_layer.hpp>
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

  /// Makes a layer of zero weights. `units` is A, used by the tanh score only. Throws ConfigError, from `where`, for
  /// sizes below 1.
  AttentionPoolingLayer(Index features, PoolingScore score, Index units = 0, std::string_view where = kWhere);

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {1, inputs[0].features}; }

  /// The weights w [1, B, T] of the run that `cache` comes from; they sum to 1 over each column.
  static const Sequence<S>& attention_weights(const Cache& cache) { return cache.weights; }

  /// h [T, B, D] -> y [1, B, D]. Throws ShapeError if h has other features or no step.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const;

  /// Over the last attention_steps steps, whose h and scores are kept.
  StreamedLayer<S> stream(const StreamContext& context) const;

  /// A linear layer with one output; or, for the tanh score, two of them: a module or, in PyTorch, a Sequential.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const;

  /// Over the last attention_steps steps.
  EmbeddedLayer embed(const EmbedContext& context) const;

 private:
  class Stream;

  Index features_;
  PoolingScore score_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(AttentionPoolingLayer);

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
  AttentionPoolingLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/attention_pooling.inl>
#endif
