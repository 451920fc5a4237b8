#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tsattn/core/compiled.hpp>
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

/// A fully connected layer applied to every step: F features in, `units` (U) out.
///   forward   (1) y = W x + b
///   backward  (2) dW += dy x^T     (3) db += sum dy     (4) dx = W^T dy
/// Derivation: docs/layers/dense.md. The scalar S is float or double.
template <class S>
class DenseLayer {
 public:
  using Scalar = S;

  struct Parameters {
    Matrix<S> w;  // [U, F]
    Vector<S> b;  // [U], or [0] without a bias

    template <class Self, class Visitor>
    static void visit(Self& self, Visitor&& visitor) {
      visitor("w", self.w);
      if (self.b.size() > 0) visitor("b", self.b);
    }
  };
  using Gradients = Parameters;

  struct Cache {};

  /// Makes a layer of zero weights. Throws ConfigError, from `where`, for sizes below 1.
  DenseLayer(Index features, Index units, bool bias = true, std::string_view where = "Dense");

  Index features() const { return parameters_.w.cols(); }
  Index units() const { return parameters_.w.rows(); }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {inputs[0].time, units()}; }

  /// x [T, B, F] -> y [T, B, U]. Throws ShapeError if x has other features.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients& gradients,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const;

  /// torch.nn.Linear, or Keras' Dense.
  std::vector<ForeignForm> foreign_arrays(const ForeignContext& context) const;

  EmbeddedLayer embed(const EmbedContext&) const;

 private:
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(DenseLayer);

/// Describes a DenseLayer.
struct Dense {
  static constexpr std::string_view kKind = "dense";

  Index units = 0;
  bool bias = true;
  Initialization initialization = Initialization::keras;
  std::string name = {};  ///< in the model; empty: "dense", "dense_2", ...

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("units", self.units), visitor("bias", self.bias);
  }

  SaturatedCount weight_count(const InputSizes& inputs) const { return (inputs.features(0) + (bias ? 1 : 0)) * units; }

  /// Throws ConfigError for units below 1, ShapeError unless there is one input.
  template <class S>
  DenseLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/dense.inl>
#endif
