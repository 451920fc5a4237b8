#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

/// The features of all inputs side by side, in their order.
///   forward   (1) y = [x_1 ; x_2 ; ...]      backward  (2) dx_i = the rows of dy that x_i went to
template <class S>
class ConcatenateLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const;

  /// x_i [T, B, F_i] -> y [T, B, sum F_i]. Throws ShapeError if T or B differ.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const;

 private:
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(ConcatenateLayer);

/// Describes a ConcatenateLayer, of two inputs or more.
struct Concatenate {
  static constexpr std::string_view kKind = "concatenate";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  ConcatenateLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/concatenate.inl>
#endif
