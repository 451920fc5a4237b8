#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/random.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/dropout_mask.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// In training, sets a random part of the values to 0 and scales the others up, so that what is expected of the sum
/// stays; in inference, nothing.
///   forward   (1) y = m * x         m: DropoutMask;  infer: y = x
///   backward  (2) dx = m * dy
/// m is drawn for every value, or, with `shared_over_time`, for every sample and feature and is the same at all steps.
/// m is not kept: backward draws it again.
/// Sources: Srivastava et al. 2014 (with the scale in training instead of inference); Gal & Ghahramani 2016 (shared
/// over time). Derivation: docs/layers/dropout.md.
template <class S>
class DropoutLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;

  struct Cache {
    Random random{};  // every forward splits a generator off
    Random mask{};    // which draws the m of the last forward

    /// Decides what the calls of forward that follow draw.
    void seed(std::uint64_t seed) { random = Random(seed); }
  };

  /// Throws ConfigError, from `where`, unless rate is in [0, 1).
  explicit DropoutLayer(double rate, bool shared_over_time = false, std::string_view where = "Dropout")
      : mask_(rate, where, "rate"), is_shared_(shared_over_time) {}

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  /// x -> y of the same shape, by a new m.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache& cache) const;

  /// x -> the same y.
  void infer(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, Cache& cache, Gradients&,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const { return pass_stream<S>(context, context.inputs[0]); }
  EmbeddedLayer embed(const EmbedContext&) const { return {}; }

 private:
  /// to = m * from
  void apply_mask(const Random& mask, const Sequence<S>& from, Sequence<S>& to) const;

  DropoutMask<S> mask_;
  bool is_shared_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(DropoutLayer);

/// Describes a DropoutLayer.
struct Dropout {
  static constexpr std::string_view kKind = "dropout";

  double rate = 0.5;              ///< the share that is dropped, in [0, 1)
  bool shared_over_time = false;  ///< what is dropped at one step is dropped at all steps of the sample
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("rate", self.rate), visitor("shared_over_time", self.shared_over_time);
  }

  /// Throws ConfigError unless rate is in [0, 1), ShapeError unless there is one input.
  template <class S>
  DropoutLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/dropout.inl>
#endif
