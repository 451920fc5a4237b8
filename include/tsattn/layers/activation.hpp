#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <tsattn/core/compiled.hpp>
#include <tsattn/core/enum_names.hpp>
#include <tsattn/core/named_tensors.hpp>
#include <tsattn/core/sequence.hpp>
#include <tsattn/layers/embedded_layer.hpp>
#include <tsattn/layers/held_layer.hpp>
#include <tsattn/layers/layer.hpp>
#include <tsattn/layers/stream_layer.hpp>

namespace tsattn {

enum class ActivationFunction { identity, tanh, sigmoid, relu };

template <>
struct EnumNames<ActivationFunction> {
  static constexpr std::string_view kOption = "activation";
  static constexpr std::pair<std::string_view, ActivationFunction> kNames[] = {
      {"identity", ActivationFunction::identity},
      {"tanh", ActivationFunction::tanh},
      {"sigmoid", ActivationFunction::sigmoid},
      {"relu", ActivationFunction::relu}};
};

/// An elementwise function.
///   forward   (1) y = f(x)
///   backward  (2) dx = dy * f'(x), each derivative written in terms of y:
///             identity 1, tanh 1 - y^2, sigmoid y (1 - y), relu 1 where y > 0 and 0 elsewhere
template <class S>
class ActivationLayer {
 public:
  using Scalar = S;
  using Parameters = NoParameters;
  using Gradients = NoParameters;
  struct Cache {};

  explicit ActivationLayer(ActivationFunction function) : function_(function) {}

  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  SampleShape output_shape(std::span<const SampleShape> inputs) const { return inputs[0]; }

  /// x -> y of the same shape.
  void forward(Inputs<S> inputs, Sequence<S>& y, Cache&) const;

  void backward(Inputs<S>, const Sequence<S>& y, const Sequence<S>& dy, Cache&, Gradients&,
                InputGradients<S> d_inputs) const;

  StreamedLayer<S> stream(const StreamContext& context) const;

  EmbeddedLayer embed(const EmbedContext& context) const;

 private:
  static void apply(ActivationFunction function, Index size, const S* x, S* y);

  ActivationFunction function_;
  Parameters parameters_;
};

TSATTN_COMPILED_LAYER(ActivationLayer);

/// Describes an ActivationLayer.
struct Activation {
  static constexpr std::string_view kKind = "activation";

  ActivationFunction function = ActivationFunction::identity;
  std::string name = {};

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& visitor) {
    visitor("function", self.function);
  }

  template <class S>
  ActivationLayer<S> build(const BuildContext& context) const;
};

}  // namespace tsattn

#if !defined(TSATTN_COMPILED_LIBRARY)
#include <tsattn/layers/activation.inl>
#endif
