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

/// The sum of all inputs.
///   forward   (1) y = x_1 + x_2 + ...      backward  (2) dx_i = dy
template <class S>
class AddLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const {
    return {common_time(inputs), inputs[0].features};
  }

  /// Inputs and y have one shape. Throws ShapeError if they differ.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S> inputs, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const;

 private:
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(AddLayer);

/// Describes an AddLayer, of two inputs or more.
struct Add {
  static constexpr std::string_view kKind = "add";

  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}

  template <class S>
  AddLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/add.inl>
#endif
