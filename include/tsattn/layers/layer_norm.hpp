#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/matrix.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/kernels/layer_norm/layer_norm.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/foreign_arrays.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>
#include <tsattn/layers/weight_count.hpp>

namespace tsattn {

template <class S>
class LayerNormLayer;

/// Describes a LayerNormLayer. PyTorch's elementwise_affine=False is a layer without gain and bias; Keras' epsilon is
/// 1e-3.
struct LayerNorm {
  static constexpr std::string_view kKind = "layer_norm";

  double epsilon = 1e-5;  ///< e, above 0, beside the variance
  bool gain = true;       ///< a learned factor for each feature
  bool bias = true;       ///< a learned term for each feature
  std::string name = {};  ///< in the model; empty: "layer_norm", "layer_norm_2", ...

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("epsilon", self.epsilon), visitor("gain", self.gain), visitor("bias", self.bias);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const {
    return inputs.features(0) * ((gain ? 1 : 0) + (bias ? 1 : 0));
  }

  /// Throws ConfigError for an epsilon that is not above 0, ShapeError unless there is one input.
  template <class S>
  LayerNormLayer<S> build(const BuildContext& context) const;
};

/// Layer normalisation: the F features of every step of every sample are given the mean 0 and the variance 1, then a
/// gain g and a bias b.
///   forward   (1) m = 1 . x / F     (2) v = (x - m) . (x - m) / F     (3) r = 1 / sqrt(v + e)
///             (4) n = r (x - m)     (5) y = g * n + b
///   backward  (6) dg += sum dy * n  (7) db += sum dy                  (8) dn = g * dy
///             (9) dx = r (dn - (1 . dn) / F - n (n . dn) / F)
/// Derivation: docs/layers/layer_norm.md. The scalar S is float or double.
/// Source: Ba, Kiros & Hinton 2016.
template <class S>
class LayerNormLayer {
 public:
  using Scalar = S;

  struct Parameters {
    Vector<S> gain;  // [F], or [0] without it
    Vector<S> bias;  // [F], or [0]

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      if (self.gain.size() > 0) visitor("gain", self.gain);
      if (self.bias.size() > 0) visitor("bias", self.bias);
    }
  };
  using Gradients = Parameters;

  /// m and r of every column.
  struct Cache {
    Vector<S> mean, scale;  // [B T]
  };

  /// g = 1 and b = 0. Throws ConfigError, from `where`, for features below 1 and for an epsilon that is not finite or
  /// not above 0 in S.
  explicit LayerNormLayer(Index features, const LayerNorm& options = {}, std::string_view where = "LayerNorm");

  Index features() const { return features_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  /// x [T, B, F] -> y of the same shape. Throws ShapeError if x has other features.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  /// x, y and the cache are those of a forward. Throws ShapeError if dy has another shape than y.
  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients& gradients,
                InputGradients<S> d_inputs) const;

  /// A column knows no other step, so the steps of a stream are those of the whole sequence.
  StreamedLayer<S> stream(const StreamContext& context) const;

  /// torch.nn.LayerNorm, which has both weights or none, and bias=False from version 2.1 on; or Keras'
  /// LayerNormalization.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const;

  /// A weight that the layer does not have is written as the number that stands for it.
  EmbeddedLayer embed(const EmbedContext&) const;

 private:
  /// An absent tensor is null for the kernels.
  template <class Tensor>
  static auto values_or_null(Tensor& tensor) {
    return tensor.size() > 0 ? tensor.data() : nullptr;
  }

  kernels::LayerNormForward<S> arguments(Index columns, const S* x, S* y, Cache* cache) const {
    return {.features = features_,
            .columns = columns,
            .epsilon = epsilon_,
            .x = x,
            .gain = values_or_null(parameters_.gain),
            .bias = values_or_null(parameters_.bias),
            .y = y,
            .mean = cache != nullptr ? cache->mean.data() : nullptr,
            .scale = cache != nullptr ? cache->scale.data() : nullptr};
  }

  Index features_;
  S epsilon_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(LayerNormLayer);

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/layer_norm.inl>
#endif
