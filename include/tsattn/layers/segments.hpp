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

/// `width` steps side by side as one: a recurrent layer behind it takes 1 / width of the steps, and remembers as many
/// times further.
///   forward   (1) y_s = [x_{ws} ; x_{ws+1} ; ... ; x_{ws+w-1}],   s = 0, ..., T/w - 1
///   backward  (2) dx_{ws+i} = rows i F to (i + 1) F of dy_s
/// Source: Lin, Lin, Wu, Zhao & Mo 2023, "SegRNN: Segment recurrent neural network for long-term time series
/// forecasting", there for single features.
template <class S>
class SegmentsLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  explicit SegmentsLayer(Index width) : width_(width) {}

  Index width() const { return width_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const;

  /// x [T, B, F] -> y [T / width, B, width F]. Throws ShapeError unless T is a multiple of the width.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const;

  /// A new y comes after every `width` steps.
  StreamedLayer<S> stream(const StreamContext& context) const;

 private:
  class Stream;

  /// Calls visit(t, the rows of `segments` that hold step t of `steps`).
  template <class Segments, class Visit>
  void for_each_step(const Sequence<S>& steps, Segments& segments, const Visit& visit) const;

  Index width_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(SegmentsLayer);

/// Describes a SegmentsLayer.
struct Segments {
  static constexpr std::string_view kKind = "segments";

  Index width = 1;  ///< steps that become one, at least 1
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("width", self.width);
  }

  template <class S>
  SegmentsLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/segments.inl>
#endif
