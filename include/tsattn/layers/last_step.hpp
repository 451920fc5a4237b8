#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// The last step of a sequence, as a value with one step.
///   forward   (1) y = x_T           backward  (2) dx_T = dy, dx_t = 0 for t < T
template <class S>
class LastStepLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return {1, inputs[0].features}; }

  /// x [T, B, F] -> y [1, B, F]. Throws ShapeError if x has no step.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const;
  EmbeddedLayer embed(const EmbedContext&) const { return {.ends_series = true}; }

 private:
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(LastStepLayer);

/// Describes a LastStepLayer.
struct LastStep {
  static constexpr std::string_view kKind = "last_step";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  LastStepLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/last_step.inl>
#endif
